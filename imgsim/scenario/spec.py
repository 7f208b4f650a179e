"""What a scenario file may say. Unknown keys are errors; each field's docstring describes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from imgsim.chance.distributions import Constant, DurationDistribution
from imgsim.cloud.cloud import ISSUED
from imgsim.cloud.lifecycle import ImageStatus, InstanceStatus, SnapshotStatus
from imgsim.fields import Bytes, Count, Duration, Flag, Gib, Instant, Money, Number, Share, Warmup
from imgsim.processes.registry import AnyProcess
from imgsim.processes.service import ServiceSpec
from imgsim.scenario.tolerance import AsTolerance
from imgsim.units import CNY, DAY, SECOND, parse_count
from imgsim.workload.clients import Client, Deletion
from imgsim.workload.mix import Ask
from imgsim.workload.patterns import Pattern
from imgsim.workload.uses import Use


def _not_issued(id: str) -> str:
    if ISSUED.fullmatch(id):
        raise PydanticCustomError(
            "id", "ids of the shape {id} are issued by the simulator; use another", {"id": id}
        )
    return id


Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]*$"),
    AfterValidator(_not_issued),
]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]


_LARGEST_DISK = 2**20
"""GiB."""


class Spec(BaseModel):
    """Strict and frozen: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Limits(Spec):
    """Limits of the account that are not from the page; their rules are asked where one is set."""

    calls_per_minute: Count | None = None
    """CreateImage calls in a region in a calendar minute; further ones are throttled."""
    snapshots_in_progress: Count | None = None
    """Snapshots in progress in all regions, those that wait included."""
    snapshots_per_disk: Count | None = None
    """Snapshots of one disk, kept or in progress."""


class Account(Spec):
    """The account that calls."""

    balance: Money = 1000 * CNY
    """Opening balance."""
    minimum_balance: Money = CNY // 100
    """Calls are denied while the balance is below it."""
    payment_method_valid: Flag = True
    """Calls are denied without a valid payment method."""
    snapshot_service_open: Flag = True
    """Calls are denied until the account has opened the snapshot service."""
    limits: Limits | None = None
    """Further limits, with denials that the page does not know; left out: none."""


class Region(Spec):
    """A region of the account."""

    image_quota: Count = 100
    """How many images the account may hold in the region."""
    snapshot_service: ServiceSpec
    """The snapshot service of the region."""
    registration: DurationDistribution = Constant(SECOND)
    """From the last snapshot's end, or the call when there are none, to Available."""


class Disk(Spec):
    """A disk of an instance."""

    id: Id | None = None
    """Id; by default that of the instance with the number of the disk behind it."""
    kind: Literal["system", "data"]
    """One disk of an instance is its system disk."""
    size: Gib
    """Size in whole GiB."""
    used: Bytes | None = None
    """Bytes in use, which a first snapshot moves; by default the whole disk."""

    @model_validator(mode="after")
    def _used_fits(self) -> Disk:
        if not 1 <= self.size <= _LARGEST_DISK:
            raise ValueError("size must lie between 1 GiB and 1024 TiB")
        if self.used is not None and self.used > self.size << 30:
            raise ValueError("used must be at most the size")
        return self


class Instance(Spec):
    """An instance, or a group of like ones. Give ``id``, or ``group`` and ``count``."""

    id: Id | None = None
    """Id of the one instance."""
    group: Name | None = None
    """Name of the group; ids are the name, a hyphen and a number from 1."""
    count: Count | None = None
    """How many instances the group has."""
    region: str
    """Region of the instance."""
    status: InstanceStatus = InstanceStatus.RUNNING
    """Status at the start; Pending, Starting and Stopping stay so until a verb moves them."""
    locks: tuple[str, ...] = ()
    """Reasons of the OperationLocks; only security denies."""
    imaging_allowed: Flag = True
    """Whether images may be made from it."""
    disks: tuple[Disk, ...]
    """The disks; exactly one is the system disk."""

    @model_validator(mode="after")
    def _one_or_group(self) -> Instance:
        if (self.id is None) == (self.group is None or self.count is None):
            raise ValueError("give id for one instance, or group and count for several")
        if self.id is not None and self.count is not None:
            raise ValueError("count goes with group alone, not with id")
        if sum(disk.kind == "system" for disk in self.disks) != 1:
            raise ValueError("exactly one disk has kind: system")
        if len(self.disks) > 17:
            raise ValueError("an instance has at most 17 disks: a system disk and 16 data disks")
        if self.id is None and any(disk.id is not None for disk in self.disks):
            raise ValueError("disks of a group of instances have no ids of their own")
        return self

    @property
    def ordered_disks(self) -> list[Disk]:
        """The disks as they are numbered from 1: the system disk, then the others in order."""
        return sorted(self.disks, key=lambda disk: disk.kind != "system")

    def disk_ids(self, id: str) -> list[str]:
        """Return the ids of the disks of the instance with this id, as they are numbered."""
        return [
            disk.id or f"{id}-disk-{number}" for number, disk in enumerate(self.ordered_disks, 1)
        ]

    def ids(self) -> list[str]:
        """Return the ids of the instances."""
        if self.id is not None:
            return [self.id]
        return [f"{self.group}-{number}" for number in range(1, (self.count or 0) + 1)]


class Snapshot(Spec):
    """A snapshot, or ``count`` unnamed ones, that are there from the beginning.

    Give ``disk``, or region, kind and size; and ``created`` or ``age``.
    """

    id: Id | None = None
    """Id; by default one that the simulator issues."""
    count: Count = 1
    """How many such snapshots there are; more than one have no id."""
    disk: str | None = None
    """Disk of an instance it was taken of; the first one of the disk makes later ones smaller."""
    region: str | None = None
    """Region; by default that of the disk."""
    kind: Literal["system", "data"] | None = None
    """Kind of the disk it was taken of."""
    size: Gib | None = None
    """Size of the disk it was taken of."""
    created: Instant | None = None
    """When it was created; or give age."""
    age: DurationDistribution | None = None
    """How old the snapshots are at the start, drawn for each."""
    status: SnapshotStatus = SnapshotStatus.ACCOMPLISHED
    """Status at the start; progressing stays so until it is finished by a verb."""
    imaging_allowed: Flag = True
    """Whether images may be made from it."""

    @model_validator(mode="after")
    def _of_disk_or_described(self) -> Snapshot:
        described = [field is not None for field in (self.region, self.kind, self.size)]
        if (self.disk is None and not all(described)) or (self.disk is not None and any(described)):
            raise ValueError("give disk alone, or region, kind and size")
        if self.count != 1 and self.id is not None:
            raise ValueError("id goes with a single snapshot, not with count")
        if (self.created is None) == (self.age is None):
            raise ValueError("give created or age")
        return self


class Image(Spec):
    """An image, or ``count`` unnamed ones, that are there from the beginning."""

    id: Id | None = None
    """Id; by default one that the simulator issues."""
    count: Count = 1
    """How many such images there are; more than one have neither id nor name."""
    region: str
    """Region whose quota they take."""
    name: Annotated[str, StringConstraints(min_length=1)] | None = None
    """ImageName, taken until the image is deleted."""
    source: str | None = None
    """Id of the instance or snapshot it was made from."""
    snapshots: tuple[str, ...] = ()
    """Ids of the snapshots that were made for it; they cannot be deleted before it."""
    created: Instant | None = None
    """When it was created; or give age."""
    age: DurationDistribution | None = None
    """How old the images are at the start, drawn for each."""
    status: ImageStatus = ImageStatus.AVAILABLE
    """Status at the start; Creating stays so."""

    @model_validator(mode="after")
    def _one_or_many(self) -> Image:
        if self.count != 1 and (self.id is not None or self.name is not None):
            raise ValueError("id and name go with a single image, not with count")
        if self.count != 1 and self.snapshots:
            raise ValueError("snapshots go with a single image, not with count")
        if self.created is not None and self.age is not None:
            raise ValueError("give created or age, not both")
        return self


class Rules(Spec):
    """Parameters of our readings of the page."""

    too_old_before: Instant = datetime(2013, 7, 16, tzinfo=UTC)
    """A snapshot created before this instant is too old (row 16)."""
    token_lifetime: Duration = DAY
    """How long a ClientToken is remembered."""
    lock_stops_imaging: Flag = False
    """Whether a security lock fails an image that is being made."""


class Replications(Spec):
    """How many replications a study has: a whole number, or as many as a precision takes."""

    model_config = ConfigDict(json_schema_extra={"type": ["integer", "object"]})

    until: Mapping[str, AsTolerance] = {}
    """Wanted half-width of the interval, by name of the measure: a number in its unit, or a
    percentage of its mean. Left out: all replications are made."""
    at_most: Count = 500
    """No more replications than these."""

    @model_validator(mode="before")
    @classmethod
    def _number_alone(cls, said: Any) -> Any:
        return {"at_most": parse_count(said)} if isinstance(said, (int, float, str)) else said

    @model_validator(mode="after")
    def _tell_of_luck(self) -> Replications:
        if not all(tolerance.amount for tolerance in self.until.values()):
            raise ValueError("a half-width must be above 0")
        if self.at_most < 2:
            raise ValueError("must be 2 or more: one replication tells nothing of its own luck")
        if self.until and self.at_most < 20:
            raise ValueError("at_most must be 20 or more: a first look is taken at 20 replications")
        return self


class Run(Spec):
    """How long, with which luck, and how often."""

    horizon: Duration | None = None
    """Arrivals stop here; may be left out when all load ends by itself."""
    drain: Duration = 30 * DAY
    """How long beyond the horizon, or without one beyond the end of the load, the run goes on until
    nothing is in progress."""
    kind: Literal["terminating", "steady-state"] = "terminating"
    """Whether the run has an end of its own, such as a night, or shows a part of what goes on."""
    warmup: Warmup = 0
    """Cut when measuring: intents by first arrival, levels by time. With auto a study finds it from
    20 replications (steady-state only); a single run cuts nothing then."""
    seed: Count = 1
    """Fixes every draw, with the number of the replication."""
    replications: Replications | None = None
    """How many replications a study has, or until when it adds some."""
    confidence: Share = Fraction(95, 100)
    """Share of studies whose interval holds the true value."""

    @property
    def cut(self) -> int:
        """The warm-up in microseconds; 0 while it is not yet found."""
        return 0 if isinstance(self.warmup, str) else self.warmup

    @model_validator(mode="after")
    def _warm_before_horizon(self) -> Run:
        if self.horizon is not None and (self.horizon < 1 or self.cut >= self.horizon):
            raise ValueError("horizon must be above 0 and behind warmup")
        return self

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Run:
        if self.warmup == "auto" and self.kind != "steady-state":
            raise ValueError("warmup: auto goes with kind: steady-state")
        if self.kind == "steady-state" and self.horizon is None:
            raise ValueError("a steady-state run needs a horizon")
        if not Fraction(1, 2) <= self.confidence < 1:
            raise ValueError("confidence must be at least 50% and below 100%")
        return self


class Stream(Spec):
    """A load stream: when calls arrive, what they ask for, what becomes of the images."""

    arrivals: Pattern
    """When calls arrive."""
    mix: tuple[Ask, ...] = ()
    """What they ask for; may be left out when a trace tells it."""
    scale: Number = 1.0
    """So many times the load, with the same luck for the calls that were there before; 0 is none.
    Rates are multiplied and gaps divided; where calls stand at given instants (cron, trace, the
    calls of a burst) each is made floor(scale) times and once more with the probability of the
    rest; of a closed loop the number of clients is multiplied and rounded, to at least one."""
    mistakes: Mapping[str, Share] = {}
    """Shares of the calls that are broken so that a rule denies them, by name of the rule."""
    client: Client = Client()
    """How clients wait for their images, ask again and give up."""
    delete: Deletion | None = None
    """Clients delete their images; left out: they keep them."""
    use: Use | None = None
    """Clients use the images that they have asked for; left out: they do not."""

    @property
    def carries_tokens(self) -> bool:
        """Whether its calls carry a ClientToken of their own."""
        return self.client.whole.token not in (None, "none")

    @model_validator(mode="after")
    def _can_be_scaled(self) -> Stream:
        self.arrivals.check_scale(self.scale)
        return self


class Scenario(Spec):
    """A scenario: the initial world, the load, and how to run it."""

    imgsim: Literal[1]
    """Version of the format."""
    name: Name
    """Name; results lie in a folder of this name."""
    description: str = ""
    """The question that the scenario answers."""
    start: Instant = datetime(2026, 1, 5, tzinfo=UTC)
    """Calendar instant at which simulated time begins; a Monday by default."""
    run: Run = Run()
    """How long, and with which luck."""
    account: Account = Account()
    """The account that calls."""
    regions: Annotated[Mapping[Name, Region], Field(min_length=1)]
    """The regions by RegionId."""
    instances: tuple[Instance, ...] = ()
    """The instances."""
    snapshots: tuple[Snapshot, ...] = ()
    """Snapshots that are there from the beginning."""
    images: tuple[Image, ...] = ()
    """Images that are there from the beginning."""
    rules: Rules = Rules()
    """Parameters of our readings of the page."""
    load: Mapping[Name, Stream] = {}
    """The load streams by name."""
    processes: Mapping[Name, AnyProcess] = {}
    """What goes on around the calls, by name: locks, money, retention, faults and so on."""

    @classmethod
    def from_mapping(
        cls, data: Mapping[str, Any], overrides: Mapping[str, Any] | None = None
    ) -> Scenario:
        """Return the scenario of a mapping with the same keys as a file.

        ``overrides`` sets values by dotted path. Raises `ScenarioError` with every fault.
        """
        from imgsim.scenario.file import from_mapping

        return from_mapping(data, overrides)

    def plain(self) -> dict[str, Any]:
        """Return the whole scenario, defaults included, as a file would say it."""
        return self.model_dump(mode="json", exclude_none=True)

    @property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of what a run depends on.

        Name and description have no effect on it, nor how often it is run and what is cut.
        Of files that the scenario names, the content counts and not the path.
        """
        said = self.model_dump(
            mode="json", exclude_none=True, exclude=_NO_EFFECT, context={"files": "content"}
        )
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


_NO_EFFECT: Final[Any] = {
    "name": True,
    "description": True,
    "run": {"warmup": True, "replications": True, "confidence": True},
}
