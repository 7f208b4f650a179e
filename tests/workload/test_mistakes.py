"""Every rule of the book can be met by load: a share of calls is broken, by name of the rule."""

from __future__ import annotations

import copy
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

import imgsim
from imgsim import RULEBOOK, Scenario, ScenarioError, load
from imgsim.workload.mistakes import WAYS

FILE = Path(__file__).parents[2] / "scenarios" / "mistakes.yaml"
OF_THE_ACCOUNT = {
    "snapshot_service_is_not_open": {"account.snapshot_service_open": False},
    "balance_is_insufficient": {"account.balance": "0 CNY"},
    "call_is_throttled": {"account.limits.calls_per_minute": 0},
    "too_many_snapshots_are_in_progress": {"account.limits.snapshots_in_progress": 0},
    "disk_has_too_many_snapshots": {"account.limits.snapshots_per_disk": 0},
}
OF_CALLS = [rule.name for rule in RULEBOOK if rule.name not in OF_THE_ACCOUNT]
REPEATING = {"image_name_is_taken", "token_was_used_with_other_parameters"}

SYSTEM = {"region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}
DISK = {"kind": "system", "size": "40 GiB"}
SERVICE = {"snapshot_service": {"duration": {"exponential": {"mean": "60s"}}}}
WORLD = {
    "imgsim": 1,
    "name": "mistakes",
    "run": {"horizon": "5h", "seed": 3},
    "regions": {"r": SERVICE | {"image_quota": 9999}, "full": SERVICE | {"image_quota": 3}},
    "instances": [
        {"group": "g", "count": 9, "region": "r", "disks": [DISK, DISK | {"kind": "data"}]},
        {"id": "sealed", "region": "r", "imaging_allowed": False, "locks": ["security"], "disks": [DISK]},
        {"id": "locked", "region": "r", "locks": ["security"], "status": "Pending", "disks": [DISK]},
        {"id": "in-debt", "region": "r", "locks": ["financial"], "disks": [DISK]},
        {"id": "starting", "region": "r", "status": "Starting", "disks": [DISK]},
        {"id": "in-full", "region": "full", "disks": [DISK]},
        {"id": "locked-in-full", "region": "full", "locks": ["security"], "disks": [DISK]},
    ],
    "snapshots": [
        SYSTEM | {"id": "base"},
        SYSTEM | {"id": "of-2012", "created": "2012-01-01", "status": "failed"},
        SYSTEM | {"id": "sealed", "imaging_allowed": False, "created": "2012-01-01"},
        SYSTEM | {"id": "young", "status": "progressing"},
        SYSTEM | {"id": "data", "kind": "data", "created": "2012-01-01"},
        SYSTEM | {"id": "base-in-full", "region": "full"},
        {"id": "of-a-data-disk", "disk": "g-1-disk-2", "created": "2025-01-01"},
    ],
    "images": [{"region": "full", "count": 2}, {"region": "full", "name": "there-already"}],
    "load": {
        "s": {
            "arrivals": {"poisson": {"rate": "20/h"}},
            "mix": [{"instances": {"group": "g"}, "name": "b-{n}"}],
            "client": {"token": "per-intent"},
        }
    },
}  # fmt: skip
ASKED = {
    "instance": {"instances": {"group": "g"}},
    "snapshot": {"snapshots": {"ids": ["base"]}},
    "mapping": {
        "region": "r",
        "parameters": {"DiskDeviceMapping.1.SnapshotId": "base", "DiskDeviceMapping.3.Size": "50"},
    },
}


def scenario(mistakes, **changes):
    data = copy.deepcopy(WORLD)
    data["load"]["s"]["mistakes"] = mistakes
    return Scenario.from_mapping(data, {"load.s.mix.0.name": "b-{n}", **changes})


def run(mistakes, **changes):
    return imgsim.run(scenario(mistakes, **changes))


def test_the_table_of_mistakes_is_the_rule_book_in_its_order():
    assert list(WAYS) == [rule.name for rule in RULEBOOK]
    assert {name for name, way in WAYS.items() if way.break_ is None} == set(OF_THE_ACCOUNT)


@pytest.mark.parametrize("approach", ASKED)
@pytest.mark.parametrize("rule", OF_CALLS)
def test_a_mistake_is_denied_by_the_rule_that_it_is_named_after(rule, approach):
    mix = [ASKED[approach] | {"name": "b-{n}"}]
    result = run({rule: "100%"}, **{"load.s.mix": mix, "load.s.mix.0.name": "b-{n}"})
    denied = result.calls["rule"].astype(object).fillna("none")
    if rule in REPEATING:
        # The first call has nothing to repeat.
        assert denied.iloc[0] == "none"
        denied = denied.iloc[1:]
    assert len(denied) > 50
    assert set(denied) == {rule}


def test_without_mistakes_no_call_is_denied():
    for asked in ASKED.values():
        mix = [asked | {"name": "b-{n}"}]
        assert set(run({}, **{"load.s.mix": mix}).calls["outcome"]) == {"available"}


@pytest.mark.parametrize(
    ("settings", "met"),
    [
        ({}, OF_CALLS),
        *((settings, [rule]) for rule, settings in OF_THE_ACCOUNT.items()),
    ],
)
def test_the_scenario_of_mistakes_meets_all_rules_in_its_six_settings(settings, met):
    result = imgsim.run(load(FILE, settings))
    denied = set(result.calls["rule"].dropna())
    assert set(met) <= denied
    assert denied <= {*OF_CALLS, *met}


def test_the_six_settings_of_the_scenario_together_are_the_rule_book():
    assert len(OF_CALLS) == 25
    assert {*OF_CALLS, *OF_THE_ACCOUNT} == {rule.name for rule in RULEBOOK}
    text = FILE.read_text(encoding="utf-8")
    assert "--set account.snapshot_service_open=false" in text
    assert '--set account.balance="0 CNY"' in text
    for limit in ("calls_per_minute", "snapshots_in_progress", "snapshots_per_disk"):
        assert f"--set account.limits.{limit}=0\n" in text


def test_each_mistake_comes_with_its_share():
    shares = {
        "region_is_missing": 0.02,
        "image_name_is_malformed": 0.3,
        "snapshot_is_too_old": 0.08,
    }
    said = {rule: f"{share:.0%}" for rule, share in shares.items()}
    result = run(said, **{"load.s.arrivals.poisson.rate": "800/h"})
    total = len(result.calls)
    for rule, share in shares.items():
        low, high = stats.binom.interval(0.999, total, share)
        assert low <= (result.calls["rule"] == rule).sum() <= high
    assert result.measures["rejection_rate"] < 0.5


def test_one_of_several_things_is_chosen_each_as_likely():
    result = run(
        {"snapshot_is_not_of_a_system_disk": "50%"}, **{"load.s.arrivals.poisson.rate": "400/h"}
    )
    denied = result.calls[result.calls["outcome"] == "denied"]
    chosen = (denied["source"] == "data").sum()
    low, high = stats.binom.interval(0.999, len(denied), 0.5)
    assert low <= chosen <= high
    assert set(denied["source"]) == {"data", "of-a-data-disk"}


def test_a_name_that_is_there_already_is_taken_by_the_first_call_too():
    changes = {
        "regions.full.image_quota": 99,
        "load.s.mix": [{"snapshots": {"ids": ["base-in-full"]}}],
    }
    data = copy.deepcopy(WORLD)
    data["load"]["s"]["mistakes"] = {"image_name_is_taken": "100%"}
    result = imgsim.run(Scenario.from_mapping(data, changes))
    assert set(result.calls["rule"]) == {"image_name_is_taken"}


def test_a_name_or_token_that_is_free_again_is_not_used():
    changes = {"load.s.delete": {}, "rules.token_lifetime": "1us"}
    slow = {"load.s.arrivals": {"cron": {"schedule": "0 * * * *"}}, "load.s.mix.0.name": "b-{n}"}
    shares = {"image_name_is_taken": "50%", "token_was_used_with_other_parameters": "50%"}
    result = run(shares, **changes | slow)
    assert set(result.calls["outcome"]) == {"available"}
    names = set(result.images["name"].dropna())
    assert names == {f"b-{n}" for n in range(1, 6)} | {"there-already"}


def test_a_token_is_used_again_even_where_all_calls_ask_for_the_same():
    changes = {"load.s.mix": [{"snapshots": {"ids": ["base"]}}]}
    data = copy.deepcopy(WORLD)
    data["load"]["s"]["mistakes"] = {"token_was_used_with_other_parameters": "40%"}
    result = imgsim.run(Scenario.from_mapping(data, changes))
    assert set(result.calls["outcome"]) == {"available", "denied"}
    assert "replayed" not in set(result.calls["outcome"])


def test_ids_that_nothing_should_have_are_others_where_something_has_them():
    more = [{"id": "no-such-instance", "region": "r", "disks": [DISK]}]
    changes = {"instances": WORLD["instances"] + more, "regions.no-such-region": SERVICE}
    result = run({"instance_is_unknown": "50%", "region_is_unknown": "50%"}, **changes)
    assert set(result.calls["rule"]) == {"instance_is_unknown", "region_is_unknown"}
    assert "no-such-instance-x" in set(result.calls["source"])


@pytest.mark.parametrize(
    "arrivals",
    [
        {"closed-loop": {"clients": 5, "think": "2m"}},
        {"burst": {"calls": 50, "every": "1h"}},
        {"cron": {"schedule": "*/2 * * * *"}},
    ],
)
def test_every_pattern_can_have_mistakes(arrivals):
    result = run({"instance_is_unknown": "30%"}, **{"load.s.arrivals": arrivals})
    denied = (result.calls["rule"] == "instance_is_unknown").sum()
    low, high = stats.binom.interval(0.999, len(result.calls), 0.3)
    assert low <= denied <= high


def test_each_call_of_a_batch_has_mistakes_of_its_own():
    changes = {
        "load.s.arrivals": {"cron": {"schedule": "0 * * * *"}},
        "load.s.mix.0.instances": {"group": "g", "choose": "each"},
    }
    result = run({"region_is_missing": "50%"}, **changes)
    by_batch = (result.calls["rule"] == "region_is_missing").groupby(result.calls["arrived_at"])
    assert by_batch.size().tolist() == [9] * 5
    assert 10 <= by_batch.sum().sum() <= 35


def test_calls_of_a_trace_can_have_mistakes(tmp_path):
    file = tmp_path / "calls.csv"
    rows = "\n".join(f"{n},r,g-1,t{n}" for n in range(200))
    file.write_text(f"at_s,RegionId,InstanceId,ClientToken\n{rows}\n")
    changes = {"load.s.arrivals": {"trace": {"file": str(file)}}, "load.s.mix": []}
    data = copy.deepcopy(WORLD)
    data["load"]["s"]["mistakes"] = {"token_was_used_with_other_parameters": "30%"}
    result = imgsim.run(Scenario.from_mapping(data, changes))
    assert 30 < (result.calls["rule"] == "token_was_used_with_other_parameters").sum() < 90


def luck(result, stream="s"):
    mine = result.intents[result.intents["stream"] == stream]
    made = result.snapshots.groupby("image_id").apply(
        lambda of: tuple(of["ended_at"] - of["began_at"]), include_groups=False
    )
    return {
        ordinal: (arrived, made.get(image) if not pd.isna(image) else None)
        for ordinal, arrived, image in zip(
            mine["ordinal"], mine["arrived_at"], mine["image_id"], strict=True
        )
    }


def test_mistakes_change_nothing_for_the_calls_that_make_none():
    without, with_ = luck(run({})), luck(run({"image_name_is_malformed": "20%"}))
    assert without.keys() == with_.keys()
    fine = [n for n, (_, made) in with_.items() if made is not None]
    assert 0.6 < len(fine) / len(without) < 0.95
    assert all(with_[n] == without[n] for n in fine)
    assert all(with_[n][0] == without[n][0] for n in without)


def test_mistakes_do_not_depend_on_when_a_call_arrives_or_what_it_asks_for():
    mix = [{"instances": {"group": "g", "choose": "random"}}, ASKED["mapping"]]
    changes = {"load.s.arrivals.poisson.rate": "400/h", "load.s.mix": mix}
    data = copy.deepcopy(WORLD)
    data["load"]["s"]["mistakes"] = {"image_version_is_malformed": "50%"}
    calls = imgsim.run(Scenario.from_mapping(data, changes)).calls
    drawn = {
        "broken": calls["outcome"] == "denied",
        "gap": calls["arrived_at"].diff().dt.total_seconds(),
        "mapping": calls["approach"] == "mapping",
        "source": calls["source"].astype(object).str.removeprefix("g-").astype(float),
    }
    related = pd.DataFrame(drawn).astype(float).corr("spearman")["broken"].drop("broken")
    assert related.abs().max() < 4 / len(calls) ** 0.5


def test_a_larger_share_breaks_the_same_calls_and_more():
    def broken(share):
        calls = run({"region_is_missing": share}).calls
        return set(calls.loc[calls["outcome"] == "denied", "intent"])

    assert broken("10%") < broken("30%")


def test_mistakes_come_in_the_order_of_the_rules_however_they_are_written():
    shares = {
        "snapshot_is_too_old": "20%",
        "region_is_missing": "10%",
        "instance_is_unknown": "20%",
    }
    one, other = scenario(shares), scenario(dict(reversed(shares.items())))
    assert one.hash == other.hash
    assert imgsim.run(one).calls["rule"].tolist() == imgsim.run(other).calls["rule"].tolist()


def test_the_things_to_be_mistaken_about_must_be_there():
    bare = {
        "regions": {"r": SERVICE},
        "instances": WORLD["instances"][:1],
        "snapshots": [],
        "images": [],
        "load.s.mix": [{"instances": {"group": "g"}}],
        "load.s.client": {},
    }
    data = copy.deepcopy(WORLD)
    data["load"]["s"]["mistakes"] = dict.fromkeys(OF_CALLS, "1%")
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping(data, bare)
    told = {message.split(": ")[1].rpartition(".")[2]: message for message in caught.value.messages}
    assert set(told) == {name for name in OF_CALLS if WAYS[name].needs}
    for rule, message in told.items():
        assert "load.s.mistakes" in message
        assert "add " in message, (rule, message)


EXAMPLES = [name for name in OF_CALLS if ", such as {" in WAYS[name].needs]


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_a_message_says_to_add_is_what_is_missing(rule):
    from imgsim.scenario.yaml import Document, parse

    example = WAYS[rule].needs.partition(", such as ")[2].replace("region: ...", "region: r")
    thing = parse(f"thing: {example}", Document("example")).data["thing"]
    kind = "snapshots" if "created" in thing else "instances"
    bare = {"instances": WORLD["instances"][:1], "snapshots": [], "images": []}
    result = run({rule: "100%"}, **bare | {kind: [*bare[kind], thing]})
    assert set(result.calls["rule"]) == {rule}


def test_most_messages_show_what_to_add():
    assert len(EXAMPLES) == 9


@pytest.mark.parametrize(
    ("mistakes", "told"),
    [
        (
            {"image_name_malformed": "1%"},
            "load.s.mistakes.image_name_malformed: unknown rule; did you mean "
            "image_name_is_malformed?",
        ),
        ({"zzz": "1%"}, "load.s.mistakes.zzz: unknown rule; imgsim rules lists them"),
        (
            {"region_is_missing": "60%", "no_source_is_given": "50%"},
            "load.s.mistakes: the shares sum to 110%, which is more than 100%",
        ),
        (
            {"region_is_missing": 0.1},
            "load.s.mistakes.region_is_missing: the number 0.1 has no unit; write a share such as 1%",
        ),
        (
            {"balance_is_insufficient": "1%"},
            "load.s.mistakes.balance_is_insufficient: no request can be broken so: it is the "
            "account's; set account.balance: 0 CNY instead",
        ),
        (
            {"snapshot_service_is_not_open": "1%"},
            "load.s.mistakes.snapshot_service_is_not_open: no request can be broken so: it is the "
            "account's; set account.snapshot_service_open: false instead",
        ),
    ],
)
def test_slips_in_mistakes_are_told(mistakes, told):
    with pytest.raises(ScenarioError) as caught:
        scenario(mistakes)
    assert caught.value.messages == (f"scenario: {told}",)
