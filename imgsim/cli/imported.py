"""What ``imgsim import`` tells: what was read, assumed and left out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from imgsim.units import format_gib, format_instant

if TYPE_CHECKING:
    from imgsim.logs.imported import Imported
    from imgsim.logs.world import World

_OTHERS: Final = {
    "other": "other events",
    "delete": "DeleteImage events, which are not replayed",
    "dry run": "dry runs, which make nothing",
}
_ASSUMED: Final = {
    "instances": "instances that only calls name, assumed with a system disk of {}",
    "system disks": "system disks that no answer describes, assumed to have {}",
    "snapshots": "snapshots that only calls name, assumed to have {} or the Size of the call",
}
_MOST_REASONS: Final = 10


def remarks(world: World, imported: Imported, size: int) -> list[str]:
    """Return what was assumed or left out, each with its number."""
    disk = format_gib(size)
    told = [
        f"{_ASSUMED[kind].format(disk)}: {number}"
        for kind, number in world.assumed.items()
        if number
    ]
    told += [f"{what}: {number}" for what, number in world.remarks.items()]
    if imported.calls.newer:
        what = "calls with parameters that the model does not know (tags, families, devices)"
        told.append(f"{what}: {imported.calls.newer}")
    return told


def facts(
    out: Path,
    imported: Imported,
    world: World,
    span: tuple[datetime, datetime],
    said: list[str],
) -> dict[str, Any]:
    """Return what is told of an import as plain data."""
    calls, unread = imported.calls, imported.unread
    others = {what: imported.others[key] for key, what in _OTHERS.items()} | {
        "delivered twice, kept once": calls.duplicates,
        "before --start, left out": calls.early,
    }
    return {
        "schema_version": 1,
        "folder": str(out).encode("utf-8", "backslashreplace").decode(),
        "calls": calls.number,
        "first": format_instant(span[0]),
        "last": format_instant(span[1]),
        "others": others,
        "unread": len(unread),
        "unread_by_reason": unread_of(imported),
        "world": {
            "regions": len(world.quotas),
            "instances": len(world.instances),
            "snapshots": len(world.snapshots),
            "images": len(world.images),
        },
        "remarks": said,
    }


def unread_of(imported: Imported) -> list[dict[str, Any]]:
    """Return the reasons for which something was not read, most frequent first."""
    unread = imported.unread
    return [
        {"reason": reason, "number": number, "first": unread.first[reason]}
        for reason, number in unread.reasons.most_common()
    ]


def print_facts(told: dict[str, Any]) -> None:
    """Print what was read and written, as lines of at most 80 columns but for paths."""
    print(f"CreateImage calls: {told['calls']}, {told['first']} to {told['last']}")
    for what, number in told["others"].items():
        if number:
            print(f"  {what}: {number}")
    for line in unread_lines(told["unread_by_reason"]):
        print(f"  {line}")
    there = ", ".join(f"{what}: {number}" for what, number in told["world"].items())
    print(f"\nthe world at the start: {there}")
    for remark in told["remarks"]:
        print(fill(remark, 78, initial_indent="  ", subsequent_indent="    "))
    print("  image quotas and snapshot times are assumed: see world.yaml")
    print(f"\nimgsim run {Path(told['folder'], 'scenario.yaml')}")


def unread_lines(reasons: list[dict[str, Any]]) -> list[str]:
    """Return the number of what was not read, and its most frequent reasons, line by line."""
    if not reasons:
        return []
    lines = [f"not read, by reason: {sum(one['number'] for one in reasons)}"]
    lines += [
        f"  {one['reason']}: {one['number']}, first at {one['first']}"
        for one in reasons[:_MOST_REASONS]
    ]
    if len(reasons) > _MOST_REASONS:
        lines.append(f"  and {len(reasons) - _MOST_REASONS} more reasons")
    return lines
