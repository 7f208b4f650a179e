"""Messages on stderr, and the exit codes that go with them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NoReturn

import typer

if TYPE_CHECKING:
    from imgsim.shown import Shown

FAILED: Final = 1
INVALID: Final = 2
INCOMPLETE: Final = 3
INTERRUPTED: Final = 130


def warn(messages: Iterable[str]) -> None:
    """Write warnings to stderr."""
    for message in messages:
        print(f"warning: {message}", file=sys.stderr)


def say(shown: Shown, *more: str) -> None:
    """Print what is shown, and lines behind a gap, at most 80 columns wide."""
    from rich.console import Console

    from imgsim.shown import WIDTH

    console = Console()
    print(shown.text(min(console.width, WIDTH), styled=console.is_terminal))
    print("\n" + "\n".join(more))


def fail(messages: Iterable[str], code: int = INVALID) -> NoReturn:
    """Write the messages to stderr and end with the code."""
    for message in messages:
        print(message, file=sys.stderr)
    raise typer.Exit(code)
