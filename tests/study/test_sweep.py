"""A model at many points: which, on what luck, how often it is run, and what the frames hold."""

from __future__ import annotations

import pandas as pd
import pytest
from study.cheap import luck

import imgsim
from imgsim.results.measures import Share
from imgsim.study.runs import Runs
from imgsim.study.study import IncompleteError

QUOTA = "regions.r.image_quota"
ARRIVALS = "load.l.arrivals"
WORLD = {
    "imgsim": 1,
    "name": "w",
    "run": {"horizon": "2h"},
    "regions": {"r": {"image_quota": 5, "snapshot_service": {"slots": 2, "duration": "5m"}}},
    "instances": [{"id": "i", "region": "r", "disks": [{"kind": "system", "size": "40 GiB"}]}],
    "load": {
        "l": {"arrivals": {"poisson": {"rate": "20/h"}}, "mix": [{"instances": {"ids": ["i"]}}]}
    },
}


def plane(parameters, replication):
    """A plane whose luck is the same at every point, and a share."""
    rng = luck(1, replication)
    noise = float(rng.normal())
    height = parameters["x"] + 10 * parameters["y"]
    return {"height": height + noise, "noise": noise, "share": Share(rng.binomial(9, 0.5), 9)}


def fails_at_two(parameters, replication):
    if parameters["x"] == 2 and replication == 1:
        raise ArithmeticError("two is too many")
    return {"x": float(parameters["x"])}


def sweep(what, design=None, n=3, **asked):
    return imgsim.sweep(what, design, n, **{"ledger": None, "jobs": 1, "progress": False} | asked)


@pytest.fixture
def scenario():
    return imgsim.Scenario.from_mapping(WORLD)


@pytest.fixture
def case():
    return imgsim.Case(plane, {"x": 0, "y": 0}, key="plane")


@pytest.fixture
def runs(monkeypatch):
    """How many replications each study of the test has run."""
    made = []
    leave = Runs.__exit__

    def counted(self, *error):
        made.append(self.made)
        leave(self, *error)

    monkeypatch.setattr(Runs, "__exit__", counted)
    return made


def test_a_grid_is_every_combination_and_each_point_is_what_a_study_of_it_tells(scenario):
    blocks = [{"poisson": {"rate": "20/h"}}, {"poisson": {"rate": "60/h"}}]
    design = {QUOTA: [5, 10, 20], ARRIVALS: blocks}
    swept = sweep(scenario, design, measures=["calls", "rejection_rate"])
    assert swept.settings == tuple(
        {QUOTA: quota, ARRIVALS: block} for quota in (5, 10, 20) for block in blocks
    )
    frame = swept.to_frame()
    assert len(frame) == 6 * 2
    for number, values in enumerate(swept.settings):
        alone = imgsim.replicate(scenario.what_if(values), 3, ledger=None, jobs=1, progress=False)
        found = frame[frame["point"] == number].astype({"measure": "str"}).set_index("measure")
        pd.testing.assert_frame_equal(
            found.loc[["calls", "rejection_rate"], ["mean", "low", "high", "n", "method"]],
            alone.summary.loc[["calls", "rejection_rate"], ["mean", "low", "high", "n", "method"]],
        )


def test_the_frame_is_tidy(case):
    frame = sweep(case, {"x": [1, 2], "y": [0.5, 1]}, measures=["height", "share"]).to_frame()
    assert [*frame.columns] == [
        *("point", "x", "y", "measure", "mean", "low", "high", "half_width", "n", "at_least"),
        "method",
    ]
    assert frame["x"].tolist() == [1] * 4 + [2] * 4
    assert frame["y"].tolist() == [0.5, 0.5, 1, 1] * 2
    assert frame["measure"].tolist() == ["height", "share"] * 4
    wide = frame.pivot_table(index="x", columns="y", values="mean", aggfunc="first")
    assert wide.shape == (2, 2)


def test_all_points_meet_the_same_luck(case):
    rows = sweep(case, {"x": [1, 2, 3]}, n=5).replications
    assert rows.groupby("replication")["noise"].nunique().tolist() == [1] * 5
    assert rows["noise"].nunique() == 5
    steps = rows.pivot_table(index="replication", columns="x", values="height").diff(axis=1)
    assert steps[[2, 3]].to_numpy() == pytest.approx(1)


def test_measures_are_those_asked_for_or_all(case):
    assert sweep(case, {"x": [1]}).measures == ("height", "noise", "share")
    assert sweep(case, {"x": [1], "y": [2]}, measures=["share"]).measures == ("share",)
    with pytest.raises(ValueError, match=r"no measure 'depth'; there are height"):
        sweep(case, {"x": [1]}, measures=["height", "depth"]).to_frame()


def test_a_list_sets_what_it_says_and_leaves_all_else(case):
    design = {"list": [{"x": 1}, {"y": 2}, {}], "replications": 2}
    swept = sweep(case, design, n=None)
    assert swept.n == 2
    assert swept.points["x"].tolist()[0] == 1
    assert swept.points["x"].isna().tolist() == [False, True, True]
    heights = [study.estimates["height"].mean for study in swept.studies]
    noise = swept.studies[0].estimates["noise"].mean
    assert heights == pytest.approx([1 + noise, 20 + noise, noise])


def test_blocks_and_quantities_are_texts_in_the_frames_and_go_into_parquet(scenario, tmp_path):
    blocks = [{"poisson": {"rate": "20/h"}}, {"cron": {"schedule": "0 * * * *"}}]
    design = {ARRIVALS: blocks, "regions.r.snapshot_service.slots": [2, "unlimited"]}
    swept = sweep(scenario, design, n=1, measures=["calls"])
    assert swept.points[ARRIVALS].tolist()[2] == "{cron: {schedule: 0 * * * *}}"
    assert swept.points["regions.r.snapshot_service.slots"].tolist()[:2] == ["2", "unlimited"]
    swept.replications.to_parquet(tmp_path / "r.parquet")
    swept.to_frame().to_parquet(tmp_path / "p.parquet")


def test_a_parameter_with_the_name_of_a_column_or_measure_keeps_a_column_of_its_own():
    case = imgsim.Case(fails_at_two, {"x": 0, "n": 0})
    swept = sweep(case, {"x": [1, 3], "n": [7]})
    assert [*swept.points] == ["parameters.x", "parameters.n"]
    assert swept.to_frame()["parameters.n"].tolist() == [7, 7]
    assert swept.to_frame()["n"].tolist() == [3, 3]


def test_points_that_are_the_same_scenario_are_run_once(scenario, runs):
    swept = sweep(scenario, {QUOTA: [5, 10, 5], "name": ["a", "b"]}, measures=["calls"])
    assert runs == [2 * 3]
    assert len(swept.studies) == 6
    assert swept.studies[0].replications.equals(swept.studies[5].replications)


def test_a_second_sweep_that_shares_80_of_100_points_runs_the_other_20(case, runs, tmp_path):
    ledger = tmp_path / "ledger.sqlite"
    sweep(case, {"x": [*range(100)]}, ledger=ledger)
    swept = sweep(case, {"x": [*range(20, 120)]}, ledger=ledger)
    assert runs == [100 * 3, 20 * 3]
    sweep(case, {"x": [*range(20, 120)]}, n=4, ledger=ledger)
    assert runs[2:] == [100]
    assert swept.replications.equals(sweep(case, {"x": [*range(20, 120)]}).replications)


def test_the_block_of_the_scenario_is_what_is_swept_and_no_part_of_its_runs(scenario):
    block = {"grid": {QUOTA: [5, 10]}, "replications": 2, "measures": ["calls"]}
    with_block = scenario.what_if({"sweep": block})
    assert with_block.hash == scenario.hash
    assert with_block.what_if({QUOTA: 7}).sweep == with_block.sweep
    assert imgsim.Scenario.from_mapping(with_block.plain()) == with_block
    swept = sweep(with_block, n=None)
    assert (len(swept.studies), swept.n, swept.measures) == (2, 2, ("calls",))
    other = sweep(with_block, {"list": [{QUOTA: 9}]}, n=None)
    assert (other.settings, other.n) == (({QUOTA: 9},), 2)


def test_all_points_have_the_largest_warm_up(scenario):
    steady = {"run.kind": "steady-state", "run.warmup": "30m"}
    swept = sweep(scenario, {"list": [steady, steady | {"run.warmup": "1h"}]}, n=1)
    cuts = [study.parameters.scenario.run.cut for study in swept.studies]
    assert cuts == [3600 * 10**6] * 2


def test_a_failed_replication_is_told_with_its_point():
    case = imgsim.Case(fails_at_two, {"x": 0})
    with pytest.raises(IncompleteError, match="x=2: 1 of 3 replications failed"):
        sweep(case, {"x": [1, 2]}).to_frame()
    swept = sweep(case, {"x": [1, 2]}, partial=True)
    assert swept.to_frame()["n"].tolist() == [3, 2]
    assert swept.replications["error"].notna().sum() == 1


def test_no_run_is_made_before_all_points_are_right(scenario, runs):
    with pytest.raises(imgsim.ScenarioError) as told:
        sweep(scenario, {QUOTA: [5, "many"], ARRIVALS: [{"poisson": {"rate": 3}}, {"cron": {}}]})
    assert runs == []
    rate, many, *schedule = sorted(told.value.messages, key=lambda line: "schedule" in line)
    assert rate.startswith(f"sweep.grid.{ARRIVALS}[0]: point 0: {ARRIVALS}.poisson.rate: ")
    assert many.startswith(f"sweep.grid.{QUOTA}[1]: point 2: {QUOTA}: 'many' is not a whole number")
    assert len(schedule) == 1


@pytest.mark.parametrize(
    ("design", "what"),
    [
        ({}, "sweep.grid: must not be empty"),
        ({"grid": {"x": []}}, "sweep.grid: there are no values of x"),
        ({"x": 5}, r"sweep.grid.x: must be a list; write \[5\]"),
        ({"grid": {"x": [1]}, "list": [{"x": 1}]}, "grid and list stand here together"),
        ({"list": []}, "sweep.list: must not be empty"),
        ({"z": [1]}, "the case has no parameter 'z'; there are x, y"),
        ({"x": [*range(101)], "y": [*range(100)]}, "10100 points are too many"),
        ({"grid": {"x": [1]}, "replications": 0}, "replications must be 1 or more"),
        ({"grid": {"x": [1]}, "measure": ["height"]}, "sweep.measure: unknown key"),
        (None, "there is no sweep; give a design"),
    ],
)
def test_a_design_that_is_none_is_told(case, design, what):
    with pytest.raises(ValueError, match=what):
        sweep(case, design)
