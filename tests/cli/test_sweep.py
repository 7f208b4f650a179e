"""``imgsim sweep`` from the outside."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from cli.test_study import QUICK, SHORT, call, rows, told_without_place

import imgsim

QUOTA = "regions.cn-hangzhou.image_quota"
GRID = ("--grid", f"{QUOTA}=20,40,60")


def test_a_sweep_prints_and_writes_each_point(tmp_path):
    arrivals = "load.builds.arrivals={poisson: {rate: 20/h}},{poisson: {rate: 40/h}}"
    words = ("sweep", QUICK, *SHORT, *GRID, "--grid", arrivals, "-n", 3, "-j", 2, "--csv")
    done = call(*words, cwd=tmp_path, code=0)
    assert "6 points x 3 replications: 18 runs" in done.stderr
    assert "3 replications of 4h at each of 6 points, seed 1, 95% intervals" in done.stdout
    lines = done.stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    heads = [line.split() for line in lines if line.startswith("image_quota ")]
    assert heads == [
        ["image_quota", "arrivals.poisson.rate", measure, "interval"]
        for measure in ("rejection_rate", "time_to_available.p95")
    ]
    folder = (tmp_path / "results" / "quickstart" / "latest").resolve()
    points = pd.read_parquet(folder / "points.parquet")
    assert len(points) == len(pd.read_csv(folder / "points.csv")) == 12
    shown = [line.split()[2] for line in lines if line[:3] in ("20 ", "40 ", "60 ")][:6]
    rates = points.loc[points["measure"] == "rejection_rate", "mean"]
    assert shown == [f"{rate:.2%}" for rate in rates]
    replications = pd.read_parquet(folder / "replications.parquet")
    assert len(replications) == len(pd.read_csv(folder / "replications.csv")) == 18
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["replications"], len(manifest["points"])) == (3, 6)
    assert imgsim.load(folder / "scenario.resolved.yaml").sweep.size == 6
    again = call(*words, cwd=tmp_path, code=0)
    assert told_without_place(again.stdout) == told_without_place(done.stdout)
    assert rows(tmp_path / "results" / "ledger.sqlite") == 18


def test_the_file_says_the_points_and_the_command_line_others(tmp_path):
    file = tmp_path / "s.yaml"
    block = f"{{grid: {{{QUOTA}: [30, 50]}}, replications: 2, measures: [calls]}}"
    file.write_text(f"extends: {QUICK}\nsweep: {block}")
    words = ("sweep", file, *SHORT, "--json")
    told = json.loads(call(*words, cwd=tmp_path, code=0).stdout)
    assert [point["values"][QUOTA] for point in told["points"]] == [30, 50]
    assert (told["replications"], told["measures"]) == (2, ["calls"])
    other = json.loads(call(*words, *GRID, cwd=tmp_path, code=0).stdout)
    assert [point["values"][QUOTA] for point in other["points"]] == [20, 40, 60]
    assert (other["replications"], other["measures"]) == (2, ["calls"])


def test_sobol_indices_are_printed_and_written(tmp_path):
    file = tmp_path / "s.yaml"
    ranges = "{regions.cn-hangzhou.snapshot_service.slots: [1, 12], description: [a, b]}"
    file.write_text(f"extends: {QUICK}\nsweep: {{sobol: {{base: 8, ranges: {ranges}}}}}")
    asked = ("--measure", "time_to_available.mean", "-n", 2)
    done = call("sweep", file, *SHORT, *asked, cwd=tmp_path, code=0)
    slots, description = (
        next(line.split() for line in done.stdout.splitlines() if line.startswith(name))
        for name in ("slots ", "description ")
    )
    assert slots[-4] == "100%"
    assert description[-4:] == ["0%", "0%", "..", "0%"]
    assert "slots: regions.cn-hangzhou.snapshot_service.slots" in done.stdout
    folder = (tmp_path / "results" / "quickstart" / "latest").resolve()
    table = pd.read_csv(folder / "indices.csv")
    assert table["path"].tolist()[0] == "regions.cn-hangzhou.snapshot_service.slots"
    assert table["total"].tolist() == pytest.approx([1, 0])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([QUICK], "there is no sweep; give it one, or --grid regions"),
        ([QUICK, "--grid", "run.seed"], "--grid: 'run.seed' is not PATH=VALUE,..., such as"),
        ([QUICK, "--grid", "run.seed=[1"], "--grid: 'run.seed=[1' is not PATH=VALUE,..., such as"),
        ([QUICK, "--grid", "run.seed="], "--grid: sweep.grid: there are no values of run.seed"),
        (
            [QUICK, "--grid", f"{QUOTA}=5,x"],
            f"--grid: sweep.grid.{QUOTA}[1]: point 1: {QUOTA}: 'x'",
        ),
        ([QUICK, *GRID, "--measure", "cals"], "did you mean calls?"),
        ([QUICK, "--grid", "load.buids.poisson.rate=1/h"], "did you mean builds?"),
    ],
)
def test_wrong_use_exits_with_2_and_says_why(tmp_path, words, message):
    done = call("sweep", *words, *SHORT, cwd=tmp_path, code=2)
    assert message in done.stderr
    assert done.stdout == ""


def test_results_that_find_no_place_are_told_before_the_runs(tmp_path):
    Path(tmp_path, "full").mkdir()
    Path(tmp_path, "full", "mine").touch()
    done = call("sweep", QUICK, *GRID, *SHORT, "--out", "full", cwd=tmp_path, code=2)
    assert "full holds files already" in done.stderr
    assert not Path(tmp_path, "results").exists()


def test_check_finds_a_point_that_is_wrong(tmp_path):
    file = Path(tmp_path, "s.yaml")
    file.write_text(f"extends: {QUICK}\nsweep:\n  grid: {{{QUOTA}: [30, x]}}\n")
    done = call("check", file, cwd=tmp_path, code=2)
    assert done.stderr.startswith(f"{file}:3:48: sweep.grid.{QUOTA}[1]: point 1: {QUOTA}: 'x' is")


@pytest.mark.slow
def test_ctrl_c_keeps_everything(tmp_path):
    words = [sys.executable, "-m", "imgsim", "sweep", str(QUICK), *GRID, "-n", "200", "-j", "2"]
    ledger = tmp_path / "results" / "ledger.sqlite"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=tmp_path, start_new_session=True, **pipes) as running:
        until = time.monotonic() + 60
        while not (ledger.exists() and rows(ledger) >= 10) and time.monotonic() < until:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert "interrupted; what was made is kept in results/ledger.sqlite, the same command" in stderr
    assert "Traceback" not in stderr
    assert stdout == ""
    assert rows(ledger) >= 10
