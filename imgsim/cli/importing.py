"""``imgsim import``: an audit log and Describe answers in, a scenario that runs out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgsim.attended import bar
from imgsim.cli.imported import facts, print_facts, remarks, unread_lines, unread_of
from imgsim.cli.messages import INTERRUPTED, fail
from imgsim.units import UnitError, parse_gib, parse_instant

if TYPE_CHECKING:
    from imgsim.logs.imported import Imported


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(help="ActionTrail events and Describe answers (JSON; gzip too)."),
    ],
    out: Annotated[Path, typer.Option(help="Folder, which must be new or empty.")] = Path(
        "imported"
    ),
    region: Annotated[
        str | None, typer.Option(help="Region of what does not tell its own.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Leave out the calls before it.")
    ] = None,
    assumed_disk: Annotated[
        str, typer.Option(metavar="SIZE", help="Size of disks that no answer describes.")
    ] = "40 GiB",
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Number image names and tokens.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was read as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Make a scenario of an audit log and of Describe answers.

    CreateImage events become a trace, answers the world at its start. What cannot be read is
    counted and named; who called is not read at all.
    """
    since, size = _checked(region, start, assumed_disk)
    for file in files:
        if not file.is_file():
            what = "it is a folder or a device" if file.exists() else "there is no such file"
            fail([f"{file}: {what}; give files of JSON"])
    with _explained():
        imported = _read(files, region, since, anonymous=anonymous, quiet=quiet)
    if not imported.calls.number:
        what = "no CreateImage call of ECS was read, so there is nothing to run"
        fail([what, *unread_lines(unread_of(imported))])
    with _explained(), _folder(out):
        told = _write(out, imported, region, since, size)
    if as_json:
        print(json.dumps(told, indent=2, ensure_ascii=True))
    else:
        print_facts(told)


def _checked(
    region: str | None, start: str | None, assumed_disk: str
) -> tuple[datetime | None, int]:
    """Return the options as they are used; end with 2 where one is wrong."""
    from imgsim.logs.described import LARGEST_DISK, usable_region

    if region is not None and not usable_region(region):
        fail([f"--region: {region!r} is no region, such as cn-hangzhou"])
    try:
        size = parse_gib(assumed_disk)
    except UnitError as error:
        fail([f"--assumed-disk: {error}"])
    if not 1 <= size <= LARGEST_DISK:
        fail(["--assumed-disk: a disk has 1 GiB to 1024 TiB"])
    try:
        return (None if start is None else parse_instant(start)), size
    except UnitError as error:
        fail([f"--start: {error}"])


@contextmanager
def _explained() -> Iterator[None]:
    from imgsim.logs.world import TooLargeError

    try:
        yield
    except OSError as error:
        fail([f"cannot be read or written: {error}"])
    except TooLargeError as error:
        fail([str(error)])
    except KeyboardInterrupt:
        fail(["interrupted; nothing was written"], INTERRUPTED)


def _read(
    files: list[Path], region: str | None, since: datetime | None, *, anonymous: bool, quiet: bool
) -> Imported:
    from imgsim.logs.imported import read

    with bar(False if quiet else None, unit=" values") as reached:
        step = None if reached.disable else reached.update
        return read(files, region, since, anonymous=anonymous, progress=step)


@contextmanager
def _folder(out: Path) -> Iterator[None]:
    """Make the folder; take everything in it away again when it does not become whole."""
    from imgsim.cli import folder

    there = out.exists()
    folder.make(out, "", "")
    try:
        yield
    except BaseException:
        for path in out.iterdir():
            path.unlink()
        if not there:
            shutil.rmtree(out)
        raise


def _write(
    out: Path, imported: Imported, region: str | None, since: datetime | None, size: int
) -> dict[str, Any]:
    """Write the folder, check that its scenario is valid, and return what is told of it."""
    from imgsim.logs.world import world_of
    from imgsim.logs.writing import hour_of, write, write_unread
    from imgsim.scenario.file import ScenarioError, load

    calls = imported.calls
    table = calls.table()
    times = table.column("time")
    first, last = times[0].as_py(), times[-1].as_py()
    start = hour_of(first) if since is None else max(since, hour_of(first))
    world = world_of(
        imported.answers, calls, start, imported.stand_ins, region=region, assumed_disk=size
    )
    said = remarks(world, imported, size)
    write(out, table, world, start, said)
    write_unread(out, imported.unread)
    try:
        load(out / "scenario.yaml")
    except ScenarioError as error:
        fail(["what was imported makes no valid scenario:", *error.messages])
    return facts(out, imported, world, (first, last), said)
