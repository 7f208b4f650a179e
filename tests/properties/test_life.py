"""The laws hold in scenarios that switch on any mix of processes, policies and clients."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from properties.pieces import demand_the_same_in_pieces

import imgsim
from imgsim import Scenario

from .test_runs import held_at_most_the_quota, one_at_a_time_on_each_disk, scenarios

SECONDS = st.integers(1, 1500).map("{}s".format)
LAWS = st.one_of(SECONDS, SECONDS.map(lambda mean: {"exponential": {"mean": mean}}))
SHARES = st.integers(0, 100).map("{}%".format)
WHEN = st.one_of(
    st.just({"cron": {"schedule": "*/10 * * * *"}}),
    SECONDS.map(lambda mean: {"renewal": {"gap": {"exponential": {"mean": mean}}}}),
    st.lists(st.integers(0, 7300).map("{}s".format), max_size=4).map(
        lambda at: {"instants": {"at": at}}
    ),
    st.just({"burst": {"at": "10m", "calls": 2}}),
)
WHICH = st.sampled_from(
    [{"group": "g"}, {"ids": ["g-1"]}, {"ids": ["g-2", "lone"]}, {"group": "none"}]
)
FEW = st.integers(1, 4)


def some_of(**fields):
    """Draw a mapping with any of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def clients(draw):
    client = draw(
        some_of(
            poll=SECONDS,
            timeout=SECONDS,
            lost_answers=SHARES,
            token=st.sampled_from(["none", "per-intent", "per-attempt"]),
            retry=st.fixed_dictionaries(
                {"wait": SECONDS, "attempts": st.integers(1, 5)},
                optional={
                    "factor": st.sampled_from([1, 2, 2.5]),
                    "jitter": SHARES,
                    "within": SECONDS,
                    "failed": st.booleans(),
                    "on": st.sampled_from([["all"], ["curable"], [], ["QuotaExceed.Image"]]),
                },
            ),
            like=st.sampled_from(["terraform", "packer", "oos"]),
        )
    )
    if "retry" not in client:
        client.pop("lost_answers", None)
    if "timeout" in client:
        client["at_timeout"] = draw(
            st.sampled_from(["leave", "delete-image", "delete-image-and-snapshots"])
        )
        client["on_failure"] = draw(st.sampled_from(["notice", "ignore"]))
    return client


def tried(draw, use):
    if draw(st.booleans()):
        use |= {"retry_every": draw(SECONDS), "tries": draw(st.integers(2, 4))}
    return use


@st.composite
def processes(draw):
    kind = draw(st.sampled_from(list(KINDS)))
    return {kind: draw(KINDS[kind])}


@st.composite
def uses(draw):
    picked = {"pick": draw(st.sampled_from(["created", "available"]))}
    return tried(draw, {"when": draw(WHEN), "newest_of": {"group": "g"}} | picked)


@st.composite
def faults(draw):
    begins = {"when": draw(WHEN)} if draw(st.booleans()) else {"up": draw(LAWS)}
    effects = {"slots": SHARES, "failure": SHARES}
    name = draw(st.sampled_from(list(effects)))
    return begins | {"lasts": draw(LAWS), name: draw(effects[name])}


@st.composite
def retentions(draw):
    rules = {"keep_last": FEW, "older_than": SECONDS, "failed": st.just(True), "used": FEW}
    first = draw(st.sampled_from(list(rules)))
    more = {
        "snapshots": st.booleans(),
        "when": WHEN,
        "regions": st.just(["r"]),
        "sources": st.just({"group": "g"}),
    }
    return draw(some_of(**rules, **more)) | {first: draw(rules[first])}


KINDS = {
    "locks": st.fixed_dictionaries(
        {"instances": WHICH, "when": WHEN, "lasts": LAWS},
        optional={"together": st.booleans(), "reason": st.sampled_from(["security", "financial"])},
    ),
    "status": st.fixed_dictionaries(
        {
            "instances": WHICH,
            "when": WHEN,
            "action": st.sampled_from(["start", "stop", "restart", "release"]),
        },
        optional={"takes": LAWS},
    ),
    "service-faults": faults(),
    "automatic-snapshots": st.fixed_dictionaries(
        {"instances": WHICH, "when": WHEN},
        optional={"keep": SECONDS, "keep_last": FEW, "if_busy": st.sampled_from(["skip", "wait"])},
    ),
    "retention": retentions(),
    "storage-charges": st.fixed_dictionaries(
        {"price": st.sampled_from(["0.12 CNY/GiB/month", "0.5 CNY/GiB/h"])},
        optional={"free": st.sampled_from(["0 GiB", "5 GiB"]), "grace": SECONDS},
    ),
    "top-ups": st.fixed_dictionaries({"when": WHEN, "amount": st.just("7.5 CNY")}),
    "uses": uses(),
}


@st.composite
def lives(draw):
    data = copy.deepcopy(draw(scenarios()))
    drawn = draw(st.lists(processes(), min_size=1, max_size=5))
    if len([one for one in drawn if "storage-charges" in one]) > 1:
        drawn = [one for one in drawn if "storage-charges" not in one]
    data["processes"] = {f"p{number}": one for number, one in enumerate(drawn)}
    data["instances"].append(
        {"group": "none", "count": 0, "region": "r", "disks": data["instances"][0]["disks"]}
    )
    data["account"] = {"balance": draw(st.sampled_from(["1000 CNY", "2 CNY", "0 CNY"]))}
    limits = some_of(
        calls_per_minute=FEW, snapshots_in_progress=st.integers(1, 6), snapshots_per_disk=FEW
    )
    data["account"]["limits"] = draw(limits)
    data["rules"] = {"lock_stops_imaging": draw(st.booleans())}
    for stream in data["load"].values():
        stream["client"] = draw(clients())
        if draw(st.booleans()):
            stream["use"] = tried(draw, {"after": draw(LAWS)})
    return data


def check(run):
    """What must hold of the tables; the conservation laws were checked when the run ended."""
    intents, calls, images, snapshots = run.intents, run.calls, run.images, run.snapshots
    attempts = calls.groupby("intent")["attempt"].agg(["count", "max"]).reindex(intents["intent"])
    assert (attempts["count"].to_numpy() == intents["attempts"].to_numpy()).all()
    assert (attempts["max"].to_numpy() == intents["attempts"].to_numpy()).all()
    assert (intents["ended_at"].isna() == (intents["outcome"] == "unfinished")).all()
    assert (
        intents["ended_at"].dropna() >= intents["arrived_at"][intents["ended_at"].notna()]
    ).all()
    made = calls[calls["outcome"].isin(["available", "failed", "unfinished"])]
    assert sorted(made["image_id"]) == sorted(images.loc[images["intent"].notna(), "image_id"])
    by_outcome = {"available": "Available", "failed": "CreateFailed", "unfinished": "Creating"}
    status = images.set_index("image_id")["status"].astype(str)
    assert (status[made["image_id"]].to_numpy() == made["outcome"].map(by_outcome)).all()
    held_at_most_the_quota(run)
    one_at_a_time_on_each_disk(snapshots)
    ledger = run.ledger
    np.testing.assert_allclose(ledger["amount_cny"].cumsum(), ledger["balance_cny"], atol=1e-9)
    assert (ledger["booked_at"].diff().dropna() >= pd.Timedelta(0)).all()
    granted = run.uses[run.uses["outcome"] == "granted"]
    if len(granted):
        used = images.set_index("image_id").loc[granted["image_id"].astype(str)]
        assert (used["status"] == "Available").all()
        assert (
            used["ended_at"].fillna(used["created_at"]).to_numpy() <= granted["used_at"].to_numpy()
        ).all()
        gone = used["deleted_at"].to_numpy()
        assert (pd.isna(gone) | (gone >= granted["used_at"].to_numpy())).all()
    for name in run.measures:
        run.measures.of(name)


def examine(data, pieces):
    run = imgsim.run(Scenario.from_mapping(data))
    check(run)
    demand_the_same_in_pieces(run, pieces)


BUSY = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
PIECES = st.lists(st.floats(0, 1), max_size=3)


@settings(max_examples=60, **BUSY)
@given(lives(), PIECES)
def test_a_drawn_life_keeps_the_laws_and_may_be_run_in_pieces(data, pieces):
    examine(data, pieces)


@pytest.mark.slow
@settings(max_examples=500, **BUSY)
@given(lives(), PIECES)
def test_five_hundred_drawn_lives_keep_the_laws(data, pieces):
    examine(data, pieces)


@pytest.mark.long
@settings(max_examples=20_000, **BUSY)
@given(lives(), PIECES)
def test_twenty_thousand_drawn_lives_keep_the_laws(data, pieces):
    examine(data, pieces)
