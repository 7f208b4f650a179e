"""Typical slips of a new user, and whether they can be mended from the message alone.

``slips.txt`` beside this file holds each slip (the lines that differ from a good scenario) and what
``imgsim check`` says, wrapped as a terminal of 80 columns shows it. It is read by eye; after a change
of messages write it anew, read the difference, and commit it::

    SLIPS=write python -m pytest tests/scenario/test_slips.py
"""

import difflib
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imgsim.cli import app

GOLDEN = Path(__file__).with_name("slips.txt")
GOOD = """\
imgsim: 1
name: first-try
start: 2026-01-05T00:00:00Z
run:
  horizon: 7d
regions:
  cn-hangzhou:
    image_quota: 100
    registration: 30s
    snapshot_service:
      slots: 10
      duration: {lognormal: {mean: 6m, cv: 0.4}}
      failure: 1%
instances:
  - group: web
    count: 40
    region: cn-hangzhou
    status: Running
    disks:
      - {kind: system, size: 40 GiB}
      - {kind: data, size: 100 GiB}
  - id: legacy-1
    region: cn-hangzhou
    imaging_allowed: true
    disks: [{kind: system, size: 40 GiB}]
snapshots:
  - {id: s-base, region: cn-hangzhou, kind: system, size: 40 GiB, created: 2025-11-03}
load:
  nightly:
    arrivals: {cron: {schedule: "0 2 * * *"}}
    mix:
      - instances: {group: web, choose: each}
        name: "{source}-{date}"
    delete: {after: 3d}
  builds:
    arrivals: {poisson: {rate: 25/h}}
    mix:
      - instances: {group: web, choose: round-robin}
        name: "{n}"
      - snapshots: {ids: [s-base]}
"""
SLIPS = {
    "a missing unit": ("registration: 30s", "registration: 30"),
    "a unit written out": ("after: 3d", "after: 3 days"),
    "a tab": ("    image_quota: 100", "\timage_quota: 100"),
    "a wrong indent": ("    registration: 30s", "     registration: 30s"),
    "no blank behind the colon": ("image_quota: 100", "image_quota:100"),
    "no colon": ("  horizon: 7d", "  horizon 7d"),
    "a misspelt key": ("image_quota: 100", "image_qouta: 100"),
    "a misspelt value": ("choose: round-robin", "choose: round-robbin"),
    "small letters": ("status: Running", "status: running"),
    "a misspelt distribution": ("{lognormal: {mean", "{log-normal: {mean"),
    "a misspelt pattern": ("{poisson: {rate", "{poison: {rate"),
    "a region that is not there": (
        "    region: cn-hangzhou\n    status",
        "    region: cn-hangzou\n    status",
    ),
    "a text for a number": ("count: 40", "count: forty"),
    "a number in quotes": ("image_quota: 100", 'image_quota: "100"'),
    "a negative number": ("slots: 10", "slots: -1"),
    "a share without %": ("failure: 1%", "failure: 0.01"),
    "GB for GiB": ("size: 100 GiB", "size: 100 GB"),
    "yes for true": ("imaging_allowed: true", "imaging_allowed: yes"),
    "an instance twice": ("- id: legacy-1", "- id: web-7"),
    "a bad cron schedule": ('"0 2 * * *"', '"0 25 * * *"'),
    "a schedule without quotes": ('"0 2 * * *"', "*/5 * * * *"),
    "a template without quotes": ('"{n}"', "{n}"),
    "a longer template without quotes": ('"{source}-{date}"', "{source}-{date}"),
    "a list for a mapping": ("run:\n  horizon: 7d", "run:\n  - horizon: 7d"),
    "a mapping for a list": (
        "disks: [{kind: system, size: 40 GiB}]",
        "disks: {kind: system, size: 40 GiB}",
    ),
    "a required key left out": ("{kind: data, size: 100 GiB}", "{kind: data}"),
    "two arrival patterns": (
        "{poisson: {rate: 25/h}}",
        '{poisson: {rate: 25/h}, cron: {schedule: "0 2 * * *"}}',
    ),
    "a loop with too few instances": (
        "{poisson: {rate: 25/h}}\n    mix:\n      - instances: {group: web, choose: round-robin}",
        "{closed-loop: {clients: 50, calls: 200}}\n    mix:\n"
        "      - instances: {group: web, choose: own}",
    ),
    "own without a loop": ("choose: round-robin", "choose: own"),
    "no horizon": ("run:\n  horizon: 7d\n", ""),
    "an unknown group": ("{group: web, choose: each}", "{group: wbe, choose: each}"),
    "an unknown snapshot": ("ids: [s-base]", "ids: [s-bsae]"),
    "a day first": ("start: 2026-01-05T00:00:00Z", "start: 05.01.2026"),
    "a name with blanks": ("name: first-try", "name: first try"),
    "no such file to extend": ("imgsim: 1\n", "extends: base.yml\nimgsim: 1\n"),
    "a bracket left open": ("delete: {after: 3d}", "delete: {after: 3d"),
}
OVERRIDES = {
    "a misspelt path of --set": "run.horzon=1d",
    "a value of --set without a unit": "regions.cn-hangzhou.registration=30",
}


def shown(text):
    lines = [line[at : at + 80] for line in text.splitlines() for at in range(0, len(line), 80)]
    return "\n".join(lines)


def changes(good, wrong):
    told = difflib.unified_diff(good.splitlines(), wrong.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in list(told)[2:] if not line.startswith("@@"))


def told(name, monkeypatch, folder):
    """Return a slip and what the command says of it."""
    monkeypatch.chdir(folder)
    if name in OVERRIDES:
        Path("first.yaml").write_text(GOOD)
        command = ["run", "first.yaml", "--set", OVERRIDES[name]]
        slip = f"$ imgsim {' '.join(command)}"
    else:
        old, new = SLIPS[name]
        assert GOOD.count(old) == 1, old
        wrong = GOOD.replace(old, new)
        Path("first.yaml").write_text(wrong)
        command, slip = ["check", "first.yaml"], changes(GOOD, wrong).replace("\t", "<tab>")
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2, done
    assert done.stdout == ""
    return f"# {name}\n{slip}\n\n{shown(done.stderr)}\n"


def said(name):
    parts = GOLDEN.read_text(encoding="utf-8").split("\n\n\n")
    return {part.splitlines()[0].removeprefix("# "): part.strip("\n") + "\n" for part in parts}[
        name
    ]


ALL = [*SLIPS, *OVERRIDES]


@pytest.mark.skipif("SLIPS" not in os.environ, reason="writes the golden file")
def test_write_the_messages_of_all_slips(tmp_path, monkeypatch):
    text = "\n\n".join(told(name, monkeypatch, tmp_path) for name in ALL)
    GOLDEN.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ALL)
def test_a_slip_is_told_as_it_was_read(name, tmp_path, monkeypatch):
    assert told(name, monkeypatch, tmp_path) == said(name)


def test_the_scenario_without_slips_is_valid(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("first.yaml").write_text(GOOD)
    assert CliRunner().invoke(app, ["check", "first.yaml"]).stdout == "first.yaml: valid\n"


def test_every_slip_has_a_message_with_file_line_and_column():
    for name in SLIPS:
        message = "".join(said(name).split("\n\n")[1].splitlines())
        assert message.startswith("first.yaml:"), message
        assert message.split(": ")[0].count(":") == 2, message
