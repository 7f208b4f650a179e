"""``imgsim run -n`` and ``imgsim compare`` from the outside."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from cli.calling import QUICK, at_a_terminal, call

import imgsim

SHORT = ("--set", "run.horizon=4h")
MORE = "regions.cn-hangzhou.image_quota=60"


def rows(ledger):
    with sqlite3.connect(ledger, timeout=30) as file:
        if not file.execute("SELECT name FROM sqlite_master").fetchall():
            return 0
        return file.execute("SELECT count(*) FROM runs").fetchone()[0]


def numbers(ledger):
    with sqlite3.connect(ledger, timeout=30) as file:
        return {number for (number,) in file.execute("SELECT replication FROM runs")}


def told_without_place(text):
    return re.sub(r"\d{8}T\d{6}Z-\w+(-\d+)?", "", text)


def test_run_n_prints_and_writes_means_with_intervals(tmp_path):
    first = call("run", QUICK, *SHORT, "-n", 6, "--csv", "-j", 2, cwd=tmp_path, code=0)
    study = imgsim.replicate(imgsim.load(QUICK, {"run.horizon": "4h"}), 6, ledger=None, jobs=1)
    folder = (tmp_path / "results" / "quickstart" / "latest").resolve()
    pd.testing.assert_frame_equal(
        pd.read_parquet(folder / "replications.parquet"), study.replications, check_exact=True
    )
    summary = pd.read_csv(folder / "summary.csv", index_col="measure")
    assert summary["mean"].tolist() == pytest.approx(study.summary["mean"].tolist(), nan_ok=True)
    assert len(pd.read_csv(folder / "replications.csv")) == 6
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["replications"], manifest["seed"], manifest["failed"]) == (6, 1, 0)
    assert imgsim.load(folder / "scenario.resolved.yaml").run.horizon == 4 * 3600 * 10**6
    assert "6 replications of 4h, seed 1" in first.stdout
    assert "mean of the replications'" in first.stdout
    assert max(map(len, first.stdout.splitlines()[:-1])) <= 80
    again = call("run", QUICK, *SHORT, "-n", 6, cwd=tmp_path, code=0)
    assert told_without_place(again.stdout) == told_without_place(first.stdout)
    assert rows(tmp_path / "results" / "ledger.sqlite") == 6


def test_json_tells_the_same(tmp_path):
    done = call("run", QUICK, *SHORT, "-n", 3, "--json", "--measure", "calls", cwd=tmp_path, code=0)
    told = json.loads(done.stdout)
    assert [*told["estimates"]] == ["calls"]
    estimate = told["estimates"]["calls"]
    assert estimate["low"] < estimate["mean"] < estimate["high"]
    assert told["schema_version"] == 1


def test_until_adds_replications_and_ends_with_3_when_they_do_not_suffice(tmp_path):
    words = ("run", QUICK, *SHORT, "--json", "--quiet", "--until")
    enough = call(*words, "calls=5%", "-n", 200, cwd=tmp_path, code=0)
    assert json.loads(enough.stdout)["replications"] >= 20
    wanting = call(*words, "calls=0.01%", "-n", 20, cwd=tmp_path, code=3)
    assert "calls: the half-width is" in wanting.stderr
    assert "give a larger -n" in wanting.stderr


def test_replications_of_the_file_are_made_unless_one_is_named(tmp_path):
    words = ("run", QUICK, *SHORT, "--set", "run.replications=3", "--json")
    assert json.loads(call(*words, cwd=tmp_path, code=0).stdout)["replications"] == 3
    one = json.loads(call(*words, "--replication", 2, cwd=tmp_path, code=0).stdout)
    assert one["replication"] == 2


def test_failed_replications_end_with_3_unless_a_partial_set_is_asked_for(tmp_path, monkeypatch):
    from imgsim.study import simulated

    run = simulated.run

    def fails(scenario, replication):
        assert replication != 1, "no luck"
        return run(scenario, replication)

    monkeypatch.setattr(simulated, "run", fails)
    words = ("run", QUICK, *SHORT, "-n", 3, "-j", 1)
    refused = call(*words, cwd=tmp_path, code=3)
    assert (
        "1 of 3 replications failed, the first is replication 1: AssertionError" in refused.stderr
    )
    assert refused.stdout == ""
    partial = call(*words, "--allow-partial", cwd=tmp_path, code=0)
    assert "3 replications of 4h, 1 of them failed" in partial.stdout


def test_compare_tells_one_word_for_each_measure_and_case(tmp_path):
    words = (
        "compare",
        QUICK,
        *SHORT,
        "--what-if",
        MORE,
        "--what-if",
        f"{MORE}; load.builds.scale=3",
    )
    margins = ("--margin", "calls=20", "--margin", "quota_use.mean=50%")
    done = call(*words, *margins, "-n", 30, "--json", cwd=tmp_path, code=0)
    told = json.loads(done.stdout)
    assert told["cases"] == ["quickstart", MORE, f"{MORE}; load.builds.scale=3"]
    said = {(one["measure"], one["case"]): one["word"] for one in told["differences"]}
    assert said["calls", MORE] == "equivalent"
    assert said["calls", f"{MORE}; load.builds.scale=3"] == "worse"
    frame = pd.read_csv(Path(tmp_path, told["folder"], "comparison.csv"))
    assert frame["word"].tolist() == [one["word"] for one in told["differences"]]
    kept = pd.read_parquet(Path(tmp_path, told["folder"], "replications.parquet"))
    assert kept.groupby("case")["replication"].count().tolist() == [told["replications"]] * 3
    printed = call(*words, *margins, "-n", 30, cwd=tmp_path, code=0).stdout
    assert "calls, a difference of 20 matters" in printed
    assert re.search(r"\+\d.* worse", printed)
    assert "of independent runs" in printed


def test_compare_ends_with_3_when_something_stays_undecided(tmp_path):
    words = ("compare", QUICK, *SHORT, "--what-if", MORE, "-n", 4)
    done = call(*words, "--margin", "calls=0", cwd=tmp_path, code=3)
    assert "undecided after 4 replications: calls of" in done.stderr
    assert (
        "calls: the margin is 0, beside which nothing is equivalent; give one above 0"
        in done.stderr
    )
    assert "undecided" in done.stdout


def test_compare_makes_no_more_replications_than_the_file_says(tmp_path):
    words = ("compare", QUICK, *SHORT, "--set", "run.replications=5", "--what-if", MORE)
    margin = ("--margin", "calls=0")
    assert "undecided after 5 replications" in call(*words, *margin, cwd=tmp_path, code=3).stderr
    more = call(*words, *margin, "-n", 6, cwd=tmp_path, code=3)
    assert "undecided after 6 replications" in more.stderr


@pytest.mark.parametrize("verb", [("run", "-n", 3), ("compare", QUICK)])
def test_a_folder_that_is_taken_is_told_before_anything_is_made(tmp_path, verb):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mine").write_text("")
    name, *words = verb
    done = call(name, QUICK, *SHORT, *words, "--out", "here", cwd=tmp_path, code=2)
    assert "the results cannot be written: here holds files already" in done.stderr
    assert not (tmp_path / "results").exists()


def test_compare_warns_of_different_seeds(tmp_path):
    words = ("compare", QUICK, *SHORT, "--what-if", "run.seed=9", "-n", 3)
    assert "the seeds differ" in call(*words, cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", QUICK, "-n", "3", "--replication", "1"], "--replication is one run; leave it out"),
        (["run", QUICK, "--until", "calls"], "--until: 'calls' is not MEASURE=VALUE"),
        (["run", QUICK, "--until", "cals=1"], "did you mean calls?"),
        (["run", QUICK, "--until", "calls=x"], "'x' is no tolerance"),
        (["run", QUICK, "--until", "calls=1", "-n", "9"], "n must be 20 or more"),
        (["run", QUICK, "--until", "calls=30s"], "calls is no time, and 30s is one; write a numbe"),
        (["run", QUICK, "-n", "2", "--measure", "cals"], "did you mean calls?"),
        (["run", QUICK, "-n", "2", "--confidence", "95"], "--confidence: "),
        (["run", QUICK, "-n", "2", "--confidence", "20%"], "a confidence of 0.2 cannot be"),
        (["run", QUICK, "-n", "2", "--scheduler", "nowhere"], "nowhere is no file of a scheduler"),
        (["run", QUICK, "-n", "2", "--ledger", "/proc/x"], "/proc/x: cannot be written"),
        (["run", QUICK, "-n", "2", "--ledger", "."], ".: is a folder; name a file"),
        (["run", QUICK, "-n", "2", "--workers", "fibres"], "--workers"),
        (["run", QUICK, "-j", "2", "--tables"], "--jobs, --tables: this is one run; leave it out"),
        (["run", QUICK, "--measure", "calls"], "--measure: this is one run"),
        (["run", QUICK, "--ledger", "mine"], "--ledger: this is one run"),
        (["compare", QUICK], "a comparison needs two cases: give another file, or --what-if"),
        (["compare", QUICK, "--what-if", "x"], "--what-if x: 'x' is not PATH=VALUE"),
        (["compare", QUICK, "--what-if", "run.seeds=1"], "did you mean seed?"),
        (["compare", QUICK, QUICK, "--margin", "calls"], "--margin: 'calls' is not MEASURE=VALUE"),
        (["compare", QUICK, "--what-if", MORE, "--margin", "calls=1h"], "calls is no time, and 1h"),
    ],
)
def test_wrong_use_exits_with_2_and_says_why(tmp_path, words, message):
    done = call(*words, *SHORT, cwd=tmp_path, code=2)
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_ctrl_c_keeps_everything_and_the_same_command_goes_on(tmp_path):
    words = [sys.executable, "-m", "imgsim", "run", str(QUICK), "-n", "300", "-j", "2", "--json"]
    ledger = tmp_path / "results" / "ledger.sqlite"
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        until = time.monotonic() + 60
        while not (ledger.exists() and rows(ledger) >= 20) and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: workers get it too
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert "interrupted; what was made is kept in results/ledger.sqlite, the same command" in stderr
    assert "Traceback" not in stderr
    assert stdout == ""
    kept = numbers(ledger)  # workers end in any order, so a number may be missing among them
    assert 20 <= len(kept) < 300
    more = max(kept) + 2
    done = call("run", QUICK, "-n", more, "--json", cwd=tmp_path, code=0)
    assert json.loads(done.stdout)["replications"] == more
    assert numbers(ledger) == set(range(more))


def test_progress_is_shown_at_a_terminal_with_the_time_left(tmp_path):
    shown = at_a_terminal("run", QUICK, *SHORT, "-n", "60", "-j", "1", cwd=tmp_path)
    assert re.search(rb"\d+/60 \[\d\d:\d\d<\d\d:\d\d", shown)


def test_a_second_study_waits_for_the_ledger_and_says_so(tmp_path):
    holder = (
        "from pathlib import Path\n"
        "from imgsim.study.ledger import Ledger\n"
        "with Ledger(Path('results/ledger.sqlite'), print): print('in', flush=True); input()"
    )
    pipes = {"cwd": tmp_path, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "imgsim", "run", str(QUICK), *SHORT, "--quiet", "-n", "3"]
    with subprocess.Popen([sys.executable, "-c", holder], **pipes) as first:
        assert first.stdout.readline() == "in\n"
        with subprocess.Popen(command, stderr=subprocess.PIPE, **pipes) as second:
            said = second.stderr.readline()
            assert re.match(rf"waiting for process {first.pid} on \S+, which writes to this", said)
            assert second.poll() is None
            first.communicate("go on\n", timeout=30)
            second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)


def test_measures_of_a_stream_and_with_arguments_are_made_when_asked_for(tmp_path):
    asked = ["rejection_rate@templates", "refused_windows[1h,1%]"]
    words = [word for name in asked for word in ("--measure", name)]
    told = call("run", QUICK, *SHORT, "-n", "3", *words, "--json", cwd=tmp_path)
    text = json.dumps(json.loads(told.stdout))
    assert all(name in text for name in asked)


def test_json_of_a_comparison_knows_no_infinity(tmp_path):
    what_if = ("--what-if", "rules.token_lifetime=2d", "--margin", "rejection_rate=0.5")
    told = call("compare", QUICK, *SHORT, "-n", "3", *what_if, "--json", cwd=tmp_path)
    assert "Infinity" not in told.stdout
    assert json.loads(told.stdout)
