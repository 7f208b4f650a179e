"""Replicate and compare as they are asked for: how many, until when, and what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from study.cheap import fragile, luck, slow, suite

import imgsim
from imgsim import Case
from imgsim.attended import InterruptedWarning
from imgsim.results.measures import CATALOGUE, Measured
from imgsim.study.looks import looks
from imgsim.study.study import IncompleteError

ROOT = Path(__file__).parents[2]
QUICK = ROOT / "scenarios" / "quickstart.yaml"


def normal(parameters, replication):
    seed, mean = parameters
    return {"x": mean + float(luck(seed, replication).normal())}


def replicate(case, *args, **asked):
    return imgsim.replicate(case, *args, **{"jobs": 1, "ledger": None, "progress": False} | asked)


def compare(*cases, **asked):
    return imgsim.compare(*cases, **{"jobs": 1, "ledger": None, "progress": False} | asked)


@pytest.fixture(scope="module")
def quick():
    return imgsim.load(QUICK, {"run.horizon": "4h"})


def test_looks_grow_by_half_from_twenty_to_the_budget():
    assert [*looks(200)] == [20, 30, 45, 68, 102, 153, 200]
    assert [*looks(20)] == [20]
    assert [*looks(7)] == [7]


def test_replications_are_added_until_the_half_width_is_reached_and_no_longer():
    study = replicate(Case(normal, (1, 10.0)), until={"x": 0.25}, n=500)
    before = replicate(Case(normal, (1, 10.0)), until={"x": 9}, n=500)
    assert before.n == 20
    assert study.n in looks(500)
    assert study.estimates["x"].half_width <= 0.25
    assert study.wanting == {}
    shorter = [number for number in looks(500) if number < study.n][-1]
    assert replicate(Case(normal, (1, 10.0)), until={"x": 0.25}, n=shorter).wanting["x"] > 0.25


def test_every_measure_named_must_be_known_well_enough():
    case = Case(suite, (1, 0.0))
    assert replicate(case, until={"normal 0": "2%", "share 0": 9}, n=400).n > 20
    assert replicate(case, until={"normal 0": 9, "share 0": "30%"}, n=400).n > 20


def test_a_precision_is_of_the_mean_when_it_is_a_percentage():
    study = replicate(Case(normal, (1, 1000.0)), until={"x": "0.1%"}, n=100)
    assert study.n == 20
    assert replicate(Case(normal, (1, 0.0)), until={"x": "0.1%"}, n=30).wanting


def test_what_is_left_out_is_taken_from_the_scenario(quick):
    said = {"until": {"calls": "50%"}, "at_most": 40}
    asked = imgsim.load(
        QUICK, {"run.horizon": "4h", "run.replications": said, "run.confidence": "90%"}
    )
    study = replicate(asked)
    assert (study.n, study.confidence) == (20, 0.9)
    assert replicate(asked, 3, confidence=0.99).n == 3
    assert replicate(quick).n == 30


def test_a_study_tells_every_measure_of_the_catalogue(quick):
    study = replicate(quick, 4)
    names = {*CATALOGUE, *(f"{name}@cn-hangzhou" for name in CATALOGUE)}
    assert names == {*study.summary.index}
    assert names <= {*study.replications.columns}
    row = study.summary.loc["time_to_available.p95"]
    assert row["mean"] == pytest.approx(study.replications["time_to_available.p95"].mean())
    assert row["method"] == "mean of the replications' p95"
    assert row["half_width"] == pytest.approx(row["high"] - row["mean"])
    assert "quickstart" in repr(study)
    assert "time_to_available.p95" in study._repr_html_()


def test_a_censored_run_makes_quantiles_bounds_and_leaves_no_mean():
    drained = imgsim.load(QUICK, {"run.horizon": "4h", "run.drain": "0s"})
    study = replicate(drained, 4)
    summary = study.summary
    assert math.isnan(summary.loc["time_to_available.mean", "mean"])
    assert "replications have no value" in summary.loc["time_to_available.mean", "method"]
    assert summary.loc["time_to_available.max", "at_least"]
    assert math.isnan(summary.loc["time_to_available.max", "high"])
    assert study.replications["time_to_available.max.at_least"].any()


def test_statistics_of_an_incomplete_set_are_refused_unless_asked_for():
    study = replicate(Case(fragile, None), 6)
    for what in ("summary", "estimates", "samples"):
        with pytest.raises(
            IncompleteError, match=r"1 of 6 replications failed, the first is repl.*3"
        ):
            getattr(study, what)
    partial = replicate(Case(fragile, None), 6, partial=True)
    assert partial.summary.loc["number", "n"] == 5
    assert partial.summary.loc["number", "mean"] == np.mean([0, 1, 2, 4, 5])


def test_a_study_that_fails_stops_at_its_first_look():
    study = replicate(Case(fragile, None), until={"number": 0.001}, n=400)
    assert (study.n, study.is_refused) == (20, True)


def test_a_share_of_replications_is_exactly_binomial():
    study = replicate(Case(normal, (3, 0.0)), 50)
    found = study.share_of_replications("x", lambda value: value > 1)
    assert found.mean == (study.replications["x"] > 1).mean()
    assert (found.method, found.n) == ("exact binomial", 50)
    with pytest.raises(KeyError):
        study.share_of_replications("y", bool)


def bounded(_, replication):
    return {"x": Measured(float(replication), at_least=replication == 2), "y": None}


def test_a_share_of_replications_is_not_told_of_bounds_and_missing_values():
    study = replicate(Case(bounded, None), 5)
    for name in ("x", "y"):
        with pytest.raises(ValueError, match="missing or only a bound"):
            study.share_of_replications(name, bool)


def infinite(_, replication):
    return {"x": math.inf if replication else math.nan}


def test_a_measure_that_is_infinite_fails_the_replication_and_nan_is_missing():
    study = replicate(Case(infinite, None), 2)
    assert study.failures["replication"].tolist() == [1]
    assert "a measure is infinite" in study.failures["error"][0]


def test_tables_are_kept_on_request_and_made_again_when_they_are_gone(quick, tmp_path):
    import shutil

    ledger = tmp_path / "l.sqlite"
    study = replicate(quick, 3, ledger=ledger)
    with pytest.raises(ValueError, match="tables were not kept"):
        study.table("calls")
    study = replicate(quick, 3, ledger=ledger, tables=True)
    calls = study.table("calls")
    whole = [imgsim.run(quick, number).calls.assign(replication=number) for number in range(3)]
    assert calls["arrived_at"].tolist() == pd.concat(whole)["arrived_at"].tolist()
    assert calls["replication"].tolist() == pd.concat(whole)["replication"].tolist()
    folders = [*(tmp_path / "tables").iterdir()]
    assert len(folders) == 3
    shutil.rmtree(folders[0])
    assert len(replicate(quick, 3, ledger=ledger, tables=True).table("calls")) == len(calls)
    with pytest.raises(ValueError, match="tables lie beside the ledger; name one"):
        replicate(quick, 3, tables=True)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n": 0}, "0 replications are none"),
        ({"n": 10, "until": {"calls": 1}}, "n must be 20 or more"),
        ({"until": {"calls": 0}}, "a half-width must be above 0"),
        ({"until": {"calls": "x"}}, "'x' is no tolerance"),
        ({"until": {"cals": 1}}, "no measure 'cals'; did you mean calls"),
        ({"confidence": 95}, "a confidence of 95 cannot be; give for example 0.95"),
    ],
)
def test_what_cannot_be_is_refused(quick, asked, message):
    with pytest.raises(ValueError, match=message):
        replicate(quick, **asked)


@pytest.mark.parametrize("asked", [{"measures": ["calls"]}, {"tables": True}])
def test_measures_and_tables_are_asked_of_scenarios_alone(asked):
    with pytest.raises(ValueError, match="asked of a scenario; a case tells its own"):
        replicate(Case(suite, (1, 0.0)), 2, **asked)


def test_a_measure_that_a_model_does_not_have_is_named():
    with pytest.raises(ValueError, match="there is no measure 'y'; there are x"):
        replicate(Case(normal, (1, 0.0)), until={"y": 1})


def test_a_comparison_pairs_what_has_the_same_luck():
    told = compare(
        {
            "base": Case(normal, (1, 5.0)),
            "more": Case(normal, (1, 6.0)),
            "same": Case(normal, (1, 5.01)),
        },
        margins={"x": 0.1},
        n=500,
    )
    assert told.n == 20
    assert told.table["word"].to_dict() == {("x", "more"): "worse", ("x", "same"): "equivalent"}
    assert told.table["variance_ratio"].gt(1e6).all()
    assert told.undecided == []
    assert "base" in told._repr_html_()
    better = compare(
        Case(normal, (1, 5.0)), Case(normal, (1, 6.0)), margins={"x": 0.1}, higher_is_better={"x"}
    )
    assert better.table["word"].tolist() == ["better"]
    assert better.table.index.tolist() == [("x", "case (2)")]


def test_what_is_undecided_adds_replications_up_to_the_budget():
    apart = (Case(normal, (1, 5.0)), Case(normal, (2, 5.5)))
    told = compare(*apart, margins={"x": 0.1}, n=1000)
    assert told.table["word"].tolist() == ["worse"]
    assert told.n in [*looks(1000)][1:]
    on_the_edge = compare(Case(normal, (1, 5.0)), Case(normal, (2, 5.1)), margins={"x": 0.1}, n=150)
    assert on_the_edge.undecided == [("x", "case (2)")]
    assert on_the_edge.n == 150


def test_intervals_share_one_error_over_measures_cases_and_looks():
    def alpha(cases, measures, n):
        """Return the chance that the interval of the first difference has been given."""
        pair = [Case(suite, (number, 0.0), f"{number}") for number in range(cases)]
        told = compare(*pair, margins=dict.fromkeys(measures, 0), n=n).table
        found = told.loc[("normal 0", "1")]
        one, two = (replicate(case, n).replications["normal 0"] for case in pair[:2])
        error = (two - one).std() / math.sqrt(n)
        return 2 * stats.t.sf((found["high"] - found["difference"]) / error, n - 1)

    one, some = ["normal 0"], [f"normal {number}" for number in range(5)]
    assert alpha(2, one, 20) == pytest.approx(0.05)
    assert alpha(2, some, 20) == pytest.approx(0.05 / 5)
    assert alpha(4, some, 20) == pytest.approx(0.05 / 15)
    assert alpha(2, one, 30) == pytest.approx(0.05 / 2)
    assert alpha(2, some, 68) == pytest.approx(0.05 / 5 / 4)


def test_common_random_numbers_make_quotas_comparable():
    loaded = {"run.horizon": "24h", "load.builds.scale": 2.5}
    quotas = [
        imgsim.load(QUICK, loaded | {"regions.cn-hangzhou.image_quota": q}) for q in (100, 110)
    ]
    name = "rejection_rate.image_quota_is_exhausted"
    told = compare(*quotas, margins={name: 0}, n=20, jobs=None).table.iloc[0]
    assert told["word"] == "better"
    assert told["variance_ratio"] > 10


@pytest.mark.parametrize(
    ("cases", "asked", "message"),
    [
        (1, {"margins": {"x": 1}}, "give two or more cases"),
        (2, {"margins": {}}, "the margin of one measure or more"),
        (2, {"margins": {"x": 1}, "n": 1}, "1 replications cannot be compared"),
        (2, {"margins": {"x": -1}}, "is no tolerance"),
        (2, {"margins": {"y": 1}}, "there is no measure 'y'"),
    ],
)
def test_what_cannot_be_compared_is_refused(cases, asked, message):
    with pytest.raises(ValueError, match=message):
        compare(*[Case(normal, (1, 0.0))] * cases, **asked)


def test_a_comparison_of_what_failed_is_refused_unless_asked_for():
    cases = Case(fragile, None), Case(fragile, None)
    refused = compare(*cases, margins={"number": 1}, n=6)
    assert refused.is_refused
    with pytest.raises(IncompleteError, match="1 of 6 replications failed"):
        _ = refused.table
    partial = compare(*cases, margins={"number": 1}, n=6, partial=True)
    assert partial.table["n"].tolist() == [5]
    assert partial.table["word"].tolist() == ["equivalent"]


def test_ctrl_c_keeps_what_was_made(tmp_path, monkeypatch):
    from imgsim.study.runs import Runs

    record, times = Runs._record, iter(range(100))

    def interrupted(self, done):
        record(self, done)
        if next(times) == 1:
            raise KeyboardInterrupt

    ledger, folder = tmp_path / "l.sqlite", tmp_path / "notes"
    folder.mkdir()
    case = Case(slow, (1, 0.05, str(folder)), key="slow")
    monkeypatch.setattr(Runs, "_record", interrupted)
    with pytest.warns(InterruptedWarning, match="interrupted: . of 12 replications; what was made"):
        part = replicate(case, 12, ledger=ledger)
    monkeypatch.undo()
    made = len([*folder.iterdir()])
    assert 2 <= made < 12
    assert part.interrupted
    assert 1 <= part.n <= made
    assert part.replications["replication"].tolist() == [*range(part.n)]
    assert "interrupted" in str(part)
    assert "interrupted" in repr(part)
    assert "interrupted" in part._repr_html_()
    assert replicate(case, 12, ledger=ledger).n == 12
    assert len([*folder.iterdir()]) == 12
