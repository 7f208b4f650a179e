"""A run that is interrupted leaves what is there, marked, and nothing global."""

import signal
import threading

import pytest
from cli.calling import QUICK

import imgsim
from imgsim.attended import InterruptedWarning


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
