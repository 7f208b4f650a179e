"""imgsim test: lines, exit codes, reports, and no replication twice."""

import json
import sqlite3
from xml.etree import ElementTree as ET

import pytest
from cli.calling import call
from regression.small import SMALL, write

EXPECT = """\
expect:
  - {measure: rejection_rate, between: [5%, 40%], confidence: 95%}
  - {id: full, measure: quota_use.peak, equals: 12}
"""


def test_what_holds_ends_with_0_and_a_line_each(tmp_path):
    write(tmp_path, EXPECT)
    done = call("test", ".", cwd=tmp_path, code=0)
    lines = done.stdout.splitlines()
    assert lines[0] == "small.yaml, seed 1"
    assert lines[1].startswith("  passed    rejection_rate ")
    assert ", wanted 5% .. 40%, n 20" in lines[1]
    assert lines[2] == "  passed    full: quota_use.peak 12, wanted = 12, n 30"
    assert lines[4] == "2 passed; files: 1; replications made: 30"
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("said", "code", "word"),
    [
        ("{measure: calls, below: 1}", 1, "failed"),
        ("{measure: calls, below: 1, severity: warn}", 0, "failed"),
        ("{measure: rejection_rate, below: 1%, confidence: 95%}", 1, "failed"),
        ("{measure: balance.first_below_s, above: 1h}", 3, "undecided"),
        ("{measure: balance.first_below_s, above: 1h, severity: warn}", 0, "undecided"),
    ],
)
def test_the_exit_code_is_that_of_the_worst(tmp_path, said, code, word):
    write(tmp_path, f"expect:\n  - {said}\n  - {{id: sure, measure: calls, above: 1}}\n")
    done = call("test", ".", cwd=tmp_path, code=code)
    assert f"  {word:<9} " in done.stdout
    assert ("(warning)" in done.stdout.replace("\n              ", " ")) == (code == 0)
    strict = call("test", ".", "--strict", cwd=tmp_path)
    assert strict.returncode == (1 if word == "failed" else 3)


def test_an_expectation_fails_where_the_scenario_is_changed(tmp_path):
    write(tmp_path, EXPECT)
    done = call("test", ".", "--set", "load.builds.scale=4", cwd=tmp_path, code=1)
    assert "  failed    rejection_rate " in done.stdout


def test_all_faults_of_all_files_are_told_before_anything_is_run(tmp_path):
    write(tmp_path, EXPECT)
    write(tmp_path, "expect: [{measure: cals, below: 1}]\n", name="other")
    write(tmp_path, "expect: 3\n", name="third")
    done = call("test", ".", cwd=tmp_path, code=2)
    assert "other.yaml:17:20: expect[0].measure: there is no measure 'cals'" in done.stderr
    assert "third.yaml:17:9: expect: must be a list" in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.yaml"], "nowhere.yaml: cannot be read: No such file or directory"),
        (["empty"], "empty: nothing to test: there is no scenario file"),
        (["silent"], "silent: nothing to test: there is no block expect"),
        (["here", "--set", "run.seed"], "'run.seed' is not PATH=VALUE"),
        (["here", "--junit", "empty"], "--junit: the report cannot be written"),
        (["here", "--ledger", "empty"], "empty: is a folder"),
        (["here", "--confidence", "0%"], "--confidence: 0% cannot be; give at least 50%"),
        (["here", "--confidence", "2"], "'2' is not a share"),
    ],
)
def test_bad_input_is_told(tmp_path, words, told):
    for name in ("empty", "silent", "here"):
        (tmp_path / name).mkdir()
    write(tmp_path / "silent")
    write(tmp_path / "here", EXPECT)
    done = call("test", *words, cwd=tmp_path, code=2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_no_replication_is_made_twice(tmp_path):
    write(tmp_path, EXPECT)
    write(tmp_path, EXPECT, name="same")
    call("run", "small.yaml", "-n", "25", "--quiet", cwd=tmp_path, code=0)
    first = call("test", "small.yaml", "same.yaml", cwd=tmp_path, code=0)
    assert first.stdout.endswith("files: 2; replications made: 5\n")
    again = call("test", ".", cwd=tmp_path, code=0)
    assert again.stdout.endswith("replications made: 0\n")
    with sqlite3.connect(tmp_path / "results" / "ledger.sqlite") as ledger:
        assert ledger.execute("SELECT count(*) FROM runs").fetchone() == (30,)


def test_each_file_has_as_many_replications_as_it_needs(tmp_path):
    certain = "expect: [{measure: rejection_rate, below: 90%, confidence: 95%}]\n"
    write(tmp_path, certain, base=SMALL.replace("30\n", "200\n", 1))
    longer = "expect: [{measure: calls, above: 1}]\n"
    write(tmp_path, longer, name="more", base=SMALL.replace("3h", "2h").replace("30\n", "40\n", 1))
    told = json.loads(call("test", ".", "--json", cwd=tmp_path, code=0).stdout)
    assert {one["file"]: one["n"] for one in told["claims"]} == {"more.yaml": 40, "small.yaml": 20}
    assert told["replications_made"] == 60


def test_the_report_holds_every_expectation_with_its_line(tmp_path):
    write(
        tmp_path,
        f"{EXPECT}  - {{measure: calls, below: 1}}\n"
        "  - {id: warned, measure: calls, below: 1, severity: warn}\n"
        "  - {measure: balance.first_below_s, above: 1h}\n",
    )
    call("test", ".", "--junit", "made/report.xml", cwd=tmp_path, code=1)
    [suite] = ET.parse(tmp_path / "made" / "report.xml").getroot()
    numbers = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert numbers == ["5", "1", "1", "0"]
    found = {case.get("name"): (case.get("line"), case[0].tag) for case in suite}
    assert found == {
        "rejection_rate": ("18", "system-out"),
        "full": ("19", "system-out"),
        "calls": ("20", "failure"),
        "warned": ("21", "system-out"),
        "balance.first_below_s": ("22", "error"),
    }
    strict = call("test", ".", "--junit", "r.xml", "--strict", cwd=tmp_path)
    assert strict.returncode == 1
    assert ET.parse(tmp_path / "r.xml").getroot()[0].get("failures") == "2"


def test_a_failed_replication_leaves_expectations_undecided(tmp_path, monkeypatch):
    from imgsim.study import simulated

    def broken(*_):
        raise RuntimeError("no luck")

    monkeypatch.setattr(simulated, "run", broken)
    write(tmp_path, EXPECT)
    done = call("test", ".", "-j", "1", "--ledger", "l.sqlite", cwd=tmp_path, code=3)
    assert "RuntimeError: no luck" in " ".join(done.stdout.split())


def test_an_expectation_that_is_inherited_stands_where_it_was_written(tmp_path):
    write(tmp_path, EXPECT)
    (tmp_path / "on-top.yaml").write_text("extends: small.yaml\nimgsim: 1\nname: top\n")
    told = json.loads(call("test", "on-top.yaml", "--json", cwd=tmp_path, code=0).stdout)
    assert [one["place"] for one in told["claims"]] == ["small.yaml:18:5", "small.yaml:19:5"]
