"""Measures: what they are of, what is cut, what is only bounded, and how they are found."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import imgsim
from imgsim import Scenario
from imgsim.results.measures import CATALOGUE

OLD = {"kind": "system", "size": "40 GiB", "created": "2025-01-01"}


def scenario(rows, tmp_path, *, run=None, quota=100, registration="10m", regions=()):
    """Return a scenario whose calls are the rows (hour, region); images take 10 minutes."""
    file = tmp_path / "calls.csv"
    lines = [f"{hour * 3600},{region},old-{region}" for hour, region in rows]
    file.write_text("\n".join(["at_s,RegionId,SnapshotId", *lines, ""]))
    described = {
        "image_quota": quota,
        "registration": registration,
        "snapshot_service": {"duration": "1m"},
    }
    names = ["r", *regions]
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "measures",
            "run": run or {},
            "regions": dict.fromkeys(names, described),
            "snapshots": [OLD | {"id": f"old-{name}", "region": name} for name in names],
            "load": {"s": {"arrivals": {"trace": {"file": str(file)}}}},
        }
    )


def instances_run(service, calls, **run):
    """Return a run of calls by hand at their seconds, each from an instance of its own."""
    sim = imgsim.Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "measures",
                "run": run,
                "regions": {"r": {"registration": "5s", "snapshot_service": service}},
                "instances": [
                    {
                        "group": "g",
                        "count": len(calls),
                        "region": "r",
                        "disks": [{"kind": "system", "size": "40 GiB"}],
                    }
                ],
            }
        )
    )
    for number, at in enumerate(calls, 1):
        sim.run(until=f"{at}s")
        sim.create_image({"RegionId": "r", "InstanceId": f"g-{number}"})
    sim.run()
    return sim.finish()


def test_calls_are_counted_by_what_became_of_them(tmp_path):
    rows = [(0, "r"), (0, "r"), (1, "r"), (1, "nowhere")]
    measures = imgsim.run(scenario(rows, tmp_path, quota=2)).measures
    assert measures["calls"] == 4
    assert measures["available"] == 2
    assert measures["unfinished"] == 0
    assert measures["rejection_rate"] == 0.5
    assert measures["rejection_rate.image_quota_is_exhausted"] == 0.25
    assert measures["rejection_rate.region_is_unknown"] == 0.25
    assert measures["rejection_rate.image_name_is_taken"] == 0
    assert measures["failure_rate"] == 0
    assert measures["time_to_available.mean"] == 600


def test_quantiles_are_those_of_the_empirical_distribution():
    lengths = {"uniform": {"low": "1m", "high": "9m"}}
    run = instances_run({"duration": lengths}, range(0, 370, 10))
    times = np.sort(run.calls["total_s"].to_numpy(float))
    for share, name in ((0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (1, "max")):
        expected = np.quantile(times, share, method="inverted_cdf")
        assert run.measures.of(f"time_to_available.{name}") == (expected, False)
    assert run.measures["time_to_available.mean"] == pytest.approx(times.mean())


def test_a_quantile_that_the_unfinished_could_move_is_a_bound_and_a_mean_is_not_given():
    # Ten calls at seconds 0 to 9, one slot, 60 s each: 4 end before the run does at 250 s.
    run = instances_run({"duration": "60s", "slots": 1}, range(10), horizon="250s", drain="0s")
    times = run.calls["total_s"].dropna().to_numpy(float)
    assert len(times) == 4
    assert run.measures["unfinished"] == 6
    assert math.isnan(run.measures["time_to_available.mean"])
    assert run.measures.of("time_to_available.mean").value is None
    # The youngest has waited 241 s, but the unfinished rank above the longest that ended, 242 s.
    assert run.measures.of("time_to_available.p50") == (242, True)
    # The longest is as long as the oldest call has waited at least.
    assert run.measures.of("time_to_available.max") == (246, True)
    longer = instances_run({"duration": "60s", "slots": 1}, range(10), horizon="400s", drain="0s")
    times = np.sort(longer.calls["total_s"].dropna().to_numpy(float))
    assert len(times) == 6
    assert longer.measures.of("time_to_available.p50") == (times[4], False)
    assert longer.measures.of("time_to_available.p90") == (400 - 7, True)


def test_a_bound_is_at_least_the_longest_that_ended():
    # The last call comes late: it has waited 5 s only, but ranks above every finished one.
    run = instances_run({"duration": "60s"}, [0, 1, 95], horizon="100s", drain="0s")
    assert run.measures.of("time_to_available.max") == (65, True)


def test_without_calls_there_is_no_measure_but_counts_are_nought(tmp_path):
    measures = imgsim.run(scenario([], tmp_path, run={"horizon": "1h"})).measures
    for name in ("rejection_rate", "failure_rate", "time_to_available.mean", "slot_wait.mean"):
        assert measures.of(name) == (None, False)
        assert math.isnan(measures[name])
    for name in ("calls", "available", "unfinished", "quota_use.mean", "busy_slots.peak"):
        assert measures[name] == 0


def test_the_warm_up_cuts_calls_by_first_arrival_and_levels_by_time(tmp_path):
    rows = [(0, "r"), (0.9, "r"), (1, "r"), (2, "r")]
    cut = imgsim.run(scenario(rows, tmp_path, run={"horizon": "4h", "warmup": "1h"})).measures
    assert cut["calls"] == 2
    assert cut["available"] == 2
    assert cut["throughput_per_h"] == pytest.approx(3 / 3)  # one was asked for before the cut
    # Images held: 3 from the first hour on, 4 from the second; the run ends at 4 h.
    assert cut["quota_use.mean"] == pytest.approx((3 + 4 + 4) / 3)
    assert cut["quota_use.peak"] == 4
    whole = imgsim.run(scenario(rows, tmp_path, run={"horizon": "4h"})).measures
    assert whole["calls"] == 4
    assert whole["quota_use.mean"] == pytest.approx((1 + 0.1 + 3 + 4 + 4) / 4)


def test_a_peak_before_the_warm_ups_end_does_not_count():
    service = {"duration": "60s"}
    calls = [0, 0, 0, 0, 0, 120]
    cut = instances_run(service, calls, horizon="240s", warmup="100s").measures
    assert (cut["busy_slots.peak"], cut["quota_use.peak"]) == (1, 6)
    assert cut["busy_slots.mean"] == pytest.approx(60 / 140)
    assert instances_run(service, calls, horizon="240s").measures["busy_slots.peak"] == 5


def test_a_measure_of_one_region_is_that_of_its_calls_alone(tmp_path):
    rows = [(0, "r"), (0, "q"), (0, "q"), (1, "r"), (1, "nowhere")]
    described = scenario(rows, tmp_path, quota=1, regions=["q"], run={"horizon": "2h"})
    measures = imgsim.run(described).measures
    assert (measures["calls"], measures["calls@r"], measures["calls@q"]) == (5, 2, 2)
    assert measures["available@q"] == 1
    assert measures["rejection_rate@r"] == 0.5
    assert measures["quota_use.mean"] == 2
    assert measures["quota_use.mean@q"] == 1
    assert measures["quota_use.peak@r"] == 1


def test_deletions_lower_the_level_in_their_own_region_alone(tmp_path):
    rows = [(0, "r"), (0, "q")]
    described = scenario(rows, tmp_path, regions=["q"], run={"horizon": "4h"})
    sim = imgsim.Simulation(described)
    sim.run(until="1h")
    sim.delete_image("m-000000001")
    sim.run()
    measures = sim.finish().measures
    assert measures["quota_use.mean"] == pytest.approx(1.25)
    assert measures["quota_use.mean@r"] == pytest.approx(0.25)
    assert measures["quota_use.mean@q"] == pytest.approx(1)


def test_stages_are_means_over_images_that_became_available():
    run = instances_run({"duration": "60s", "slots": 1}, [0, 0, 0])
    measures = run.measures
    assert measures["slot_wait.mean"] == 60
    assert measures["turn_wait.mean"] == 0
    assert measures["snapshotting.mean"] == 60
    assert measures["registering.mean"] == 5
    assert measures["time_to_available.mean"] == 125


def test_a_failure_rate_is_of_accepted_calls():
    run = instances_run({"duration": "60s", "failure": "100%"}, [0, 0])
    assert run.measures["failure_rate"] == 1
    assert run.measures["available"] == 0
    assert math.isnan(run.measures["time_to_available.p50"])


def test_means_agree_with_the_tables():
    lengths = {"exponential": {"mean": "3m"}}
    run = instances_run({"duration": lengths, "slots": 2}, range(0, 600, 20))
    begin, end = pd.Timestamp(run.scenario.start), run.ended_at / 1e6
    ends = (run.snapshots["ended_at"] - begin).dt.total_seconds()
    begins = (run.snapshots["began_at"] - begin).dt.total_seconds()
    assert run.measures["busy_slots.mean"] == pytest.approx((ends - begins).sum() / end)
    assert run.measures["slot_wait.mean"] == pytest.approx(run.calls["slot_wait_s"].mean())
    assert run.measures["busy_slots.peak"] == 2


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("time_to_availabel.mean", "time_to_available.mean"),
        ("rejection_rate.image_quota", "rejection_rate.image_quota_is_exhausted"),
        ("calls@R", "calls@r"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(tmp_path, asked, meant):
    measures = imgsim.run(scenario([], tmp_path, run={"horizon": "1h"})).measures
    with pytest.raises(KeyError, match=f"did you mean {meant.replace('.', '[.]')}"):
        measures[asked]
    with pytest.raises(KeyError, match="no measure 'xyzzy'"):
        measures.of("xyzzy")


def test_every_measure_of_the_catalogue_says_what_it_is_and_can_be_asked_for(tmp_path):
    measures = imgsim.run(scenario([(0, "r")], tmp_path)).measures
    assert list(measures) == list(CATALOGUE)
    assert len(measures) == len(CATALOGUE)
    for name, function in CATALOGUE.items():
        assert (function.__doc__ or "").strip().endswith(".")
        assert isinstance(measures[name], float)
        assert isinstance(measures[f"{name}@r"], float)


def test_a_share_keeps_what_it_is_a_share_of(tmp_path):
    import pickle

    rows = [(0, "r"), (0, "r"), (1, "r"), (1, "nowhere")]
    measured = imgsim.run(scenario(rows, tmp_path, quota=2)).measures.of("rejection_rate")
    assert measured == (0.5, False)
    assert (measured.part, measured.whole) == (2, 4)
    again = pickle.loads(pickle.dumps(measured))
    assert (again, again.part, again.whole) == (measured, 2, 4)


def test_a_measure_of_calls_may_be_asked_for_one_load_stream():
    file = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
    run = imgsim.run(imgsim.load(file, {"run.warmup": "6h"}))
    start = pd.Timestamp(run.scenario.start) + pd.Timedelta(hours=6)
    intents = run.intents[run.intents["arrived_at"] >= start]
    calls = run.calls[run.calls["intent"].isin(intents["intent"])]
    for stream in ("builds", "templates"):
        mine = intents[intents["stream"] == stream]
        of_mine = calls[calls["intent"].isin(mine["intent"])]
        assert run.measures[f"intents@{stream}"] == len(mine)
        denied = (of_mine["outcome"] == "denied").mean()
        assert run.measures[f"rejection_rate@{stream}"] == denied
        done = of_mine.loc[of_mine["outcome"] == "available", "total_s"].astype(float)
        assert run.measures[f"time_to_available.mean@{stream}"] == pytest.approx(
            done.mean(), rel=1e-12
        )
    with pytest.raises(KeyError, match=r"quota_use\.peak is not measured for a load stream"):
        run.measures["quota_use.peak@builds"]
