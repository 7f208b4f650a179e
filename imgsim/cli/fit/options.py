"""What the verbs of ``imgsim fit`` share: options, pictures, and how a fit ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from imgsim.cli.messages import INTERRUPTED, fail

LogFile = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Parquet file.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN=VALUE", help="Only the rows where a column holds that; repeatable."
    ),
]
Picture = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw a picture: PNG, SVG or PDF.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws behind the p-values.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the fit as JSON.")]
_KINDS = (".png", ".svg", ".pdf")


@contextmanager
def explained() -> Iterator[None]:
    """End with a message when there is nothing to fit, or the user does not want to wait."""
    try:
        yield
    except ValueError as error:
        fail([str(error)])
    except KeyboardInterrupt:
        fail(["interrupted; nothing was written"], INTERRUPTED)


def rows_where(texts: Iterable[str] | None) -> dict[str, str]:
    """Return COLUMN=VALUE texts as a mapping; end with 2 when one is none."""
    found = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            fail([f"--where: {text!r} is not COLUMN=VALUE, such as status=Available"])
        if name in found:
            fail([f"--where: the column {name!r} stands there twice"])
        found[name] = value
    return found


def save(file: Path, draw: Callable[[Any], Any]) -> None:
    """Draw on one set of axes and write the picture; end with 2 when it cannot be written."""
    from matplotlib.figure import Figure

    if file.suffix not in _KINDS:
        fail([f"--picture: {file.name!r} must end in {', '.join(_KINDS)}"])
    figure = Figure(figsize=(6, 5.5), layout="constrained")
    draw(figure.add_subplot())
    try:
        figure.savefig(file, dpi=150)
    except OSError as error:
        fail([f"the picture cannot be written: {error}"])


def show(table: Any) -> None:
    """Print a table of rich, at most 80 columns wide, without trailing blanks."""
    from rich.console import Console

    console = Console(width=min(Console().width, 80))
    with console.capture() as capture:
        console.print(table)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))
