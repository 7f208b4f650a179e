"""What chance decides about an image: drawn when its call is accepted, all at once.

Service draws are of the intent and the disk; failures of the intent, the attempt and the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.chance.streams import BLOCK, Chance, Draws

if TYPE_CHECKING:
    from imgsim.chance.distributions import Distribution
    from imgsim.processes.service import SnapshotService
    from imgsim.processes.snapshotting import SnapshotTask


class ImageLuck:
    """The draws of one load stream in one region."""

    def __init__(
        self,
        chance: Chance,
        stream: str,
        service: SnapshotService,
        registration: Distribution[int],
        block: int = BLOCK,
    ) -> None:
        self._chance = chance
        self._stream = stream
        self._spec = service.spec
        self._block = block
        self._registration = chance.durations(f"{stream}/registration", registration, block)
        self._disks = 0
        self._durations: list[Draws[int]] = []
        self._setups: list[Draws[int]] = []
        self._noises: list[Draws[float]] = []
        self._failures: dict[tuple[int, int], Draws[float]] = {}
        self._may_fail = service.may_fail

    def registration(self, ordinal: int) -> int:
        """Return the time from the last snapshot to the end, in microseconds."""
        return self._registration.at(ordinal)

    def decide(self, task: SnapshotTask, ordinal: int, attempt: int, disk: int) -> None:
        """Give the snapshot of the instance's disk number ``disk``, from 0, its luck."""
        if disk >= self._disks:
            self._add_disks(disk)
        if self._may_fail:
            task.luck = self._luck(ordinal, attempt, disk)
        if self._durations:
            task.duration = self._durations[disk].at(ordinal)
            return
        if self._noises:
            task.noise = self._noises[disk].at(ordinal)
        if self._setups:
            task.setup = max(round(self._setups[disk].at(ordinal) * task.noise), 1)

    def _add_disks(self, up_to: int) -> None:
        while self._disks <= up_to:
            self._add_disk(self._disks)
            self._disks += 1

    def _add_disk(self, disk: int) -> None:
        chance, spec, block = self._chance, self._spec, self._block
        for what, law, draws in (
            ("duration", spec.duration, self._durations),
            ("setup", spec.setup, self._setups),
        ):
            if law is not None:
                purpose = f"{self._stream}/snapshot {what}/disk {disk}"
                draws.append(chance.durations(purpose, law, block))
        if spec.noise is not None:
            purpose = f"{self._stream}/snapshot noise/disk {disk}"
            self._noises.append(chance.factors(purpose, spec.noise, block))

    def _luck(self, ordinal: int, attempt: int, disk: int) -> float:
        draws = self._failures.get((attempt, disk))
        if draws is None:
            purpose = f"{self._stream}/snapshot failure/attempt {attempt}/disk {disk}"
            draws = self._failures[attempt, disk] = self._chance.shares(purpose, self._block)
        return draws.at(ordinal)
