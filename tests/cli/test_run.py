"""The command line: what it prints, writes and exits with."""

import json
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from cli.calling import QUICK, ROOT, at_a_terminal, call

import imgsim

TABLES = ("intents", "calls", "snapshots", "images", "uses", "ledger", "states")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return folder, call("run", QUICK, "--csv", "--json", "--quiet", cwd=folder)


def test_run_writes_manifest_scenario_and_all_tables(ran):
    folder, done = ran
    assert (done.returncode, done.stderr) == (0, "")
    latest = folder / "results" / "quickstart" / "latest"
    manifest = json.loads((latest / "manifest.json").read_text())
    scenario = imgsim.load(QUICK)
    assert manifest["scenario_hash"] == scenario.hash
    assert manifest["seed"] == 1
    assert set(manifest["versions"]) >= {"imgsim", "python", "simpy", "numpy", "pandas"}
    assert manifest["platform"]
    assert imgsim.load(latest / "scenario.resolved.yaml") == scenario
    run = imgsim.run(scenario)
    for name in TABLES:
        table = pd.read_parquet(latest / f"{name}.parquet")
        assert len(table) == len(getattr(run, name))
        assert len(pd.read_csv(latest / f"{name}.csv")) == len(table)
        assert list(table.columns) == list(getattr(run, name).columns)


def test_the_json_summary_is_the_run(ran):
    _, done = ran
    told = json.loads(done.stdout)
    run = imgsim.run(imgsim.load(QUICK))
    assert told["calls"] == len(run.calls)
    assert sum(line["calls"] for line in told["outcomes"]) == told["calls"]
    assert told["time_to_available_s"]["p95"]["value"] == run.measures["time_to_available.p95"]
    denied = sum(line["share"] for line in told["outcomes"] if line["outcome"] == "denied")
    assert denied == pytest.approx(run.measures["rejection_rate"])
    stages = sum(told["mean_by_stage_s"].values())
    assert stages == pytest.approx(told["time_to_available_s"]["mean"]["value"])


def test_a_second_run_does_not_touch_the_first(tmp_path):
    for _ in range(2):
        assert call("run", QUICK, "--set", "run.horizon=1h", cwd=tmp_path).returncode == 0
    folders = [p for p in (tmp_path / "results" / "quickstart").iterdir() if p.name != "latest"]
    assert len(folders) == 2
    newest = (tmp_path / "results" / "quickstart" / "latest").resolve()
    assert newest == max(folders, key=lambda folder: (folder / "manifest.json").stat().st_mtime_ns)


def test_out_names_the_folder_itself_and_must_be_empty(tmp_path):
    first = call("run", QUICK, "--out", "here", "--quiet", cwd=tmp_path)
    assert first.returncode == 0
    assert (tmp_path / "here" / "calls.parquet").exists()
    before = (tmp_path / "here" / "manifest.json").read_bytes()
    again = call("run", QUICK, "--out", "here", cwd=tmp_path)
    assert again.returncode == 2
    assert "holds files already" in again.stderr
    assert (tmp_path / "here" / "manifest.json").read_bytes() == before


def test_seed_and_replication_change_the_luck(tmp_path):
    def calls(*words):
        folder = tmp_path / "-".join(words)
        call("run", QUICK, "--quiet", "--out", folder, *words, cwd=tmp_path)
        return pd.read_parquet(folder / "calls.parquet")

    plain, seeded = calls("--seed", "1"), calls("--seed", "2")
    replicated = calls("--replication", "1")
    assert plain["arrived_at"][0] != seeded["arrived_at"][0]
    assert plain["arrived_at"][0] != replicated["arrived_at"][0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "run.horizon"], "--set #1: 'run.horizon' is not PATH=VALUE"),
        (["--set", "run.seed=1", "--set", "run.horizon=9"], "--set #2: run.horizon: the number 9"),
        (["--seed", "-1"], "--seed"),
        (["--out", "/dev/null/x"], "the results cannot be written"),
    ],
)
def test_wrong_use_exits_with_2_and_says_why(tmp_path, words, message):
    done = call("run", QUICK, *words, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_check_says_what_is_valid_and_what_is_not(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("imgsim: 1\nname: x\n")
    done = call("check", QUICK, bad, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == f"{QUICK}: valid\n"
    assert (
        done.stderr == f"{bad}:1:1: regions: is required and not there: the regions by RegionId\n"
    )
    assert call("check", *sorted((ROOT / "scenarios").glob("*.yaml")), cwd=tmp_path).returncode == 0


def test_rules_prints_the_rule_book(tmp_path):
    told = json.loads(call("rules", "--json", cwd=tmp_path).stdout)
    assert [rule["name"] for rule in told] == [rule.name for rule in imgsim.RULEBOOK]
    assert all(rule["says"] for rule in told)
    text = call("rules", cwd=tmp_path).stdout
    assert all(rule.name in text for rule in imgsim.RULEBOOK)
    assert max(map(len, text.splitlines())) <= 80


def test_the_summary_fits_80_columns(tmp_path):
    done = call("run", QUICK, cwd=tmp_path)
    assert max(len(line) for line in done.stdout.splitlines()[:-1]) <= 80
    assert "took" in done.stderr


def test_ctrl_c_ends_cleanly_and_keeps_what_is_there(tmp_path):
    command = [
        *(sys.executable, "-m", "imgsim", "run", str(QUICK)),
        *("--set", "run.horizon=3650d", "--out", "kept"),
    ]
    running = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 60
    while not (tmp_path / "kept").exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.0)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert "interrupted at" in stderr
    assert "Traceback" not in stderr
    assert "quickstart" in stdout
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    assert manifest["interrupted"] is True
    calls = pd.read_parquet(tmp_path / "kept" / "calls.parquet")
    assert len(calls) == manifest["summary"]["calls"] > 0


def test_progress_shows_only_at_a_terminal(tmp_path):
    shown = at_a_terminal("run", QUICK, "--set", "run.horizon=60d", cwd=tmp_path)
    assert b"h simulated" in shown
    assert b"calls" in shown
    assert "simulated" not in call("run", QUICK, cwd=tmp_path).stderr
