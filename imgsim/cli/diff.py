"""``imgsim diff``: where do two runs first part, and what followed?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from imgsim.attended import unattended
from imgsim.cli.messages import FAILED, INTERRUPTED, fail
from imgsim.cli.reading import read

if TYPE_CHECKING:
    import pandas as pd

    from imgsim.divergence.difference import Difference
    from imgsim.divergence.folders import Folder
    from imgsim.scenario.spec import Scenario


class _Side(NamedTuple):
    """One of the two: what it is called, its scenario and replication, its folder if it has one."""

    name: str
    scenario: Callable[[], Scenario]
    replication: int
    folder: Folder | None


def diff(
    a: Annotated[Path, typer.Argument(metavar="A", help="Results folder, or scenario file.")],
    b: Annotated[
        Path | None, typer.Argument(metavar="[B]", help="The other; A again when left out.")
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value in B; repeatable."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of both, as run.seed.")] = None,
    replication: Annotated[
        int | None, typer.Option(min=0, help="Replication of both, instead of the folder's or 0.")
    ] = None,
    first: Annotated[
        int, typer.Option("--first", min=1, help="How many lines of each list are printed.")
    ] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, all lists whole.")] = (
        False
    ),
) -> None:
    """Say in which event two runs first part, by what, and what followed in numbers.

    Both are run again on the luck of their seeds, event by event. Of results that another version
    has made the tables are compared. The exit code is 0 when they are the same and 1 when not.
    """
    if b is None and not sets:
        fail([f"there is nothing to compare {a} with: give B, or --set PATH=VALUE"])
    with _explained():
        fresh = seed is not None or replication is not None
        one = _side(a, [], seed, replication, again=fresh)
        other = _side(b or a, sets or [], seed, replication, again=fresh or bool(sets))
        if sets:
            other = other._replace(name=f"{other.name} with {', '.join(sets)}")
        found = _compared(one, other)
    if as_json:
        print(json.dumps(facts(found), indent=2, ensure_ascii=False))
    else:
        print(found.text(first))
    if not found.same:
        raise typer.Exit(FAILED)


@contextmanager
def _explained() -> Iterator[None]:
    from imgsim.divergence.folders import FolderError

    try:
        yield
    except FolderError as error:
        fail([str(error)])
    except OSError as error:
        fail([f"the events cannot be kept while they are compared: {error}"])
    except KeyboardInterrupt:
        fail(["interrupted; nothing was written"], INTERRUPTED)


def _side(
    path: Path, sets: list[str], seed: int | None, replication: int | None, *, again: bool
) -> _Side:
    """Return one side; ``again`` says that of a folder the scenario alone counts."""
    from imgsim.divergence.folders import open_folder

    folder = open_folder(path) if path.is_dir() else None
    if folder is None:
        return _Side(str(path), partial(read, path, sets, seed), replication or 0, None)
    if replication is None:
        replication = folder.replication or 0
    many = folder.replication is None
    scenario = partial(read, folder.scenario, sets, seed)
    return _Side(str(path), scenario, replication, None if again or many else folder)


def _compared(a: _Side, b: _Side) -> Difference:
    from imgsim.divergence.diff import diff as find
    from imgsim.simulation import Simulation

    reasons = [
        f"{side.name}: {side.folder.foreign}; so tables are compared, and draws cannot be told"
        for side in (a, b)
        if side.folder is not None and side.folder.foreign is not None
    ]
    if reasons:
        return _compared_by_tables(a, b, tuple(reasons))
    one, other = (Simulation(side.scenario(), side.replication) for side in (a, b))
    names = tuple(
        f"{side.name}, seed {made.scenario.run.seed}, replication {made.replication}"
        for side, made in ((a, one), (b, other))
    )
    return find(one, other, names=(names[0], names[1]))


def _compared_by_tables(a: _Side, b: _Side, reasons: tuple[str, ...]) -> Difference:
    from imgsim.divergence.tables import diff_tables

    with TemporaryDirectory() as place:
        one, other = (
            side.folder or _made(side, Path(place, name)) for side, name in ((a, "A"), (b, "B"))
        )
        return diff_tables(one, other, names=(a.name, b.name), remarks=reasons)


def _made(side: _Side, place: Path) -> Folder:
    """Run the side and return a folder of what it leaves."""
    from imgsim.cli import folder
    from imgsim.divergence.folders import open_folder
    from imgsim.finished.summary import summary
    from imgsim.running import run

    place.mkdir()
    with unattended():
        made = run(side.scenario(), side.replication)
    folder.write(place, made, {"summary": summary(made)}, csv=False)
    return open_folder(place)


def facts(found: Difference) -> dict[str, Any]:
    """Return what is told of a difference as plain data; durations and instants in seconds."""
    first = found.first
    told = None
    if first is not None:
        told = {
            "by": first.kind,
            "at": first.at.isoformat(),
            "after_s": first.instant / 1_000_000,
            "event": first.event,
            "entity": first.entity._asdict(),
            "draw": None if first.draw is None else first.draw._asdict(),
            "before": first.before,
            "after": first.after,
        }
    return {
        "schema_version": 1,
        "a": found.names[0],
        "b": found.names[1],
        "same": found.same,
        "events": list(found.events),
        "digest": found.digest,
        "first": told,
        "settings": [changed._asdict() for changed in found.settings],
        "outcomes": _rows(found.outcomes),
        "measures": _rows(found.measures.reset_index()),
        "calls": _rows(found.calls),
        "remarks": list(found.remarks),
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        frame.to_json(orient="records", date_format="iso", date_unit="us", double_precision=15)
    )
    return rows
