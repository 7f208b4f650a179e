"""Intent k of a stream meets the same luck in every what-if, through whole runs."""

from __future__ import annotations

import copy
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import imgsim
from imgsim import Scenario

SYSTEM = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}
BASE = {
    "imgsim": 1,
    "name": "what-if",
    "run": {"horizon": "6h", "seed": 5},
    "regions": {
        "r": {
            "image_quota": 10_000,
            "registration": {"exponential": {"mean": "20s"}},
            "snapshot_service": {"duration": {"lognormal": {"mean": "4m", "cv": 0.7}}},
        }
    },
    "instances": [{"group": "g", "count": 60, "region": "r", "disks": [SYSTEM]}],
    "load": {
        "ci": {
            "arrivals": {"poisson": {"rate": "30/h"}},
            "mix": [{"instances": {"group": "g"}}],
        }
    },
}
OTHER = {
    "arrivals": {"poisson": {"rate": "50/h"}},
    "mix": [{"instances": {"group": "g", "choose": "random"}}],
}


def what_if(**changes):
    data = copy.deepcopy(BASE)
    for path, value in changes.items():
        *keys, last = path.split("__")
        target = data
        for key in keys:
            target = target[key if not key.isdecimal() else int(key)]
        target[last] = value
    return imgsim.run(Scenario.from_mapping(data))


def luck(run, stream="ci"):
    """Each intent of the stream: arrival, duration of its snapshots, registration."""
    intents = run.intents[run.intents["stream"] == stream].set_index("intent")
    calls = run.calls.set_index("intent").loc[intents.index]
    snapshots = run.snapshots.assign(made=lambda s: s["ended_at"] - s["began_at"])
    made = snapshots.groupby("image_id")["made"].apply(list)
    return {
        ordinal: (arrived, made.get(image), registering)
        for ordinal, arrived, image, registering in zip(
            intents["ordinal"],
            intents["arrived_at"],
            intents["image_id"],
            calls["registering_s"].astype(object).where(calls["registering_s"].notna(), None),
            strict=True,
        )
    }


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"load__other": OTHER}, id="another stream behind it"),
        pytest.param({"load": {"other": OTHER, **BASE["load"]}}, id="another stream before it"),
        pytest.param({"load__ci__delete": {"after": "1h"}}, id="deletion"),
        pytest.param({"regions__r__snapshot_service__slots": 3}, id="fewer slots"),
        pytest.param({"run__horizon": "9h"}, id="a longer horizon"),
        pytest.param(
            {"instances": [{"group": "g", "count": 7, "region": "r", "disks": [SYSTEM]}]},
            id="fewer instances",
        ),
        pytest.param({"load__ci__client": {"token": "per-intent"}}, id="tokens"),
    ],
)
def test_an_intent_keeps_its_arrival_and_its_durations_in_a_what_if(changes):
    before, after = luck(what_if()), luck(what_if(**changes))
    assert len(before) > 150
    assert {ordinal: after[ordinal] for ordinal in before} == before


def test_a_further_disk_leaves_the_luck_of_the_first_one_alone():
    data = {"kind": "data", "size": "40 GiB"}
    group = [{"group": "g", "count": 60, "region": "r", "disks": [SYSTEM, data]}]
    before, after = luck(what_if()), luck(what_if(instances=group))
    assert {n: (a, made[:1], r) for n, (a, made, r) in after.items()} == before


def test_failures_change_nothing_for_the_intents_that_do_not_fail():
    before, after = luck(what_if()), luck(what_if(regions__r__snapshot_service__failure="30%"))
    assert before.keys() == after.keys()
    fine = {n for n, (_, _, registering) in after.items() if registering is not None}
    kept = {n for n in before if before[n] == after[n]}
    assert 0.5 * len(before) < len(kept) < 0.9 * len(before)
    assert kept <= fine
    assert all(before[n][:2] == after[n][:2] for n in before)


def test_a_higher_failure_probability_fails_the_same_intents_and_more():
    def failed(share):
        run = what_if(regions__r__snapshot_service__failure=share)
        return set(run.intents.loc[run.intents["outcome"] == "failed", "ordinal"])

    few, many = failed("10%"), failed("30%")
    assert few < many


def test_streams_that_are_alike_do_not_share_their_luck():
    run = what_if(load__twin=BASE["load"]["ci"])
    mine, twins = luck(run), luck(run, "twin")
    for place in range(3):
        drawn = [{str(of[n][place]) for n in of} for of in (mine, twins)]
        assert not drawn[0] & drawn[1]


def test_stages_and_failures_are_drawn_independently_of_each_other():
    lucky = luck(what_if())
    run = what_if(regions__r__snapshot_service__failure="30%")
    failed = set(run.intents.loc[run.intents["outcome"] == "failed", "ordinal"])
    arrived = [arrived for arrived, _, _ in lucky.values()]
    gaps = [b - a for a, b in pairwise([arrived[0].floor("D"), *arrived])]
    columns = {
        "gap": [gap.total_seconds() for gap in gaps],
        "duration": [made[0].total_seconds() for _, made, _ in lucky.values()],
        "registration": [registering for _, _, registering in lucky.values()],
        "failed": [n in failed for n in lucky],
    }
    related = pd.DataFrame(columns).astype(float).corr("spearman").to_numpy()
    assert abs(related[np.triu_indices(4, 1)]).max() < 4 / len(lucky) ** 0.5


def test_noise_leaves_arrivals_set_ups_and_registrations_alone():
    service = {
        "bandwidth": "400 GiB/s",
        "per_snapshot_rate": "1 GiB/s",
        "setup": {"exponential": {"mean": "30s"}},
        "incremental": False,
    }
    plain = what_if(regions__r__snapshot_service=service)
    noisy = what_if(
        regions__r__snapshot_service=service | {"noise": {"gamma": {"mean": 1.0, "cv": 0.5}}}
    )
    assert (plain.intents["arrived_at"] == noisy.intents["arrived_at"]).all()
    assert (plain.calls["registering_s"] == noisy.calls["registering_s"]).all()

    def set_ups(run):
        return (run.snapshots["transfer_at"] - run.snapshots["began_at"]).dt.total_seconds()

    # One factor multiplies both the set-up time and the bytes.
    factor = noisy.snapshots["bytes"].astype(float) / plain.snapshots["bytes"].astype(float)
    assert factor.std() > 0.3
    assert (abs(set_ups(noisy) - set_ups(plain) * factor) < 2e-6).all()


def test_clients_of_a_closed_loop_keep_their_luck_when_more_clients_join():
    def of(clients):
        loop = {"clients": clients, "think": {"exponential": {"mean": "10m"}}}
        mix = [{"instances": {"group": "g", "choose": "own"}}]
        return luck(what_if(load__ci={"arrivals": {"closed-loop": loop}, "mix": mix}))

    few, many = of(5), of(40)
    assert len(few) > 100
    assert {ordinal: many[ordinal] for ordinal in few} == few


def test_an_intent_of_a_batch_keeps_its_luck_when_the_group_grows():
    def of(count):
        group = [{"group": "g", "count": count, "region": "r", "disks": [SYSTEM]}]
        mix = [{"instances": {"group": "g", "choose": "each"}}]
        load = {"arrivals": {"cron": {"schedule": "0 * * * *"}}, "mix": mix}
        return luck(what_if(instances=group, load__ci=load))

    few, many = of(5), of(40)
    assert len(few) == 30
    assert {ordinal: many[ordinal] for ordinal in few} == few
