"""A report of a result in memory is the report of the folder that the command line writes."""

import re
from dataclasses import replace
from functools import cache

import pytest
from cli.calling import QUICK, call

import imgsim
from imgsim.report.found import NoReportError, found
from imgsim.report.page import html
from imgsim.report.writing import page, write_report

QUOTA = "regions.cn-hangzhou.image_quota"
SHORT = ("--set", "run.horizon=4h")
SHORTER = {"run.horizon": "4h"}
MADE = {"jobs": 1, "ledger": None, "progress": False}


@cache
def scenario(**what):
    return imgsim.load(QUICK, SHORTER | what)


def sought():
    return imgsim.solve(
        scenario(), QUOTA, low=20, high=60, step=20,
        constraints={"rejection_rate.image_quota_is_exhausted": "< 5%"}, n=30, **MADE,
    )  # fmt: skip


RESULTS = {
    "run": (lambda: imgsim.run(scenario()), ["run", QUICK, *SHORT]),
    "study": (
        lambda: imgsim.replicate(scenario(), 3, **MADE),
        ["run", QUICK, *SHORT, "-n", 3],
    ),
    "comparison": (
        lambda: imgsim.compare(
            {"quickstart": scenario(), f"{QUOTA}=60": scenario(**{QUOTA: 60})}, n=3, **MADE
        ),
        ["compare", QUICK, *SHORT, "--what-if", f"{QUOTA}=60", "-n", 3],
    ),
    "sweep": (
        lambda: imgsim.sweep(
            scenario(), {QUOTA: [20, 60]}, 3,
            measures=("rejection_rate", "time_to_available.p95"), **MADE,
        ),
        ["sweep", QUICK, *SHORT, "--grid", f"{QUOTA}=20,60", "-n", 3],
    ),
    "solution": (
        sought,
        ["solve", QUICK, *SHORT, "--smallest", QUOTA, "--low", 20, "--high", 60, "--step", 20,
         "--constraint", "rejection_rate.image_quota_is_exhausted<5%", "-n", 30],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [kind if kind == "run" else pytest.param(kind, marks=pytest.mark.slow) for kind in RESULTS],
)
def test_the_report_of_a_folder_is_that_of_the_result(kind, tmp_path):
    make, words = RESULTS[kind]
    call(*words, "--quiet", cwd=tmp_path)
    folder = tmp_path / "results" / "quickstart" / "latest"
    done = call("report", "results/quickstart/latest", cwd=tmp_path, code=0)
    assert done.stdout == "results/quickstart/latest/report.html\n"
    written = (folder / "report.html").read_text(encoding="utf-8")
    kept, made = page(found(folder)), page(found(make()))
    for part in ("title", "question", "answer", "facts", "figures", "readings", "parameters"):
        assert getattr(kept, part) == getattr(made, part), part
    assert [one.caption for one in kept.pictures] == [one.caption for one in made.pictures]
    assert [one.svg for one in kept.pictures] == [one.svg for one in made.pictures]
    assert kept.pictures
    assert len(kept.stress) == len(made.stress) == 24
    assert html(replace(kept, provenance=made.provenance)) == html(
        replace(made, scenario=kept.scenario, stress=kept.stress, others=kept.others)
    )
    first = re.sub(r"\s+", " ", kept.answer).split(" ")[0]
    assert first in written
    assert "<script" not in written


def test_a_comparison_tells_what_differs():
    make, _ = RESULTS["comparison"]
    [changes] = found(make()).others.values()
    assert "-    image_quota: 40" in changes
    assert "+    image_quota: 60" in changes


def test_a_search_says_what_was_sought():
    [item] = [one for one in page(found(sought())).stress if one.number == "1.3"]
    assert any("Optimisation" in said for said in item.entry.says)


def test_a_result_leaves_a_file(tmp_path):
    place = write_report(imgsim.run(scenario()), tmp_path / "mine.html")
    assert place.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_case_of_ones_own_has_no_report():
    study = imgsim.replicate(imgsim.Case(_one, 1), 2, **MADE)
    with pytest.raises(NoReportError, match="a report is of a scenario, not of another case"):
        found(study)


def _one(_, replication):
    return {"x": float(replication)}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere: there is no such folder or file"),
        (["."], ". is no folder of a run: it has no manifest.json; imgsim run writes one"),
        ([QUICK], "is a scenario; run it first, and give the folder of its results"),
        ([".", "--out", "there"], "there is there already; name another file"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(words, message, tmp_path):
    (tmp_path / "there").write_text("mine")
    done = call("report", *words, cwd=tmp_path, code=2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "there").read_text() == "mine"


@pytest.mark.slow
def test_a_report_of_a_thousand_runs_is_under_5_mb(tmp_path):
    study = imgsim.replicate(scenario(**{"run.horizon": "1h"}), 1_000, **MADE | {"jobs": 2})
    place = write_report(study, tmp_path / "report.html")
    assert place.stat().st_size < 5_000_000
    assert "1000 replications" in place.read_text(encoding="utf-8")
