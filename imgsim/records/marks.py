"""What is told of things whose rows are written already: kept apart, so that rows stay append-only.

It is shown as columns of the tables, and counted by measures; it makes no table of its own.
"""

from __future__ import annotations

from typing import Final

from imgsim.records.rows import Field, Kind, Table

DELETIONS: Final = Table(
    "deletions",
    (
        Field("what", Kind.CHOICE, "what was deleted", ("image", "snapshot")),
        Field("number", Kind.COUNT, "its number"),
        Field("deleted_at", Kind.INSTANT, "when"),
    ),
)
"""Shown as ``deleted_at`` of images and snapshots."""

ORPHANS: Final = Table(
    "orphans",
    (
        Field("number", Kind.COUNT, "number of the image"),
        Field("orphaned_at", Kind.INSTANT, "when its client turned away"),
    ),
)
"""Images that their clients have left behind: ``orphaned_at`` of images."""

OPEN_USES: Final = Table(
    "open_uses",
    (Field("intent", Kind.COUNT, "intent whose image is still to be used when the run ends"),),
)
"""Uses that were not tried before the run ended."""
