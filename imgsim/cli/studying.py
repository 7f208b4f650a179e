"""What the verbs that make studies share: options, and how a study ends."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from imgsim.attended import InterruptedWarning
from imgsim.cli.messages import INCOMPLETE, INTERRUPTED, fail

if TYPE_CHECKING:
    from imgsim.study.comparison import Comparison
    from imgsim.study.solution import Solution
    from imgsim.study.study import Study
    from imgsim.study.swept import Sweep

Found = TypeVar("Found", "Study", "Comparison", "Sweep", "Solution")


class Kind(StrEnum):
    """The kinds of workers."""

    processes = "processes"
    threads = "threads"
    ray = "ray"


Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="How many at once; else all cores.")
]
Workers = Annotated[Kind | None, typer.Option("--workers", help="Kind of the workers.")]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS|FILE", help="Scheduler of a Dask cluster that is there."),
]
LedgerFile = Annotated[
    Path, typer.Option("--ledger", help="Where replications are recorded and found again.")
]
Tables = Annotated[
    bool, typer.Option("--tables", help="Keep all tables of all replications beside the ledger.")
]
Partial = Annotated[
    bool, typer.Option("--allow-partial", help="Statistics although replications failed.")
]
Confidence = Annotated[
    str | None, typer.Option(help="Confidence such as 99%, instead of run.confidence.")
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed, instead of run.seed.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for the results, instead of results/NAME/...")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no remarks.")]
LEDGER = Path("results", "ledger.sqlite")


def pairs(option: str, texts: Iterable[str], example: str) -> dict[str, str]:
    """Return NAME=VALUE texts as a mapping; end with 2 when one is none."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            fail([f"{option}: {text!r} is not MEASURE=VALUE, such as {example}"])
        found[name] = value
    return found


def share(text: str | None) -> float | None:
    """Return the share that a confidence is; end with 2 when it is none."""
    from imgsim.units import UnitError, parse_share

    try:
        return None if text is None else float(parse_share(text))
    except UnitError as error:
        fail([f"--confidence: {error}"])


@contextmanager
def explained(ledger: Path) -> Iterator[None]:
    """End with a message and the code that goes with it when a study cannot be made or go on."""
    from imgsim.study.ledger import LedgerError
    from imgsim.study.runs import StudyWarning
    from imgsim.study.study import IncompleteError
    from imgsim.study.warmup import NoWarmupError
    from imgsim.study.workers import WorkersError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", StudyWarning)
            warnings.simplefilter("ignore", InterruptedWarning)  # said below
            warnings.showwarning = _shown
            yield
    except (ValueError, LedgerError, WorkersError) as error:
        fail([str(error)])
    except NoWarmupError as error:
        fail([str(error)], INCOMPLETE)
    except IncompleteError as error:
        what = "start again to try those once more, or --allow-partial for the others"
        fail([f"{error}; {what}"], INCOMPLETE)
    except KeyboardInterrupt:
        what = (
            f"interrupted; what was made is kept in {ledger}, the same command goes on from there"
        )
        fail([what], INTERRUPTED)


def whole(found: Found) -> Found:
    """Return what a study has found; raise `KeyboardInterrupt` when it was interrupted."""
    if found.interrupted:
        raise KeyboardInterrupt
    return found


def _shown(message: Warning | str, *_: Any, **__: Any) -> None:
    print(message, file=sys.stderr)
