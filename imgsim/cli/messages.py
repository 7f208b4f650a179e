"""Messages on stderr, and the exit codes that go with them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final, NoReturn

import typer

FAILED: Final = 1
INVALID: Final = 2
INCOMPLETE: Final = 3
INTERRUPTED: Final = 130


def warn(messages: Iterable[str]) -> None:
    """Write warnings to stderr."""
    for message in messages:
        print(f"warning: {message}", file=sys.stderr)


def fail(messages: Iterable[str], code: int = INVALID) -> NoReturn:
    """Write the messages to stderr and end with the code."""
    for message in messages:
        print(message, file=sys.stderr)
    raise typer.Exit(code)
