"""A starter folder with a scenario that runs."""

import json
import shlex

import pytest
from cli.calling import call
from ruamel.yaml import YAML

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


def test_the_workflow_does_what_passes(tmp_path):
    call("init", ".", cwd=tmp_path)
    said = YAML(typ="safe").load(tmp_path / ".github" / "workflows" / "imgsim.yml")
    assert set(said) == {"name", "on", "jobs"}
    steps = said["jobs"]["scenarios"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands[0] == "python -m pip install imgsim"
    assert len(commands) == 2
    verb, *words = shlex.split(commands[1])
    assert verb == "imgsim"
    done = call(*words, cwd=tmp_path, code=0)
    assert done.stdout.count("  passed ") == 2
    kept = next(step["with"]["path"] for step in steps if "upload" in step.get("uses", ""))
    assert (tmp_path / kept).is_file()
    cached = next(step["with"]["path"] for step in steps if "cache" in step.get("uses", ""))
    assert (tmp_path / cached).is_file()


def test_the_hooks_pass_and_fail_as_the_scenario_does(tmp_path):
    call("init", ".", cwd=tmp_path)
    said = YAML(typ="safe").load(tmp_path / ".pre-commit-config.yaml")
    check, test = (shlex.split(hook["entry"]) for hook in said["repos"][0]["hooks"])
    assert call(*check[1:], cwd=tmp_path, code=0).stdout == "scenario.yaml: valid\n"
    call(*test[1:], cwd=tmp_path, code=0)
    path = tmp_path / "scenario.yaml"
    path.write_text(path.read_text().replace("below: 40%", "below: 1%"))
    call(*check[1:], cwd=tmp_path, code=0)
    call(*test[1:], cwd=tmp_path, code=1)
    path.write_text(path.read_text().replace("below: 1%", "belw: 1%"))
    call(*check[1:], cwd=tmp_path, code=2)


def test_hooks_that_are_there_stay(tmp_path):
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n")
    done = call("init", ".", cwd=tmp_path, code=0)
    assert ".pre-commit-config.yaml is there already and stays as it is" in done.stderr
    assert ".pre-commit-config.yaml" not in done.stdout
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert (tmp_path / "scenario.yaml").exists()


def test_a_folder_is_checked_with_all_its_scenarios(tmp_path):
    call("init", "a", cwd=tmp_path)
    call("init", "b", cwd=tmp_path)
    done = call("check", ".", "a/scenario.yaml", cwd=tmp_path, code=0)
    assert done.stdout == "a/scenario.yaml: valid\nb/scenario.yaml: valid\n"
    (tmp_path / "empty").mkdir()
    assert "no scenario file" in call("check", "empty", cwd=tmp_path, code=2).stderr
