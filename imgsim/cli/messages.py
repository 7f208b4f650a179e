"""Messages on stderr, and the exit codes that go with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

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


def tell(
    told: dict[str, Any],
    shown: Callable[[dict[str, Any]], Shown],
    place: str,
    where: Path,
    *,
    as_json: bool,
) -> None:
    """Print facts as JSON with their folder, or what is shown of them and where their files are.

    ``place`` says what lies there; texts have at most 80 columns.
    """
    if as_json:
        print(json.dumps(told | {"folder": str(where)}, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from imgsim.shown import WIDTH

    console = Console()
    print(shown(told).text(min(console.width, WIDTH), styled=console.is_terminal))
    print(f"\n{place}: {where}")


def fail(messages: Iterable[str], code: int = INVALID) -> NoReturn:
    """Write the messages to stderr and end with the code."""
    for message in messages:
        print(message, file=sys.stderr)
    raise typer.Exit(code)
