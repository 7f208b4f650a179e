"""An interrupt leaves what is there, marked, and nothing global."""

import signal
import threading
from pathlib import Path

import pytest
from cli.calling import QUICK

import imgsim
from imgsim.attended import InterruptedWarning

MADE = {"jobs": 1, "ledger": None, "progress": False}


def told(at, replication):
    """A measure; at one replication somebody presses stop."""
    if replication == at:
        signal.raise_signal(signal.SIGINT)
    return {"x": float(replication), "y": 0.0}


def case(at=6):
    return imgsim.Case(told, at)


RESULTS = {
    "replicate": lambda: imgsim.replicate(case(), 30, **MADE),
    "compare": lambda: imgsim.compare(
        {"a": case(), "b": imgsim.Case(told, -1)}, margins={"x": 1.0}, n=30, **MADE
    ),
    "sweep": lambda: imgsim.sweep(imgsim.Case(_two, {"at": 6}), {"at": [6, -1]}, 30, **MADE),
}


def _two(parameters, replication):
    return told(parameters["at"], replication)


@pytest.mark.parametrize("verb", RESULTS)
def test_a_study_keeps_the_replications_before_the_interrupt(verb, monkeypatch):
    monkeypatch.setattr("imgsim.study.execute.BATCH_SECONDS", 1e-9)  # one at a time
    before = signal.getsignal(signal.SIGINT)
    with pytest.warns(InterruptedWarning, match="interrupted"):
        part = RESULTS[verb]()
    assert part.interrupted
    assert 1 <= part.n <= 6
    assert set(part.replications["replication"]) == {*range(part.n)}
    assert "interrupted" in str(part)
    assert "interrupted" in repr(part)
    assert signal.getsignal(signal.SIGINT) is before


def test_without_a_whole_replication_the_interrupt_goes_through():
    with pytest.raises(KeyboardInterrupt):
        imgsim.replicate(case(at=0), 30, **MADE)


def test_a_run_ends_at_the_interrupt_with_what_is_there():
    scenario = imgsim.load(QUICK, {"run.horizon": "365d"})
    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.warns(InterruptedWarning, match="of simulated time; what was there is kept"):
        part = imgsim.run(scenario)
    timer.join()
    assert part.interrupted
    assert 0 < part.ended_at < 365 * 86_400 * 1_000_000
    assert len(part.calls)
    assert "Interrupted after" in str(part)
    assert "interrupted" in repr(part)
    assert signal.getsignal(signal.SIGINT) is before


def answer(client, sent):
    """What a kernel answers to a request."""
    while (message := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != sent:
        pass
    return message["content"]


@pytest.mark.slow
def test_stopping_a_cell_of_a_notebook_keeps_its_result(tmp_path):
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    try:
        quick = Path(QUICK)
        make = (
            f"import imgsim\nstudy = imgsim.replicate(imgsim.load({str(quick)!r}), 2_000, jobs=2)\n"
        )
        sent = client.execute(make)
        ledger = tmp_path / "results" / "ledger.sqlite"
        waited = threading.Event()
        while not (ledger.exists() and ledger.stat().st_size > 100_000):
            assert not waited.wait(0.1)
        manager.interrupt_kernel()
        assert answer(client, sent)["status"] == "ok"
        sent = client.execute("", user_expressions={"told": "study.interrupted, study.n"})
        told = answer(client, sent)["user_expressions"]["told"]
        interrupted, n = told["data"]["text/plain"].strip("()").split(", ")
        assert interrupted == "True"
        assert 1 <= int(n) < 2_000
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
