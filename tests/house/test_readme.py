"""Everything the README shows is executed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
YAML = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def checkout(tmp_path):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shutil.copytree(ROOT / "tests" / "data", tmp_path / "tests" / "data")
    shutil.copytree(ROOT / "tests" / "findings", tmp_path / "tests" / "findings")
    return tmp_path


def _run(command: str, folder: Path) -> str:
    command = command.replace("python3", sys.executable)
    done = subprocess.run(
        command, shell=True, cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def _shown(text: str) -> list[str]:
    """Return the lines without what differs from run to run: folder and wall time."""
    lines = [line.rstrip() for line in text.splitlines()]
    lines = [re.sub(r"((?:tables|results): results/[\w-]+/).*", r"\1...", line) for line in lines]
    return [line for line in lines if line and not line.startswith("took ")]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, marks=pytest.mark.slow) if " fit service " in block else block
        for block in CONSOLE
    ],
    ids=range(len(CONSOLE)),
)
def test_console_blocks_print_what_is_shown(block, checkout):
    first, _, expected = block.partition("\n")
    command = first.removeprefix("$ ")
    if "pip install" in command:
        install, _, command = command.partition(" && ")
        assert install in (
            "python3 -m pip install .",
            "python3 -m pip install '.[test]'",
        )
        assert command in (
            "python3 -m imgsim run scenarios/quickstart.yaml",
            "python3 -m pytest -n auto",
        )
        if "pytest" in command:
            return  # this is what runs the very test you read
    printed = _run(command, checkout)
    assert "Traceback" not in printed
    if expected.strip():
        assert _shown(printed) == _shown(expected)
    else:
        assert any(word in printed for word in ("calls in", "measured", "replications of")), printed


def test_python_blocks_run_one_after_the_other(checkout):
    program = "\n".join(PYTHON)
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True, check=True
    ).stdout
    assert "accepted m-" in printed
    assert "\nAvailable\n" in printed
    assert '"Code": "InstanceLockedForSecurity"' in printed


def test_yaml_blocks_run_on_top_of_the_quickstart(tmp_path):
    import imgsim
    from imgsim.scenario.file import load_labelled
    from imgsim.study.designs import faults

    assert YAML
    for block in YAML:
        (tmp_path / "quickstart.yaml").write_text((ROOT / "scenarios/quickstart.yaml").read_text())
        (tmp_path / "more.yaml").write_text(f"extends: quickstart.yaml\n{block}")
        scenario = load_labelled(tmp_path / "more.yaml", {}, faults)
        run = imgsim.run(scenario)
        assert set(run.intents["outcome"]) >= {"available"}


def test_the_table_of_processes_is_the_registry():
    from imgsim.processes.registry import PROCESSES

    for name, kind in PROCESSES.items():
        first = kind.__doc__.strip().splitlines()[0].replace("``", "`")
        assert f"| `{name}` | {first} |" in README


def test_the_table_of_rules_is_the_rule_book():
    from imgsim.api.rules import RULEBOOK
    from imgsim.cli.rules import markdown

    begin = "<!-- rules: python3 -m imgsim rules --form markdown -->\n"
    shown = README.partition(begin)[2].partition("\n<!-- end of rules -->")[0]
    assert shown == markdown(RULEBOOK)


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_scenario_is_listed_with_its_question():
    from imgsim import load

    for path in (ROOT / "scenarios").glob("*.yaml"):
        line = f"| [{path.name}](scenarios/{path.name}) | {load(path).description.strip()} |"
        assert line in README


def test_every_notebook_is_listed():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"| [{path.stem}](notebooks/{path.name}) | " in README


def test_every_plot_is_listed():
    from imgsim import plots

    assert [name for name in plots.__all__ if f"`{name}`" not in README] == []


def test_every_path_in_the_table_of_places_exists():
    places = re.findall(r"`(imgsim/[\w/.]+)`", README)
    assert len(places) >= 7
    assert [place for place in places if not (ROOT / place).exists()] == []
