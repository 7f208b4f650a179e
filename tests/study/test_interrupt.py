"""An interrupt leaves what is there: the first replications of all, marked."""

from __future__ import annotations

import dataclasses
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel
from study.cheap import interrupted, loss, slow

import imgsim
from imgsim import Case, compare, replicate, solve, sweep
from imgsim.study import compare as comparing
from imgsim.study.case import Outcome
from imgsim.study.comparison import Comparison
from imgsim.study.execute import Executor, Task
from imgsim.study.replicate import StudyWarning, means_of
from imgsim.study.runs import Runs

TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _handler_is_restored():
    yield
    left = signal.signal(signal.SIGINT, signal.default_int_handler)
    assert left is signal.default_int_handler


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "l.sqlite"


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    Path(folder, "once").touch()
    return Case(interrupted, (os.getpid(), str(folder)), key="case")


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def recorded(ledger):
    with closing(sqlite3.connect(ledger)) as file:
        return {number for (number,) in file.execute("SELECT replication FROM runs")}


def begun(case):
    return [path.name.split("-")[0] for path in Path(case.parameters[1]).iterdir()]


@pytest.mark.parametrize(
    "means",
    [
        pytest.param({"jobs": 1}, id="alone"),
        pytest.param({"jobs": 2, "backend": "threads"}, id="threads"),
        pytest.param({"jobs": 2}, id="processes", marks=pytest.mark.slow),
    ],
)
def test_replicate_keeps_the_first_and_goes_on(case, ledger, means, recwarn):
    study = replicate(case, 12, ledger=ledger, **means)
    [told] = [one for one in recwarn if issubclass(one.category, StudyWarning)]
    assert str(told.message).startswith(f"interrupted: {study.n} of 12 replications; ")
    assert f"kept in {ledger}, the same call goes on from there" in str(told.message)
    assert told.filename == __file__
    assert study.interrupted
    assert 1 <= study.n < 12
    assert study.n not in recorded(ledger)
    assert set(range(study.n)) <= recorded(ledger)
    assert study.replications["replication"].tolist() == [*range(study.n)]
    assert "(interrupted)" in repr(study)
    assert "interrupted" in study._repr_html_()
    assert study.summary.attrs["interrupted"] is True
    before = recorded(ledger)
    whole = replicate(case, 12, ledger=ledger, **means)
    assert (whole.n, whole.interrupted, whole.summary.attrs) == (12, False, {})
    runs = begun(case)
    assert all(runs.count(str(number)) == 1 for number in before)
    alone = Case(interrupted, case.parameters)
    assert whole.replications.equals(replicate(alone, 12, ledger=None, jobs=1).replications)


def test_without_a_ledger_it_says_that_nothing_is_kept(case):
    with pytest.warns(StudyWarning, match="is not kept in a ledger, the same call begins again"):
        assert replicate(case, 12, ledger=None, jobs=1).interrupted


def test_before_the_first_is_there_the_interrupt_goes_through():
    threading.Timer(0.3, interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        replicate(Case(slow, (1, 30, None)), 4, ledger=None, jobs=1)


@pytest.fixture
def out_of_order(monkeypatch):
    """Finish 0, 1, 3 of the first case and 0, 2, 3, 4 of the second; then comes an interrupt."""

    def execute(_, tasks):
        for number, case in [(4, 1), (3, 1), (3, 0), (0, 1), (2, 1), (0, 0), (1, 0)]:
            if Task(case, number) in tasks:
                yield [(Task(case, number), Outcome({"number": 1.0 * number}, None, 0.1))]
        raise KeyboardInterrupt

    monkeypatch.setattr(Executor, "execute", execute)


def two(or_fewer):
    means = means_of(1, None, None, None, progress=False)
    return Runs([Case(loss, 0), Case(loss, 1)], means, or_fewer=or_fewer)


@pytest.mark.filterwarnings("ignore:interrupted")
@pytest.mark.parametrize(("asked", "kept"), [((5, 5), (1, 1)), ((5, 1), (2, 1)), ((1, 9), (1, 1))])
@pytest.mark.usefixtures("out_of_order")
def test_kept_are_the_first_of_all_cases_not_the_quick_ones(asked, kept):
    with two(or_fewer=True) as runs:
        runs.upto_each(asked)
    assert runs.interrupted
    assert tuple(len(runs.outcomes(place)) for place in (0, 1)) == kept


@pytest.mark.usefixtures("out_of_order")
def test_who_needs_all_gets_none():
    with two(or_fewer=False) as runs, pytest.raises(KeyboardInterrupt):
        runs.upto(5)


@pytest.mark.filterwarnings("ignore:interrupted")
@pytest.mark.usefixtures("out_of_order")
def test_a_comparison_keeps_as_many_of_each_case():
    found = compare(Case(loss, 0), Case(loss, 1), margins={"number": 1}, n=20, ledger=None)
    assert found.interrupted
    assert [study.n for study in found.studies] == [1, 1]
    assert found.table["word"].tolist() == ["undecided"]
    assert found.table.attrs["interrupted"] is True
    assert "interrupted" in repr(found)
    assert "interrupted" in found._repr_html_()


def test_a_comparison_goes_on(case, ledger):
    other = Case(slow, (2, 0.0, None), key="other")
    with pytest.warns(StudyWarning, match="interrupted: . of 20"):
        found = compare(case, other, margins={"number": 9}, n=20, ledger=ledger, jobs=1)
    assert found.interrupted
    assert 1 <= found.n < 20
    whole = compare(case, other, margins={"number": 9}, n=20, ledger=ledger, jobs=1)
    assert (whole.n, whole.interrupted) == (20, False)


def test_an_interrupt_while_numbers_are_looked_at_waits_until_they_are(monkeypatch, recwarn):
    class Looked(Comparison):
        @property
        def undecided(self):
            interrupt()
            return super().undecided

    monkeypatch.setattr(comparing, "Comparison", Looked)
    cases = (Case(loss, (seed, 5, 4.0)) for seed in (1, 2))
    found = compare(*cases, margins={"refused": 1e-9}, n=200, ledger=None, jobs=1)
    assert found.interrupted
    assert found.n == 20
    assert [str(one.message)[:31] for one in recwarn] == ["interrupted: 20 of 30 replicati"]


def test_a_sweep_keeps_as_many_of_each_point(case, ledger):
    model = Case(at_x, {"of": case.parameters, "x": 0}, key="swept")
    with pytest.warns(StudyWarning, match="interrupted: . of 12"):
        found = sweep(model, {"x": [0, 1]}, 12, ledger=ledger, jobs=1)
    assert found.interrupted
    assert 1 <= found.n < 12
    assert [study.n for study in found.studies] == [found.n] * 2
    assert found.to_frame().attrs["interrupted"] is True
    assert "interrupted" in repr(found)
    assert "interrupted" in found._repr_html_()
    whole = sweep(model, {"x": [0, 1]}, 12, ledger=ledger, jobs=1)
    assert (whole.n, whole.interrupted) == (12, False)


def at_x(parameters, replication):
    return interrupted(parameters["of"], replication)


def limited(parameters, replication):
    """Refuse a share that falls with x; interrupt at the x that is named."""
    stop = Path(parameters["once"])
    if parameters["x"] == parameters["at"] and stop.exists():
        stop.unlink()
        interrupt()
    return {"refused": 1 / (1 + parameters["x"]) + 0.001 * (replication % 3)}


def searched(tmp_path, at):
    once = tmp_path / "once"
    once.touch()
    model = Case(limited, {"x": 1, "at": at, "once": str(once)}, key="limited")
    asked = {"constraints": {"refused": {"below": 0.1}}, "low": 1, "high": 64}
    return lambda: solve(model, "x", ledger=tmp_path / "l.sqlite", jobs=1, **asked)


def test_a_solution_keeps_the_points_decided(tmp_path):
    search = searched(tmp_path, 5)
    with pytest.warns(StudyWarning, match=r"interrupted: 3 values decided; .* goes on from there"):
        found = search()
    assert found.interrupted
    assert found.end == "bounded"
    assert [point.value for point in found.points] == [1, 2, 3]
    assert found.bounds == (4, None)
    assert "was interrupted when 3 values were decided" in found.sentence
    assert found.to_frame().attrs["interrupted"] is True
    whole = search()
    assert (whole.answer, whole.end, whole.interrupted) == (10, "solved", False)
    assert [point.made for point in whole.points[:3]] == [0, 0, 0]
    assert dataclasses.replace(whole, interrupted=True).end == "bounded"


def test_a_solution_without_any_point_is_none(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        searched(tmp_path, 1)()


def nested(scenario, replication):
    if replication == 2:
        threading.Timer(0.3, interrupt).start()
        scenario = scenario.what_if({"run.horizon": "36500d"})
    return {"calls": float(len(imgsim.run(scenario).calls))}


@pytest.mark.filterwarnings("ignore:interrupted")
def test_a_run_inside_a_replication_is_not_recorded_in_part(ledger):
    quick = imgsim.load(TESTS.parent / "scenarios" / "quickstart.yaml", {"run.horizon": "6h"})
    case = Case(nested, quick, key="nested")
    assert replicate(case, 3, ledger=ledger, jobs=1).interrupted
    assert 2 not in recorded(ledger)


def test_pilot_runs_are_not_kept_in_part():
    scenario = imgsim.load(
        TESTS.parent / "scenarios" / "quickstart.yaml",
        {"run.kind": "steady-state", "run.warmup": "auto", "run.horizon": "60d"},
    )
    threading.Timer(0.3, interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        replicate(scenario, 4, ledger=None, jobs=1)


CELL = """
import imgsim, signal
from study.cheap import slow
case = imgsim.Case(slow, (1, 0.1, None), key="notebook")
print("begins", flush=True)
study = imgsim.replicate(case, 500, jobs=2, ledger="l.sqlite")
"""
NEXT = """
print(study.interrupted, 1 <= study.n < 500, repr(study)[-14:-1], sep="; ")
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
more = imgsim.replicate(case, study.n + 8, jobs=2, ledger="l.sqlite", progress=False)
print(more.n - study.n, more.interrupted)
"""


@pytest.mark.slow
def test_the_stop_button_of_a_notebook_leaves_the_variable(ledger):
    paths = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    manager, client = start_new_kernel(
        kernel_name="python3", env=os.environ | {"PYTHONPATH": paths}, cwd=str(ledger.parent)
    )

    def stop_when_some_are_there():
        until = time.monotonic() + 60
        while not (ledger.exists() and rows(ledger) >= 10) and time.monotonic() < until:
            time.sleep(0.05)
        manager.interrupt_kernel()  # as the button does: all processes get it

    def told(code):
        outputs = []
        reply = client.execute_interactive(code, timeout=120, output_hook=outputs.append)
        assert reply["content"]["status"] == "ok", reply["content"]
        texts = [one["content"]["text"] for one in outputs if one["msg_type"] == "stream"]
        bars = [one for one in outputs if one["msg_type"] == "display_data"]
        return "".join(texts), bars

    try:
        threading.Thread(target=stop_when_some_are_there).start()
        first, bars = told(CELL)
        second, no_bars = told(NEXT)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "InterruptedStudyWarning: interrupted: " in first
    assert "Traceback" not in first
    assert "application/vnd.jupyter.widget-view+json" in bars[0]["content"]["data"]
    assert no_bars == []
    assert second.splitlines() == ["True; True; (interrupted)", "True", "8 False"]


def rows(ledger):
    with closing(sqlite3.connect(ledger, timeout=30)) as file:
        if not file.execute("SELECT name FROM sqlite_master").fetchall():
            return 0
        return file.execute("SELECT count(*) FROM runs").fetchone()[0]
