"""pytest collects scenario files, and nothing happens where there are none."""

import os
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cli.calling import call
from regression.small import write

from imgsim.regression.files import is_scenario, scenarios

ROOT = Path(__file__).parents[2]
BLOCK = """\
expect:
  - {measure: rejection_rate, between: [5%, 40%], confidence: 95%}
  - {id: wrong, measure: calls, below: 1}
  - {id: warned, measure: calls, below: 1, severity: warn}
  - {id: unknown, measure: balance.first_below_s, above: 1h}
"""


def collect(folder, *words):
    """Return a pytest with this plugin alone, whether or not imgsim is installed."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "imgsim.regression.plugin", *words],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_expectation_is_an_item_with_file_and_line(tmp_path):
    write(tmp_path, BLOCK)
    (tmp_path / "other.yaml").write_text("a: {imgsim: 1}\n  broken")
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    done = collect(tmp_path, "-rA", "-vv", "--junitxml=report.xml", "--imgsim-jobs=1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed, 3 passed, 1 warning" in done.stdout
    assert "PASSED small.yaml::rejection_rate" in done.stdout
    assert "_ small: wrong _" in done.stdout
    assert "FAILED small.yaml::wrong - failed: wrong: calls 60.733, wanted < 1" in done.stdout
    assert f", wanted < 1, n 30, seed 1\n{tmp_path}/small.yaml:19:5" in done.stdout
    assert "small.yaml:20: PytestWarning: failed: warned: calls" in done.stdout
    assert "FAILED small.yaml::unknown - undecided: unknown" in done.stdout
    [suite] = ET.parse(tmp_path / "report.xml").getroot()
    told = {case.get("name"): case for case in suite if case.get("classname") == "small.yaml"}
    assert list(told) == ["rejection_rate", "wrong", "warned", "unknown"]
    assert told["wrong"].find("failure") is not None
    found = {one.get("name"): one.get("value") for one in told["wrong"].iter("property")}
    assert (found["limit"], found["n"], found["seed"]) == ("< 1", "30", "1")
    strict = collect(tmp_path, "--imgsim-strict", "-q", "--imgsim-jobs=1")
    assert "3 failed, 2 passed" in strict.stdout


@pytest.mark.slow
def test_workers_of_xdist_share_the_replications(tmp_path):
    write(tmp_path, BLOCK)
    write(tmp_path, BLOCK, name="same")
    done = collect(tmp_path, "-p", "xdist", "-n", "2", "-q")
    assert "4 failed, 4 passed, 2 warnings" in done.stdout, done.stdout + done.stderr
    [ledger] = (tmp_path / ".pytest_cache").rglob("*.sqlite")
    with sqlite3.connect(ledger) as file:
        assert file.execute("SELECT count(*) FROM runs").fetchone() == (30,)


def test_an_invalid_scenario_is_an_error_of_the_collection(tmp_path):
    write(tmp_path, "expect: [{measure: cals, below: 1}]\n")
    done = collect(tmp_path)
    assert done.returncode == 2
    assert "small.yaml:17:20: expect[0].measure: there is no measure 'cals'" in done.stdout
    assert "Traceback" not in done.stdout


def test_without_a_cache_replications_are_made_all_the_same(tmp_path):
    write(tmp_path, "expect: [{measure: calls, above: 1}]\n")
    done = collect(tmp_path, "-p", "no:cacheprovider", "--imgsim-jobs=1")
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_nothing_is_imported_where_there_are_no_scenario_files(tmp_path):
    (tmp_path / "settings.yaml").write_text("a: 1\n")
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    heavy = {'numpy', 'pandas', 'scipy', 'pydantic', 'simpy', 'ruamel.yaml', 'joblib'}\n"
        "    assert not heavy & set(sys.modules)\n"
        "    assert 'imgsim.regression.plugin' in sys.modules\n"
    )
    done = collect(tmp_path)
    assert "1 passed" in done.stdout, done.stdout


def test_the_plugin_is_installed_with_the_package():
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert said["project"]["entry-points"]["pytest11"] == {"imgsim": "imgsim.regression.plugin"}


def test_the_tests_of_this_project_hold_no_scenario_files():
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert said["tool"]["pytest"]["ini_options"]["testpaths"] == ["tests"]
    assert scenarios([ROOT / "tests"]) == []
    assert len(scenarios([ROOT / "scenarios"])) >= 10


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("imgsim: 1\n", True),
        ("\ufeffimgsim: 1\n", True),
        ("# a comment\nname: a\n'imgsim' : 1\n", True),
        ("a:\n  imgsim: 1\n", False),
        ("# imgsim: 1\n", False),
        ("imgsimulator: 1\n", False),
        ("", False),
    ],
)
def test_a_scenario_is_told_by_its_top_level_key(tmp_path, text, is_one):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert is_scenario(path) is is_one


def test_folders_are_searched_but_not_what_hides_or_was_written(tmp_path):
    places = ["b.yaml", "a.yml", "c.txt", ".git/d.yaml", "venv/e.yaml", "deep/er/f.yaml"]
    places.append("results/scenario.resolved.yaml")
    for place in places:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("imgsim: 1\n")
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    found = [str(path.relative_to(tmp_path)) for path in scenarios([tmp_path])]
    assert found == ["a.yml", "b.yaml", "deep/er/f.yaml"]
    assert scenarios([tmp_path / "c.txt", tmp_path / "b.yaml", tmp_path / "b.yaml"]) == [
        tmp_path / "c.txt",
        tmp_path / "b.yaml",
    ]


def test_baselines_are_items_too(tmp_path):
    write(tmp_path, "baseline:\n  measures: {time_to_available.p95: 50%}\n")
    options = ["-v", "--imgsim-jobs=1"]
    assert "SKIPPED" in collect(tmp_path, *options).stdout
    frozen = collect(tmp_path, *options, "--imgsim-frozen")
    assert frozen.returncode == 1
    assert "there is no " in frozen.stdout
    call("test", ".", "--update-baselines", "-j", "1", cwd=tmp_path, code=0)
    done = collect(tmp_path, *options, "--imgsim-frozen")
    assert "imgsim: values compared with baselines: 1;" in done.stdout
    assert "small.yaml::baseline time_to_available.p95 PASSED" in done.stdout
    assert "small.yaml::baseline tables PASSED" in done.stdout
    (tmp_path / "small.baseline.json").write_text("{")
    broken = collect(tmp_path, *options)
    assert broken.returncode == 2
    assert "small.baseline.json: no baseline: Invalid JSON" in broken.stdout
