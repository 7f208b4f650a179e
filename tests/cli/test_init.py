"""A starter folder with a scenario that runs."""

import json

import pytest
from cli.calling import call

import imgsim


def test_the_starter_runs_as_it_is(tmp_path):
    assert call("init", "study", cwd=tmp_path).returncode == 0
    done = call("run", "study/scenario.yaml", "--quiet", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["calls"] == 280
    assert {line["outcome"] for line in told["outcomes"]} == {"available", "denied"}


def test_the_starter_is_commented_and_asks_a_question(tmp_path):
    call("init", tmp_path, cwd=tmp_path)
    text = (tmp_path / "scenario.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json\n# ")
    assert imgsim.load(tmp_path / "scenario.yaml").description.endswith("?")
    schema = json.loads((tmp_path / "scenario.schema.json").read_text())
    assert schema["properties"]["regions"]


@pytest.mark.parametrize("name", ["scenario.yaml", "scenario.schema.json"])
def test_nothing_that_is_there_is_touched(tmp_path, name):
    (tmp_path / name).write_text("mine")
    done = call("init", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert f"{name} is there already; nothing was written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    done = call("init", "file/study", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_told(tmp_path):
    assert call("--version", cwd=tmp_path).stdout == f"{imgsim.__version__}\n"
