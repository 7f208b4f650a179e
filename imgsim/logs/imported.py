"""Files of any kind -> the calls, the described things, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from imgsim.logs.actiontrail import call_of
from imgsim.logs.answers import Answers
from imgsim.logs.calls import Calls
from imgsim.logs.described import described
from imgsim.logs.shapes import Thing, UnreadableError, found
from imgsim.logs.standins import StandIns
from imgsim.logs.unread import Unread
from imgsim.logs.values import Broken, values


@dataclass
class Imported:
    """All that was read; ``others`` counts events that are no calls, by what they are."""

    calls: Calls
    stand_ins: StandIns
    answers: Answers = field(default_factory=Answers)
    unread: Unread = field(default_factory=Unread)
    others: Counter[str] = field(default_factory=Counter)


def read(
    files: Iterable[Path],
    region: str | None = None,
    since: datetime | None = None,
    *,
    anonymous: bool = False,
    progress: Callable[[], object] | None = None,
) -> Imported:
    """Read events and Describe answers, told apart by their shape; raise `OSError`.

    ``region`` stands in where nothing tells one; calls before ``since`` are left out; ``anonymous``
    replaces image names and client tokens by numbers. ``progress`` is called for each value.
    """
    stand_ins = StandIns(anonymous=anonymous)
    imported = Imported(Calls(stand_ins, since), stand_ins)
    for file in files:
        empty = True
        for line, value in values(file):
            empty = False
            if progress is not None:
                progress()
            _take(imported, file, line, value, region)
        if empty:
            imported.unread.add(file, 1, "the file holds no JSON value")
    return imported


def _take(imported: Imported, file: Path, line: int, value: object, region: str | None) -> None:
    """Take a value apart and note what of it cannot be read."""
    if isinstance(value, Broken):
        imported.unread.add(file, line, value.reason, value.last)
        return
    try:
        for kind, thing, around in found(value):
            try:
                _take_one(imported, kind, thing, around, region)
            except UnreadableError as error:
                imported.unread.add(file, line, f"{kind}: {error}")
    except UnreadableError as error:
        imported.unread.add(file, line, str(error))


def _take_one(
    imported: Imported, kind: str, thing: Thing, around: object, region: str | None
) -> None:
    if kind != "event":
        imported.answers.add(described(kind, thing, around))
        return
    call = call_of(thing, region)
    if isinstance(call, str):
        imported.others[call] += 1
    else:
        imported.calls.add(call)
