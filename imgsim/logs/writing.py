"""What was imported -> a folder with a trace, a world, and a scenario that runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from imgsim.logs.unread import Unread
from imgsim.logs.world import World
from imgsim.units import format_duration, format_instant, microseconds_between

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*|\d+ GiB", re.ASCII)
_WORDS: Final = ("true", "false", "null", "yes", "no", "on", "off")
_HOUR: Final = timedelta(hours=1)

_SERVICE: Final = """\
    snapshot_service:           # a placeholder: no log of calls tells how long snapshots take;
                                # imgsim fit service finds it from times of your own images
      setup: 30s
      bandwidth: 1 GiB/s
      per_snapshot_rate: 100 MiB/s
    registration: 20s           # a placeholder too
"""


def hour_of(instant: datetime) -> datetime:
    """Return the begin of the calendar hour of an instant."""
    return instant.replace(minute=0, second=0, microsecond=0)


def write(
    folder: Path, table: pa.Table, world: World, start: datetime, remarks: Iterable[str]
) -> None:
    """Write ``calls.parquet``, ``world.yaml`` and ``scenario.yaml``; raise `OSError`."""
    from pyarrow import parquet

    parquet.write_table(table, folder / "calls.parquet")
    times = table.column("time")
    first, last = times[0].as_py(), times[-1].as_py()
    with (folder / "world.yaml").open("w", encoding="utf-8") as out:
        out.writelines(_world(world, start, remarks))
    horizon = format_duration(microseconds_between(start, hour_of(last) + _HOUR))
    with (folder / "scenario.yaml").open("w", encoding="utf-8") as out:
        out.write(_scenario(table.num_rows, first, last, start, horizon))


def write_unread(folder: Path, unread: Unread) -> None:
    """Write ``unread.csv``; raise `OSError`."""
    unread.write(folder / "unread.csv")


def _world(world: World, start: datetime, remarks: Iterable[str]) -> Iterator[str]:
    yield f"# The world at {format_instant(start)}, as imported.\n#\n"
    yield from (f"# {remark}\n" for remark in remarks)
    yield "# Instances are there from the start, with the status and locks that the answers told.\n"
    yield "\nregions:\n"
    for id, quota in world.quotas.items():
        yield f"  {_scalar(id)}:\n"
        yield f"    image_quota: {quota}".ljust(32) + "# assumed: no log tells it\n"
        yield _SERVICE
    for name in ("instances", "snapshots", "images"):
        if things := getattr(world, name):
            yield f"\n{name}:\n"
            yield from (f"  - {_flow(thing)}\n" for thing in things)


def _scenario(calls: int, first: datetime, last: datetime, start: datetime, horizon: str) -> str:
    return f"""\
# {calls} recorded calls, {_short(first)} to {_short(last)}, against the world of world.yaml.
#
#   imgsim run scenario.yaml
#
# Each row of calls.parquet is one call, those that were asked again too, so the clients here do not
# ask again. Images are kept: deletions are not in the trace. Say here when they were deleted.
imgsim: 1
extends: world.yaml             # what was assumed stands there
name: imported
description: What does the model make of the recorded calls?

start: {format_instant(start)}   # the hour of the first call
run:
  horizon: {horizon}
  seed: 1

load:
  recorded:
    arrivals: {{trace: {{file: calls.parquet}}}}
    # delete: {{after: 7d}}
"""


def _short(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%MZ}"


def _flow(value: Any) -> str:
    """Return plain data as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(text: str) -> str:
    """Return a text as a YAML scalar, in quotes where it could be read as anything else."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
