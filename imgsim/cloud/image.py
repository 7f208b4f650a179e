"""A custom image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.cloud.lifecycle import IMAGE_MOVES, IllegalMove, ImageStatus

if TYPE_CHECKING:
    from imgsim.cloud.region import Region
    from imgsim.cloud.snapshot import Snapshot


class Image:
    """A custom image: instants in microseconds since the scenario's start.

    Reading: name and quota slot are held from acceptance until the image is deleted, by failed
    images too.
    """

    __slots__ = (
        "created",
        "ended",
        "intent",
        "made_snapshots",
        "name",
        "number",
        "region",
        "snapshots",
        "source",
        "status",
        "stream",
        "text",
        "uses",
    )

    def __init__(
        self,
        number: int,
        region: Region,
        created: int,
        *,
        name: str | None = None,
        source: str | None = None,
        status: ImageStatus = ImageStatus.CREATING,
        text: str | None = None,
    ) -> None:
        self.number = number
        self.region = region
        self.created = created
        self.name = name
        self.source = source
        """Id of the instance or snapshot it is made from; None for a mapping or an initial one."""
        self.status = status
        self.text = text
        self.ended: int | None = None
        """When it became Available or CreateFailed."""
        self.intent: int | None = None
        """Number of the intent that asked for it."""
        self.stream: str | None = None
        """Load stream of the intent; None for those asked for by hand and for initial ones."""
        self.uses = 0
        """How many uses of it were granted."""
        self.snapshots: tuple[Snapshot, ...] = ()
        """The snapshots behind it."""
        self.made_snapshots = False
        """Whether they were made for it, and not there before."""

    @property
    def id(self) -> str:
        """The id: the scenario's own, else one issued from the number."""
        return self.text or f"m-{self.number:09d}"

    def become(self, status: ImageStatus) -> None:
        """Move along the table of legal moves; raise `IllegalMove` elsewhere."""
        if status not in IMAGE_MOVES[self.status]:
            raise IllegalMove(f"image {self.id}", self.status, status)
        self.status = status
        if status is ImageStatus.CREATE_FAILED:
            self.let_go()

    def stand_on(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Keep the snapshots from being deleted until the image fails or is deleted."""
        self.snapshots = snapshots
        for snapshot in snapshots:
            snapshot.images += 1

    def let_go(self) -> None:
        """Let the snapshots be deleted; who made them for the image still finds them."""
        for snapshot in self.snapshots:
            snapshot.images -= 1
