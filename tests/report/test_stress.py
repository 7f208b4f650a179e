"""The STRESS-DES checklist is whole, and told from the scenario at hand."""

import re
from pathlib import Path

import pytest
from report.sample_pages import MADE, SCENARIOS, page_of_run

import imgsim
from imgsim.report.page import html
from imgsim.report.provenance import Provenance
from imgsim.report.stress import SECTIONS, TITLES, Subject, checklist
from imgsim.study.provenance import made_with

NUMBERS = [
    *("1.1", "1.2", "1.3"),
    *("2.1", "2.2", "2.3", "2.4", "2.5.1", "2.5.2", "2.5.3", "2.5.4", "2.5.5"),
    *("3.1", "3.2", "3.3", "3.4"),
    *("4.1", "4.2", "4.3"),
    *("5.1", "5.2", "5.3", "5.4"),
    "6.1",
]
"""As published; 2.5 is one item in five parts."""
KINDS = ("run", "study", "comparison", "sweep", "solution")


def said(scenario, kind="run", others=None, **more):
    manifest = made_with(scenario) | {"replication": 3} | more
    subject = Subject(
        scenario, kind, Provenance.of(manifest, MADE), ("rejection_rate",), others or {}
    )
    return {item.number: item.entry for item in checklist(subject)}


def quickstart(overrides=None):
    return imgsim.load(SCENARIOS / "quickstart.yaml", overrides)


def text(entry):
    return "\n".join(entry.says)


def test_all_items_are_there():
    assert [*TITLES] == NUMBERS
    assert len({".".join(number.split(".")[:2]) for number in NUMBERS}) == 20
    assert {number[0] for number in NUMBERS} == SECTIONS.keys()
    shown = re.findall(r'<h4 id="stress-[\d.]+">([\d.]+) ([^<]+)</h4>', html(page_of_run()))
    assert shown == [*TITLES.items()]


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_item_says_something_of_every_scenario(path: Path):
    scenario = imgsim.load(path)
    for kind in KINDS:
        more = {"replications": 30, "confidence": 0.95}
        others = {"other": "a change"} if kind == "comparison" else {}
        for number, entry in said(scenario, kind, others, **more).items():
            assert entry.says or entry.diagram, number
            for one in (*entry.says, *entry.open):
                assert not re.search(r"None|\bnan\b|[\[\]{}<>]|\.\.$|  |\(\)", one), one


def test_what_only_the_author_knows_is_open():
    items = said(quickstart())
    for number in ("1.1", "3.1", "3.2", "3.3", "3.4", "5.4", "6.1"):
        assert items[number].open, number
    assert not any(items[number].open for number in ("2.5.3", "4.1", "4.2", "5.1", "5.2", "5.3"))
    assert not items["1.3"].open
    assert said(quickstart(), "comparison", {"b": "x"}, replications=20)["1.3"].open


def test_components_are_those_of_the_scenario():
    items = said(quickstart())
    assert "Image quota (cn-hangzhou): 40 slots" in text(items["2.5.3"])
    assert "Snapshot slots (cn-hangzhou): 6," in text(items["2.5.3"])
    assert "Bandwidth" not in text(items["2.5.3"])
    assert "duration lognormal (mean 6m, cv 0.4), failure 0.5%" in text(items["2.5.2"])
    assert "Calling (templates): token per-intent." in text(items["2.5.2"])
    assert "Entry, builds: poisson (rate 25/h)" in text(items["2.5.5"])
    assert "reneging" not in text(items["2.5.4"])

    changed = said(
        quickstart(
            {
                "regions.cn-hangzhou.image_quota": 60,
                "regions.cn-hangzhou.snapshot_service": {"bandwidth": "1 GiB/s"},
                "load.builds.client": {"like": "terraform"},
                "load.builds.arrivals": {"cron": {"schedule": "0 2 * * *"}},
                "account.limits.calls_per_minute": 30,
                "processes": {"cleaning": {"retention": {"keep_last": 3}}},
            }
        )
    )
    assert "Image quota (cn-hangzhou): 60 slots" in text(changed["2.5.3"])
    assert "Bandwidth (cn-hangzhou): 1 GiB/s" in text(changed["2.5.3"])
    assert "calls per minute 30" in text(changed["2.5.3"])
    assert "poll 10s, first poll 1m, timeout 10m" in text(changed["2.5.2"])
    assert "(builds) stop waiting after their timeout (reneging), then leave." in text(
        changed["2.5.4"]
    )
    assert "no queue, slots are unlimited" in text(changed["2.5.4"])
    assert "Entry, builds: cron (schedule 0 2 * * *)" in text(changed["2.5.5"])
    assert "shared equally" in text(changed["2.4"])
    assert "cleaning (retention): Images are deleted by rules" in text(changed["2.4"])


def test_data_files_are_named_as_sources(tmp_path):
    (tmp_path / "calls.csv").write_text("at_s\n1\n2\n")
    (tmp_path / "times.csv").write_text("seconds\n60\n90\n")
    assert "No data files" in text(said(quickstart())["3.1"])
    read = quickstart(
        {
            "load.builds.arrivals": {"trace": {"file": str(tmp_path / "calls.csv")}},
            "regions.cn-hangzhou.snapshot_service.duration": {
                "empirical": {"file": str(tmp_path / "times.csv"), "column": "seconds"}
            },
        }
    )
    sources = text(said(read)["3.1"])
    assert f"the file {tmp_path / 'calls.csv'}" in sources
    assert f"the column seconds of the file {tmp_path / 'times.csv'}" in sources


def test_kinds_of_study_are_told_apart():
    scenario = quickstart()
    assert "no experiment" in text(said(scenario)["1.3"])
    assert "replication 3 of seed 1" in text(said(scenario)["4.3"])
    study = said(scenario, "study", replications=50, confidence=0.9)
    assert "50 of seed 1" in text(study["4.3"])
    assert "90% confidence" in text(study["4.3"])
    compared = said(scenario, "comparison", {"b": "image_quota: 40 -> 60"}, replications=20)
    assert "held against it b" in text(compared["1.3"])
    assert "b, against quickstart: image_quota: 40 -> 60" in text(compared["2.3"])
    assert "Bonferroni" in text(compared["4.3"])
    swept = imgsim.load(SCENARIOS / "what-shortens-the-wait.yaml")
    aims = text(said(swept, "sweep", replications=20)["1.3"])
    assert aims.startswith(f"(B) Design of experiments: sobol, {swept.sweep.size} points")
    sought = imgsim.load(SCENARIOS / "which-quota.yaml")
    aims = text(said(sought, "solution", replications=20)["1.3"])
    assert aims.startswith(f"(C) Optimisation: the smallest {sought.solve.path} from")


def test_how_runs_begin_and_end_is_told():
    items = said(quickstart())
    assert "Terminating" in text(items["4.1"])
    assert "instances 13, images 0, snapshots 2" in text(items["4.1"])
    assert "Arrivals go on for 1d" in text(items["4.2"])
    steady = said(
        quickstart({"run.kind": "steady-state", "run.warmup": "4h", "run.horizon": "30d"}),
    )
    assert "Non-terminating" in text(steady["4.1"])
    assert "warm-up of 4h" in text(steady["4.1"])
    assert "Arrivals go on for 30d" in text(steady["4.2"])
