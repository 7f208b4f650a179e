"""What Describe answers have told so far: each thing once, however many pages name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from imgsim.logs.described import Described, Disk, Image, Instance, Snapshot


@dataclass
class Answers:
    """The described things by id; of several with one id the first counts."""

    images: dict[str, Image] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    disks: dict[str, Disk] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    duplicates: int = 0

    def add(self, thing: Described) -> None:
        """Take a thing, unless one of its kind and id is there."""
        if isinstance(thing, Image):
            self._add(self.images, thing.id, thing)
        elif isinstance(thing, Snapshot):
            self._add(self.snapshots, thing.id, thing)
        elif isinstance(thing, Disk):
            self._add(self.disks, thing.id, thing)
        else:
            self._add(self.instances, thing.id, thing)

    def _add(self, there: dict[str, Any], id: str, thing: Described) -> None:
        self.duplicates += id in there
        there.setdefault(id, thing)
