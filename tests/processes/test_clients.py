"""Clients that poll, give up, ask again, clean up, and lose answers."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imgsim
from imgsim import Scenario, ScenarioError
from imgsim.units import parse_duration
from imgsim.workload.clients import Retry

DISK = {"kind": "system", "size": "40 GiB"}
SNAPSHOT = {"region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}
INSTANT = {"instants": {"at": ["0s"]}}


def scenario(client, *, arrivals=INSTANT, service=None, region=None, **changes):
    """One instance that is imaged in 100 s: 90 s of snapshot, 10 s of registration."""
    data = {
        "imgsim": 1,
        "name": "clients",
        "run": {"horizon": "1h"},
        "regions": {
            "r": {"registration": "10s", "snapshot_service": {"duration": "90s"} | (service or {})}
            | (region or {})
        },
        "instances": [
            {"group": "g", "count": 30, "region": "r", "disks": [DISK, DISK | {"kind": "data"}]}
        ],
        "snapshots": [SNAPSHOT | {"id": "base"}],
        "load": {
            "s": {
                "arrivals": arrivals,
                "mix": [{"instances": {"group": "g"}, "name": "n-{n}"}],
                "client": client,
            }
        },
    }
    return Scenario.from_mapping(data, {path.replace("__", "."): v for path, v in changes.items()})


def run(client, **changes):
    return imgsim.run(scenario(client, **changes))


def only(result):
    """Return the row of the only intent, with its times in seconds since the start."""
    (row,) = result.intents.to_dict("records")
    start = pd.Timestamp(result.scenario.start)
    return row | {"ended": (row["ended_at"] - start).total_seconds()}


@pytest.mark.parametrize(
    ("client", "ended", "polls"),
    [
        ({}, 100, pd.NA),
        ({"poll": "30s"}, 120, 4),
        ({"poll": "50s"}, 100, 2),  # a poll in the microsecond of the end sees it
        ({"poll": "30s", "first_poll": "0s"}, 120, 5),
        ({"poll": "30s", "first_poll": "100s"}, 100, 1),
        ({"poll": "30s", "first_poll": "5m"}, 300, 1),
        ({"poll": "1us"}, 100, 100_000_000),
        ({"timeout": "100s"}, 100, pd.NA),
        ({"timeout": "100s", "poll": "50s"}, 100, 2),  # so does one in that of the deadline
    ],
)
def test_a_client_learns_of_its_image_at_the_first_poll_that_is_not_before_its_end(
    client, ended, polls
):
    row = only(run(client))
    assert (row["outcome"], row["ended"]) == ("available", ended)
    assert (row["images_left"], row["snapshots_left"]) == (0, 0)
    assert pd.isna(row["polls"]) if polls is pd.NA else row["polls"] == polls


@pytest.mark.parametrize(
    ("at_timeout", "left", "images", "status"),
    [
        ("leave", (1, 2), 1, "Available"),
        ("delete-image", (0, 2), 0, "CreateFailed"),
        ("delete-image-and-snapshots", (0, 0), 0, "CreateFailed"),
    ],
)
def test_a_client_whose_time_is_out_leaves_an_orphan_or_cleans_up(at_timeout, left, images, status):
    simulation = imgsim.Simulation(
        scenario({"timeout": "60s", "poll": "25s", "at_timeout": at_timeout})
    )
    simulation.run()
    assert len(simulation.cloud.images) == images
    assert len(simulation.cloud.snapshots) == 1 + left[1]
    result = simulation.finish()
    row = only(result)
    assert (row["outcome"], row["ended"], row["polls"]) == ("timed out", 60, 2)
    assert (row["images_left"], row["snapshots_left"]) == left
    assert result.images["status"].tolist() == [status]
    assert result.images["orphaned_at"].notna().tolist() == [at_timeout == "leave"]
    assert result.calls["outcome"].tolist() == ["available" if at_timeout == "leave" else "failed"]


def test_at_the_microsecond_of_the_end_the_image_comes_before_the_deadline():
    assert only(run({"timeout": "100s"}))["outcome"] == "available"
    assert only(run({"timeout": "99.999999s"}))["outcome"] == "timed out"
    assert only(run({"timeout": "0s"}))["outcome"] == "timed out"


def test_a_failure_is_noticed_or_polled_on_for_blindly_until_the_time_is_out():
    fails = {"service": {"failure": "100%"}}
    row = only(run({"poll": "30s", "timeout": "10m"}, **fails))
    assert (row["outcome"], row["ended"], row["polls"], row["images_left"]) == ("failed", 90, 3, 1)
    row = only(run({"poll": "30s", "timeout": "10m", "on_failure": "ignore"}, **fails))
    assert (row["outcome"], row["ended"], row["polls"], row["images_left"]) == (
        "timed out",
        600,
        20,
        1,
    )


def test_a_client_that_deletes_its_images_leaves_no_failed_one_behind():
    fails = {"service": {"failure": "100%"}, "load__s__delete": {"after": "1m"}}
    result = run({"poll": "60s"}, **fails)
    assert only(result)["images_left"] == 0
    assert result.images["deleted_at"].notna().all()
    kept = run({"poll": "60s"}, **fails | {"load__s__delete": {"after": "1m", "failed": False}})
    assert only(kept)["images_left"] == 1


def test_an_image_is_kept_from_when_its_client_knows_of_it():
    result = run({"poll": "60s"}, load__s__delete={"after": "1m"})
    assert result.images["deleted_at"][0] - result.images["created_at"][0] == timedelta(seconds=180)


def calls_at(result):
    start = pd.Timestamp(result.scenario.start)
    return [(at - start).total_seconds() for at in result.calls["arrived_at"]]


FULL = {"region": {"image_quota": 0}}


@pytest.mark.parametrize(
    ("retry", "instants"),
    [
        ({"wait": "10s", "attempts": 4}, [0, 10, 20, 30]),
        ({"wait": "10s", "attempts": 1}, [0]),
        ({"wait": "10s", "factor": 2, "attempts": 5}, [0, 10, 30, 70, 150]),
        ({"wait": "10s", "factor": 3, "longest": "50s", "attempts": 5}, [0, 10, 40, 90, 140]),
        ({"wait": "10s", "within": "30s"}, [0, 10, 20, 30]),
        ({"wait": "10s", "within": "29s"}, [0, 10, 20]),
        ({"wait": "10s", "factor": 2, "attempts": 9, "within": "1m"}, [0, 10, 30]),
        ({"wait": "10s", "attempts": 3, "on": ["QuotaExceed.Image"]}, [0, 10, 20]),
        ({"wait": "10s", "attempts": 3, "on": ["image_quota_is_exhausted"]}, [0, 10, 20]),
        ({"wait": "10s", "attempts": 3, "on": ["image_name_is_taken"]}, [0]),
        ({"wait": "10s", "attempts": 3, "on": []}, [0]),
    ],
)
def test_a_denied_client_asks_again_after_its_back_off(retry, instants):
    result = run({"retry": retry}, **FULL)
    assert calls_at(result) == instants
    row = only(result)
    assert (row["attempts"], row["outcome"], row["ended"]) == (
        len(instants),
        "denied",
        instants[-1],
    )
    assert result.calls["attempt"].tolist() == list(range(1, len(instants) + 1))


@pytest.mark.parametrize(
    ("on", "calls"), [(["curable"], 1), (["all"], 3), (["MissingParameter"], 3)]
)
def test_what_waiting_cannot_cure_is_asked_again_only_when_told_so(on, calls):
    retry = {"wait": "10s", "attempts": 3, "on": on}
    mistakes = {"no_source_is_given": "100%"}
    assert len(run({"retry": retry}, load__s__mistakes=mistakes).calls) == calls


def test_a_back_off_is_shortened_by_up_to_its_jitter_and_drawn_for_each_intent_and_attempt():
    retry = {"wait": "100s", "attempts": 3, "jitter": "40%"}
    result = run({"retry": retry}, arrivals={"burst": {"at": "0s", "calls": 400}}, **FULL)
    arrived = result.calls.pivot_table(
        index="intent", columns="attempt", values="arrived_at", aggfunc="first"
    )
    first = (arrived[2] - arrived[1]).dt.total_seconds()
    second = (arrived[3] - arrived[2]).dt.total_seconds()
    for waits in (first, second):
        assert 60 < waits.min() < 62 < 98 < waits.max() <= 100
        assert waits.mean() == pytest.approx(80, abs=4 * 40 / 12**0.5 / 400**0.5)
    assert abs(first.corr(second)) < 0.2


def test_asking_again_gets_the_slot_that_has_become_free_meanwhile():
    arrivals = {"instants": {"at": ["0s", "1s"]}}
    changes = {"region": {"image_quota": 1}, "load__s__delete": {}}
    result = run({"retry": {"wait": "30s", "attempts": 9}}, arrivals=arrivals, **changes)
    assert result.intents["outcome"].tolist() == ["available", "available"]
    assert result.intents["attempts"].tolist() == [1, 5]


def test_a_client_may_ask_for_a_new_image_when_its_own_has_failed():
    retry = {"wait": "10s", "attempts": 3, "failed": True}
    client = {"poll": "30s", "retry": retry}
    row = only(run(client, service={"failure": "100%"}, load__s__mix__0__name="n-{n}-{time}"))
    assert (row["attempts"], row["outcome"]) == (3, "denied") or row["outcome"] == "failed"
    clean = run(client, service={"failure": "100%"}, load__s__delete={})
    row = only(clean)
    assert (row["attempts"], row["outcome"], row["ended"], row["images_left"]) == (
        3,
        "failed",
        290,
        0,
    )
    assert row["polls"] == 9
    assert clean.measures["failure_rate"] == 1


@pytest.mark.parametrize("token", ["none", "per-intent", "per-attempt"])
def test_asking_for_a_new_image_takes_a_new_token(token):
    client = {"retry": {"wait": "10s", "attempts": 3, "failed": True}, "token": token}
    result = run(
        client,
        service={"failure": "100%"},
        load__s__delete={"after": "1h"},
        load__s__mix__0__name="n{time}",
    )
    assert result.calls["outcome"].tolist() == ["failed", "denied", "denied"]
    nameless = run(
        client, service={"failure": "100%"}, load__s__mix=[{"instances": {"group": "g"}}]
    )
    assert nameless.calls["outcome"].tolist() == ["failed"] * 3


LOSES = {"lost_answers": "100%", "retry": {"wait": "10s", "attempts": 3}}


def test_without_a_token_a_lost_answer_leaves_a_double_image_or_a_taken_name():
    named = run(LOSES)
    assert named.calls["outcome"].tolist() == ["available", "denied", "denied"]
    assert set(named.calls["answer"]) == {"lost"}
    assert only(named)["outcome"] == "lost"
    assert (only(named)["images_left"], only(named)["snapshots_left"]) == (1, 2)
    nameless = run(LOSES, load__s__mix=[{"instances": {"group": "g"}}])
    assert nameless.calls["outcome"].tolist() == ["available"] * 3
    assert only(nameless)["images_left"] == 3
    assert nameless.measures["double_images"] == 1
    assert nameless.images["orphaned_at"].notna().all()


def some_lost(token, **changes):
    client = {"lost_answers": "50%", "retry": {"wait": "10s", "attempts": 20}, "token": token}
    mix = [{"instances": {"group": "g"}}]
    burst = {"burst": {"at": "0s", "calls": 60}}
    return run(client, arrivals=burst, load__s__mix=mix, region={"image_quota": 1000}, **changes)


def test_with_a_token_for_the_intent_the_client_gets_the_first_image():
    result = some_lost("per-intent")
    assert set(result.intents["outcome"]) == {"available"}
    assert set(result.calls["outcome"]) == {"available", "replayed"}
    assert result.measures["double_images"] == 0
    assert len(result.images) == 60
    made = result.calls.merge(result.intents, on="intent")
    assert (made["image_id_x"] == made["image_id_y"]).all()


@pytest.mark.parametrize("token", ["none", "per-attempt"])
def test_without_a_token_or_with_a_new_one_each_time_images_are_doubled(token):
    result = some_lost(token)
    assert result.measures["double_images"] > 10
    assert "replayed" not in set(result.calls["outcome"])
    assert result.measures["images_left"] == len(result.images) - 60


def test_a_client_that_learns_late_by_a_replay_waits_from_then_on():
    # The first answer is lost for this seed and not the second: the image has long been there.
    client = {
        "lost_answers": "50%",
        "retry": {"wait": "5m", "attempts": 20},
        "token": "per-intent",
        "poll": "7s",
    }
    result = run(client, arrivals={"burst": {"at": "0s", "calls": 40}})
    late = result.intents[result.intents["attempts"] == 2]
    assert len(late) > 5
    assert set(late["total_s"]) == {307}
    assert set(late["polls"]) == {1}


def test_a_token_that_lives_too_short_makes_a_second_image_after_all():
    client = {
        "lost_answers": "50%",
        "retry": {"wait": "10s", "attempts": 20},
        "token": "per-intent",
    }
    mix = [{"instances": {"group": "g"}}]
    arrivals = {"burst": {"at": "0s", "calls": 60}}
    result = run(client, arrivals=arrivals, load__s__mix=mix, rules__token_lifetime="10s")
    assert result.measures["double_images"] > 10


def test_what_has_not_ended_with_the_run_is_unfinished():
    result = run({"poll": "30s"}, run__horizon="50s", run__drain="0s")
    row = only_unfinished(result)
    assert (row["outcome"], row["polls"]) == ("unfinished", 1)
    assert pd.isna(row["images_left"])
    assert pd.isna(row["snapshots_left"])
    assert pd.isna(row["ended_at"])
    waiting = run(
        {"retry": {"wait": "1m", "attempts": 9}}, run__horizon="50s", run__drain="0s", **FULL
    )
    assert only_unfinished(waiting)["outcome"] == "unfinished"
    assert waiting.calls["outcome"].tolist() == ["denied"]


def only_unfinished(result):
    (row,) = result.intents.to_dict("records")
    return row


def test_a_drained_run_waits_for_clients_that_still_wait():
    blind = {"poll": "5s", "timeout": "3h", "on_failure": "ignore"}
    result = run(blind, service={"failure": "100%"})
    assert only(result)["ended"] == 3 * 3600
    assert result.ended_at == 3 * 3600 * 10**6


def test_a_closed_loop_client_thinks_from_when_it_knows_the_end():
    arrivals = {"closed-loop": {"clients": 1, "calls": 3, "think": "10s"}}
    result = run({"poll": "60s"}, arrivals=arrivals)
    assert calls_at(result) == [0, 130, 260]


@settings(max_examples=60)
@given(
    poll=st.integers(1, 400),
    first=st.none() | st.integers(0, 400),
    timeout=st.none() | st.integers(1, 900),
    failure=st.sampled_from(["0%", "40%"]),
    blind=st.booleans(),
    seed=st.integers(0, 5),
)
def test_polls_are_counted_as_if_each_had_been_made(poll, first, timeout, failure, blind, seed):
    client = {"poll": f"{poll}s"}
    client |= {"first_poll": f"{first}s"} if first is not None else {}
    client |= {"timeout": f"{timeout}s"} if timeout is not None else {}
    client |= {"on_failure": "ignore"} if blind and timeout is not None else {}
    law = {"lognormal": {"mean": "3m", "cv": 0.8}}
    service = {"duration": law, "failure": failure, "slots": 4}
    result = run(client, arrivals={"poisson": {"rate": "20/h"}}, service=service, run__seed=seed)
    ends = result.calls.set_index("intent")[["arrived_at", "ended_at", "outcome"]]
    for intent in result.intents.itertuples():
        call = ends.loc[intent.intent]
        now = call["arrived_at"] + timedelta(seconds=poll if first is None else first)
        deadline = None if timeout is None else call["arrived_at"] + timedelta(seconds=timeout)
        polls, outcome = 0, "timed out"
        while deadline is None or now <= deadline:
            polls += 1
            if now >= call["ended_at"] and not (
                call["outcome"] == "failed" and "on_failure" in client
            ):
                outcome = call["outcome"]
                break
            now += timedelta(seconds=poll)
        assert (intent.outcome, intent.polls) == (outcome, polls)
        assert intent.ended_at == (deadline if outcome == "timed out" else now)


def test_polls_cost_no_events():
    def events(poll):
        simulation = imgsim.Simulation(
            scenario(
                {"poll": poll, "timeout": "2h"},
                arrivals={"burst": {"at": "0s", "calls": 10_000}},
                region={
                    "image_quota": 10_000,
                    "registration": {"uniform": {"low": "50m", "high": "70m"}},
                },
                load__s__mix=[{"snapshots": {"ids": ["base"]}}],
            )
        )
        simulation.run()
        polls = int(simulation.finish().intents["polls"].sum())
        return next(simulation.world.env._eid), polls

    (often, many), (seldom, few) = events("5s"), events("1m")
    assert often == seldom < 40_000 + 20
    assert 10_000 * 12 * 50 < many < 10_000 * 12 * 71
    assert few * 11 < many < few * 13


@pytest.mark.parametrize(
    ("like", "first", "polls_an_hour", "timeout", "on_failure", "at_timeout", "token"),
    [
        ("terraform", "1m", 360, "10m", None, None, None),
        ("packer", "0s", 720, "1h", "ignore", "delete-image-and-snapshots", "per-intent"),
        ("oos", None, 12, "24h40m", "ignore", None, None),
    ],
)
def test_tools_are_imitated_with_their_figures(
    like, first, polls_an_hour, timeout, on_failure, at_timeout, token
):
    client = scenario({"like": like}).load["s"].client.whole
    assert client.first_poll == (None if first is None else parse_duration(first))
    assert client.poll * polls_an_hour == parse_duration("1h")
    assert client.timeout == parse_duration(timeout)
    assert (client.on_failure, client.at_timeout, client.token) == (on_failure, at_timeout, token)


def test_what_is_said_stands_instead_of_what_the_tool_does():
    client = scenario({"like": "packer", "timeout": "20m", "at_timeout": "leave"}).load["s"].client
    assert client.whole.timeout == parse_duration("20m")
    assert (client.whole.at_timeout, client.whole.poll) == ("leave", parse_duration("5s"))


def test_terraform_asks_again_for_five_minutes_while_the_status_is_wrong():
    result = run({"like": "terraform"}, instances__0__status="Starting")
    assert set(result.calls["rule"]) == {"instance_is_neither_running_nor_stopped"}
    assert calls_at(result)[:6] == [0, 1, 3, 7, 15, 25]
    assert calls_at(result)[-1] == 295
    assert len(run({"like": "terraform"}, **FULL).calls) == 1


@pytest.mark.parametrize(
    ("client", "message"),
    [
        ({"poll": "0s"}, "poll must be above 0"),
        ({"first_poll": "1m"}, "first_poll goes with poll"),
        ({"on_failure": "ignore"}, "a client that ignores failures needs a timeout"),
        ({"at_timeout": "leave"}, "at_timeout goes with timeout"),
        ({"lost_answers": "1%"}, "lost_answers needs retry"),
        ({"retry": {"wait": "1s"}}, "give attempts or within"),
        ({"retry": {"wait": "0s", "attempts": 2}}, "wait must be above 0"),
        ({"retry": {"wait": "1s", "factor": 0.5, "attempts": 2}}, "factor 1 or more"),
        (
            {"retry": {"wait": "1s", "attempts": 2, "on": ["QuotaExceeded"]}},
            "no rule has the name or code",
        ),
        ({"like": "teraform"}, "did you mean terraform?"),
    ],
)
def test_a_policy_that_makes_no_sense_is_told(client, message):
    with pytest.raises(ScenarioError, match=message.replace("?", r"\?")):
        scenario(client)


FAILS = {"service": {"failure": "100%"}}


def test_an_old_deadline_does_not_end_the_wait_for_a_new_image():
    r = run(
        {"timeout": "150s", "retry": {"wait": "5s", "attempts": 2, "failed": True}},
        load__s__mix=[{"instances": {"group": "g"}}],
        **FAILS,
    )
    assert (only(r)["ended"], only(r)["outcome"]) == (185, "failed")


def deleted_by_hand(client, at="95s"):
    s = imgsim.Simulation(scenario(client))
    s.run(until=at)
    for i in list(s.cloud.images):
        s.delete_image(i)
    s.run()
    return only(s.finish())


def test_an_image_that_somebody_deletes_is_as_good_as_failed_and_the_blind_wait_on():
    row = deleted_by_hand({"poll": "2m"}, "105s")
    assert (row["outcome"], row["ended"]) == ("failed", 120)
    row = deleted_by_hand({"poll": "2m", "timeout": "9m", "on_failure": "ignore"}, "105s")
    assert (row["outcome"], row["ended"]) == ("timed out", 540)
    row = deleted_by_hand(
        {"poll": "2m", "timeout": "9m", "on_failure": "ignore", "at_timeout": "delete-image"},
        "105s",
    )
    assert (row["outcome"], row["ended"]) == ("timed out", 540)


def test_failed_snapshots_count_as_nothing_left_behind():
    row = only(run({"poll": "30s", "timeout": "10m"}, **FAILS))
    assert row["snapshots_left"] == 0


def test_a_back_off_grows_to_no_more_than_a_number_can_hold():
    assert Retry(wait=10**6, factor=1e300, attempts=9).waits(9, 0.0) == 2**55


def test_polls_are_counted_beyond_two_billion():
    assert (
        only(run({"poll": "1us", "timeout": "50m", "on_failure": "ignore"}, **FAILS))["polls"]
        == 3_000_000_000
    )


def test_a_failed_image_that_is_to_be_deleted_is_not_left_behind():
    r = run(
        {"poll": "5s", "retry": {"wait": "1s", "attempts": 2, "failed": True}},
        load__s__delete={"after": "1h"},
        **FAILS,
    )
    assert only(r)["images_left"] == 0


def test_tokens_of_streams_do_not_collide():
    c = {"token": "per-attempt", "lost_answers": "100%", "retry": {"wait": "10s", "attempts": 3}}
    mix = [{"instances": {"group": "g"}}]
    r = imgsim.run(
        scenario(
            {},
            load={
                "a": {"arrivals": {"instants": {"at": ["0s", "1s"]}}, "mix": mix, "client": c},
                "a-1": {
                    "arrivals": {"instants": {"at": ["10m", "11m", "12m", "13m"]}},
                    "mix": mix,
                    "client": {"token": "per-intent"},
                },
            },
        )
    )
    assert r.intents[r.intents.stream == "a-1"].outcome.tolist() == ["available"] * 4
