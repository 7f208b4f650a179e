"""Whoever waits for a result: sees how far it is, and may stop it and keep what is there.

Ctrl-C in a terminal and the stop button of a notebook both send SIGINT, to the main thread.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm.std import tqdm

_ATTENDED: ContextVar[bool] = ContextVar("attended", default=True)


class InterruptedWarning(UserWarning):
    """What is returned is a part only, as somebody interrupted."""


@contextmanager
def unattended() -> Iterator[None]:
    """Make what runs meanwhile a part of something larger: it shows nothing, and ends whole."""
    before = _ATTENDED.set(False)
    try:
        yield
    finally:
        _ATTENDED.reset(before)


@contextmanager
def interruptible(stop: Callable[[], object]) -> Iterator[None]:
    """Let an interrupt meanwhile call ``stop``, and a second one raise `KeyboardInterrupt` at once.

    Nothing changes in what is unattended, outside the main thread, and where somebody else than
    Python handles interrupts, or ignores them.
    """

    def once(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    is_ours = (
        _ATTENDED.get()
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if is_ours:
        signal.signal(signal.SIGINT, once)
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


class Interruption:
    """An interrupt that is held back until it may raise `KeyboardInterrupt`."""

    def __init__(self) -> None:
        self._asked = False
        self._may_raise = False

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Hold interrupts back meanwhile, the first of them; see `interruptible`."""
        with interruptible(self._ask):
            yield

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Raise `KeyboardInterrupt`, now when one was held back, or as soon as one comes."""
        self._may_raise = True
        try:
            if self._asked:
                raise KeyboardInterrupt
            yield
        finally:
            self._may_raise = False

    def _ask(self) -> None:
        self._asked = True
        if self._may_raise:
            raise KeyboardInterrupt


def warn(what: str, category: type[Warning]) -> None:
    """Warn as if the line did that has called imgsim, which is the one that its writer knows."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_globals["__name__"].partition(".")[0] == "imgsim":
        frame, level = frame.f_back, level + 1
    warnings.warn(what, category, stacklevel=level)


def bar(shown: bool | None, **form: Any) -> tqdm[Any]:
    """Return a bar of tqdm on stderr: in a terminal or a notebook, or as told by ``shown``.

    It is taken away when it is full. What is unattended shows none unless it is told to; neither
    does anything with ``TQDM_DISABLE`` in the environment, which tqdm's notebooks do not heed.
    """
    from tqdm.auto import tqdm

    if shown is None:
        wanted = _ATTENDED.get() and not os.environ.get("TQDM_DISABLE")
        shown = wanted and (sys.stderr.isatty() or _is_notebook())
    return tqdm(disable=not shown, leave=False, file=sys.stderr, **form)


def _is_notebook() -> bool:
    """Say whether the output goes to a notebook, by what `tqdm.auto` takes for one."""
    return "ipykernel.zmqshell" in sys.modules
