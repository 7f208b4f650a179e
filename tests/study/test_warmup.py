"""The warm-up: MSER-5 on known series, the levels of a run, one for all that is compared."""

from __future__ import annotations

import numpy as np
import pytest

import imgsim
from imgsim import Scenario
from imgsim.study.warmup import BINS, NoWarmupError, levels, mser5
from imgsim.units import HOUR

SCENARIO = {
    "imgsim": 1,
    "name": "steady",
    "run": {"horizon": "50h", "kind": "steady-state", "warmup": "auto"},
    "regions": {
        "r": {
            "image_quota": 10_000,
            "snapshot_service": {"slots": 60, "duration": {"exponential": {"mean": "3h"}}},
        }
    },
    "instances": [
        {"group": "g", "count": 400, "region": "r", "disks": [{"kind": "system", "size": "40 GiB"}]}
    ],
    "load": {
        "s": {
            "arrivals": {"poisson": {"rate": "12/h"}},
            "mix": [{"instances": {"group": "g", "choose": "round-robin"}}],
            "delete": {"after": "5m"},
        }
    },
}


def scenario(**run):
    return Scenario.from_mapping(SCENARIO | {"run": SCENARIO["run"] | run})


def decaying(seed, length=500, decay=40.0, size=10.0):
    rng = np.random.default_rng(seed)
    return size * np.exp(-np.arange(length) / decay) + rng.normal(size=length) * 0.3


def by_definition(series):
    """Return MSER-5 computed as it is written down, over the first half and beyond."""
    means = np.asarray(series).reshape(-1, 5).mean(axis=1)
    errors = [means[d:].var() / (len(means) - d) for d in range(len(means) - 5)]
    return int(np.argmin(errors)) * 5


@pytest.mark.parametrize("seed", range(8))
def test_mser5_is_what_is_written_down(seed):
    series = decaying(seed)
    assert mser5(series) == by_definition(series)


def test_a_transient_is_cut_where_it_is_lost_in_the_noise():
    cuts = [mser5(decaying(seed)) for seed in range(20)]
    assert min(cuts) >= 80  # where 10 exp(-t / 40) is still 1.35, more than four times the noise
    assert np.median(cuts) <= 220  # where it is 0.04


def test_what_is_steady_from_the_start_is_not_cut():
    assert mser5(np.ones(500)) == 0
    cuts = [mser5(np.random.default_rng(seed).normal(size=500)) for seed in range(20)]
    assert np.median([cut for cut in cuts if cut is not None]) <= 50


def test_what_never_settles_has_no_warm_up():
    assert mser5(np.arange(500.0)) is None
    assert mser5(np.ones(12)) is None


def test_levels_are_the_means_of_the_run():
    said = scenario(warmup="0s")
    told = levels(said, 0)
    run = imgsim.run(said)
    parts = {what: [] for what in ("images held", "images in the making", "slots busy")}
    for name, value in told.items():
        parts[name.partition(", ")[0]].append(value)
    assert {len(values) for values in parts.values()} == {BINS}
    snapshots, start = run.snapshots, run.calls["arrived_at"].dt.floor("D").iloc[0]
    edge = [
        (one - start).dt.total_seconds().to_numpy() / 360
        for one in (snapshots["began_at"], snapshots["ended_at"])
    ]
    for part in (0, 7, 250, 499):
        busy = np.clip(edge[1], part, part + 1) - np.clip(edge[0], part, part + 1)
        assert parts["slots busy"][part] == pytest.approx(busy.sum())
    assert np.mean(parts["slots busy"]) == pytest.approx(
        36, rel=0.25
    )  # 12 an hour, three hours each


def test_an_automatic_warm_up_is_found_and_used(tmp_path):
    said = scenario()
    study = imgsim.replicate(said, 4, ledger=tmp_path / "l.sqlite", progress=False, jobs=2)
    cut = study.parameters.scenario.run.cut
    assert 4 * HOUR <= cut <= 20 * HOUR  # the mean stay is three hours
    fixed = scenario(warmup=f"{cut}us")
    again = imgsim.replicate(fixed, 4, ledger=None, progress=False, jobs=1)
    assert again.replications.equals(study.replications)
    longer = imgsim.replicate(said, 5, ledger=tmp_path / "l.sqlite", progress=False, jobs=2)
    assert longer.parameters.scenario.run.cut == cut


def test_the_largest_warm_up_serves_all():
    cases = {"auto": scenario(), "long": scenario(warmup="30h"), "none": scenario(warmup="0s")}
    told = imgsim.compare(cases, margins={"calls": 1}, n=2, ledger=None, progress=False, jobs=2)
    assert [one.parameters.scenario.run.cut for one in told.studies] == [30 * HOUR] * 3
    assert len({tuple(one.replications["calls"]) for one in told.studies}) == 1


def test_a_run_shorter_than_the_largest_warm_up_is_refused():
    cases = {"long": scenario(warmup="30h"), "short": scenario(horizon="20h", warmup="0s")}
    with pytest.raises(ValueError, match="the warm-up of 1d6h, the largest of all, leaves nothing"):
        imgsim.compare(cases, margins={"calls": 1}, n=2, ledger=None, progress=False, jobs=1)


def test_a_load_that_grows_for_ever_has_no_warm_up():
    growing = Scenario.from_mapping(
        SCENARIO
        | {"load": {"s": SCENARIO["load"]["s"] | {"arrivals": {"poisson": {"rate": "40/h"}}}}}
    )
    with pytest.raises(NoWarmupError, match=r"no warm-up lies in the first half .* longer horizon"):
        imgsim.replicate(growing, 2, ledger=None, progress=False, jobs=2)


@pytest.mark.parametrize("level", [0.1, 1 / 3, 13.3, 0.0])
def test_a_constant_level_has_no_warm_up(level):
    assert mser5(np.full(500, level)) == 0
