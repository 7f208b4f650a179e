"""The same frames wherever the replications run, and whatever becomes of the workers."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import joblib
import psutil
import pytest
from study.cheap import fragile, slow
from study.victim import digest, study

import imgsim
from imgsim import Case
from imgsim.study import execute
from imgsim.study.execute import Executor, Task
from imgsim.study.workers import Workers, WorkersError

TESTS = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)]),
    "DASK_DISTRIBUTED__DASHBOARD__ENABLED": "False",
}
HAS_DASK = importlib.util.find_spec("distributed") is not None


@pytest.fixture(scope="module")
def alone():
    """Return the digest of a small study made one by one, without a ledger."""
    return study(4, 6, 0, None, ledger=None, jobs=1)


@contextmanager
def cluster(folder):
    """Start a Dask scheduler and two workers of one thread on loopback, in their own processes."""
    file = folder / "scheduler.json"
    python = [sys.executable, "-m"]
    commands = [
        [
            *python,
            "distributed.cli.dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
        ],
        *[
            [
                *python,
                "distributed.cli.dask_worker",
                "--nthreads",
                "1",
                "--no-dashboard",
                "--no-nanny",
            ]
        ]
        * 2,
    ]
    running = [
        subprocess.Popen(
            [*command, "--scheduler-file", str(file)],
            env=ENVIRONMENT,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        _wait_for_workers(file, 2)
        yield file, running[1:]
    finally:
        for one in running:
            one.kill()
            one.wait()


def _wait_for_workers(file, number):
    from distributed import Client

    until = time.monotonic() + 60
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.05)
    with Client(scheduler_file=str(file), set_as_default=False) as client:
        client.wait_for_workers(number, timeout=60)


def recorded(ledger):
    """Return variant and replication of all that a ledger holds."""
    if not ledger.exists():
        return set()
    with sqlite3.connect(ledger, timeout=30) as file:
        if not file.execute("SELECT name FROM sqlite_master").fetchall():
            return set()
        rows = file.execute("SELECT name, replication FROM runs").fetchall()
    return {(name.removeprefix("variant "), str(number)) for name, number in rows}


def noted(folder):
    """Return how often each variant and replication was begun."""
    return Counter(tuple(path.name.split("-")[:2]) for path in folder.iterdir())


def is_whole(ledger, number):
    with sqlite3.connect(ledger) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT count(*) FROM runs WHERE error IS NULL").fetchone() == (number,)


@pytest.mark.parametrize(
    "means",
    [{"jobs": 1}, {"jobs": 2}, {"jobs": 4}, {"jobs": 3, "backend": "threads"}, {}],
    ids=str,
)
def test_frames_are_the_same_bits_with_any_workers(alone, means):
    assert study(4, 6, 0, None, ledger=None, **means) == alone


def test_a_surrounding_configuration_of_joblib_is_used(alone):
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert study(4, 6, 0, None, ledger=None) == alone
    with joblib.parallel_config(backend="multiprocessing", n_jobs=2):  # returns lists alone, as Ray
        assert study(4, 6, 0, None, ledger=None) == alone


def test_frames_are_the_same_in_any_order_of_completion(alone, monkeypatch):
    real = execute._parallel

    def shuffled(work, jobs):
        done = list(real(work, jobs))
        random.Random(3).shuffle(done)
        yield from done

    monkeypatch.setattr(execute, "_parallel", shuffled)
    assert study(4, 6, 0, None, ledger=None, jobs=2) == alone


def test_frames_of_a_scenario_are_the_same_with_any_workers(tmp_path):
    scenario = imgsim.load(
        TESTS.parent / "scenarios" / "quickstart.yaml",
        {"run.horizon": "2h", "run.kind": "steady-state", "run.warmup": "30m"},
    )
    one = imgsim.replicate(scenario, 5, jobs=1, ledger=None, progress=False)
    two = imgsim.replicate(scenario, 5, jobs=2, ledger=tmp_path / "l.sqlite", progress=False)
    found = imgsim.replicate(scenario, 5, jobs=2, ledger=tmp_path / "l.sqlite", progress=False)
    assert digest([one]) == digest([two]) == digest([found])
    for number in range(5):
        measures = imgsim.run(scenario, number).measures
        row = one.replications.loc[number]
        assert {name: row[name] for name in measures} == pytest.approx(dict(measures), nan_ok=True)


@pytest.mark.slow
@pytest.mark.skipif(not HAS_DASK, reason="needs distributed")
def test_a_dask_cluster_gives_the_same_frames_though_a_worker_is_killed(alone, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    asked = {
        "variants": 4,
        "n": 6,
        "seconds": 0.2,
        "folder": str(notes),
        "ledger": str(tmp_path / "l.sqlite"),
    }
    with cluster(tmp_path) as (file, workers):
        with _started(asked | {"scheduler": str(file)}) as running:
            _wait_for(3, tmp_path / "l.sqlite")
            workers[0].kill()
            printed, error = running.communicate(timeout=120)
        assert printed.strip() == alone, error
        assert len(recorded(tmp_path / "l.sqlite")) == 24
        is_whole(tmp_path / "l.sqlite", 24)
        assert study(4, 6, 0.2, None, ledger=None, scheduler=file) == alone


@contextmanager
def _started(asked):
    with subprocess.Popen(
        [sys.executable, "-m", "study.victim", json.dumps(asked)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def _asked(folder):
    notes, ledger = folder / "notes", folder / "l.sqlite"
    notes.mkdir()
    asked = {"variants": 4, "n": 6, "seconds": 0.15, "jobs": 2}
    return notes, ledger, asked | {"folder": str(notes), "ledger": str(ledger)}


def _wait_for(many, ledger, seconds=60):
    until = time.monotonic() + seconds
    while len(recorded(ledger)) < many:
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.slow
def test_a_killed_coordinator_goes_on_where_it_was(alone, tmp_path):
    notes, ledger, asked = _asked(tmp_path)
    before = {}
    for there in (3, 9):
        with _started(asked) as running:
            _wait_for(there, ledger)
            workers = psutil.Process(running.pid).children(recursive=True)
            running.send_signal(signal.SIGKILL)
            running.wait()
        gone, alive = psutil.wait_procs(workers, timeout=20)
        assert gone
        assert not alive
        begun = noted(notes)
        before |= {one: begun[one] for one in recorded(ledger)}
    with _started(asked) as running:
        printed, error = running.communicate(timeout=120)
    assert printed.strip() == alone, error
    after = noted(notes)
    assert len(before) >= 9
    assert {one: after[one] for one in before} == before
    is_whole(ledger, 24)


def test_killed_workers_cost_their_own_tasks_alone(alone, tmp_path):
    notes, ledger, asked = _asked(tmp_path)
    with _started(asked) as running:
        for there in (2, 8):
            _wait_for(there, ledger)
            workers = [
                one
                for one in psutil.Process(running.pid).children(recursive=True)
                if "LokyProcess" in " ".join(one.cmdline())
            ]
            workers[0].kill()
        printed, error = running.communicate(timeout=120)
    assert printed.strip() == alone, error
    assert sum(noted(notes).values()) <= 24 + 2 * 8
    is_whole(ledger, 24)


def test_a_replication_that_raises_is_a_failed_row():
    made = imgsim.replicate(Case(fragile, None), 6, jobs=2, ledger=None, progress=False)
    assert made.replications["number"].isna().tolist() == [False] * 3 + [True] + [False] * 2
    assert made.failures["error"].tolist() == ["ArithmeticError: three is too many"]


def test_a_replication_that_kills_its_worker_is_a_failed_row():
    made = imgsim.replicate(Case(fragile, "deadly"), 8, jobs=2, ledger=None, progress=False)
    failures = dict(zip(made.failures["replication"], made.failures["error"], strict=True))
    assert sorted(failures) == [3, 5]
    assert failures[5].startswith("its worker died 4 times")
    assert made.replications["number"].drop([3, 5]).tolist() == [0, 1, 2, 4, 6, 7]


def test_batches_are_as_long_as_they_should_be_and_spread_at_the_end():
    tasks = [Task(0, number) for number in range(60)]
    executor = Executor([Case(slow, (0, 0.02, None))])
    with Workers(2, "threads").at_work():
        batches = list(executor.execute(tasks))
    lengths = [len(batch) for batch in batches]
    assert sorted(task for batch in batches for task, _ in batch) == tasks
    assert max(lengths) * 0.02 >= 0.2
    assert len(batches) < 20


def test_a_worker_with_another_model_is_refused(monkeypatch):
    def other(work, _):
        for function, (batch, cases, _, asker), _ in work:
            yield function(batch, cases, "0.0.0+else", asker)

    monkeypatch.setattr(execute, "_parallel", other)
    with pytest.raises(WorkersError, match="another version of the model"):
        imgsim.replicate(Case(fragile, None), 2, jobs=1, ledger=None, progress=False)


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"jobs": 0}, ValueError, "0 jobs cannot work"),
        ({"backend": "fibres"}, ValueError, "no workers of kind 'fibres'; give one of processes"),
        ({"backend": "threads", "scheduler": "tcp://h:1"}, ValueError, "not both"),
        ({"scheduler": "no-such-file"}, WorkersError, "is no file of a scheduler, and no address"),
        ({"scheduler": "tcp://127.0.0.1:9"}, WorkersError, "does not answer"),
    ],
)
def test_workers_that_cannot_be_are_refused(asked, error, message, monkeypatch):
    monkeypatch.setattr("imgsim.study.workers._PATIENCE", "0.5s")
    with pytest.raises(error, match=message):
        imgsim.replicate(Case(fragile, None), 2, ledger=None, progress=False, **asked)
