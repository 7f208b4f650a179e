"""A second opinion on CreateImage: the whole rule book as one decision table.

Written from the documented call as an independent witness to the rule book of the package,
of which it imports nothing; used by tests only.

`observe` turns a call and the world into one flat record of facts; `TABLE` holds one row per
rule, a predicate over that record, in the order of checking; `judge` reads the table from the
top down.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple

Pairs = Sequence[tuple[str, str]]


@dataclass
class BoundToken:
    """What the first accepted call bound to its token: its pairs as sent, its image, when."""

    parameters: Pairs
    image: str
    bound_at: int


@dataclass
class Region:
    """A region: its quota and the images (id, name or None) that hold a slot and a name now."""

    image_quota: int
    images: Sequence[tuple[str, str | None]] = ()


@dataclass
class Instance:
    """An instance that exists; a released one is left out of the world."""

    region: str
    status: str = "Running"
    locks: AbstractSet[str] = frozenset()
    imaging_allowed: bool = True
    disks: tuple[str, ...] = ("disk",)


@dataclass
class Snapshot:
    """A snapshot; `size` in GiB, `created` aware, `status` usable only when `accomplished`."""

    region: str
    kind: Literal["system", "data"]
    size: int
    created: datetime
    status: str = "accomplished"
    imaging_allowed: bool = True
    disk: str | None = None


@dataclass
class Limits:
    """Limits that are not from the page; None where there is none."""

    calls_per_minute: int | None = None
    snapshots_in_progress: int | None = None
    snapshots_per_disk: int | None = None


@dataclass
class World:
    """All that a call is judged against; instants and lifetimes in microseconds, sizes in GiB."""

    balance: int
    minimum_balance: int
    payment_method_valid: bool
    snapshot_service_open: bool
    token_lifetime: int
    tokens: Mapping[str, BoundToken] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    instances: Mapping[str, Instance] = field(default_factory=dict)
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    cut_off: datetime = datetime(2013, 7, 16, tzinfo=UTC)
    smallest_disk: int = 5
    largest_disk: int = 20000
    limits: Limits = field(default_factory=Limits)
    earlier_calls: Sequence[tuple[str, int]] = ()
    """Region and instant of the calls before this one; scenarios begin with a minute."""


class Opinion(NamedTuple):
    """The verdict; `faults` in the order of checking when denied, `image` when replayed."""

    status: Literal["accepted", "replayed", "denied"]
    faults: tuple[str, ...] = ()
    image: str | None = None


# The letters (categories Lo, Lm and Nl) of Unicode scripts, as inclusive ranges of code points. Not
# here: radicals, circled and squared katakana (So), both middle dots and both long vowel marks.
HAN = """3005 3007 3021-3029 3038-303B 3400-4DBF 4E00-9FFF F900-FA6D FA70-FAD9 16FE3
    20000-2A6DF 2A700-2B739 2B740-2B81D 2B820-2CEA1 2CEB0-2EBE0 2EBF0-2EE5D 2F800-2FA1D
    30000-3134A 31350-323AF"""
HIRAGANA = "3041-3096 309D-309F 1B001-1B11F 1B132 1B150-1B152"
KATAKANA = """30A1-30FA 30FD-30FF 31F0-31FF FF66-FF6F FF71-FF9D 1AFF0-1AFF3 1AFF5-1AFFB 1AFFD-1AFFE
    1B000 1B120-1B122 1B155 1B164-1B167"""
LONG_VOWEL_MARKS = "30FC FF70"


def _members(ranges: str) -> str:
    """Return the inside of a regular expression's character class for ranges in hexadecimal."""
    return "".join(re.sub("[0-9A-F]+", lambda code: rf"\U{code[0]:0>8}", ranges).split())


LETTER = "A-Za-z" + _members(HAN) + _members(HIRAGANA) + _members(KATAKANA)
NAME = re.compile(f"[{LETTER}][{LETTER}{_members(LONG_VOWEL_MARKS)}0-9:_\\-]{{1,127}}")
VERSION = re.compile("[A-Za-z0-9]{1,40}")
SIZE = re.compile("0|[1-9][0-9]*")
MEMBER = re.compile(r"DiskDeviceMapping\.([1-9]|1[0-7])\.(Size|SnapshotId)")
PLAIN = {"RegionId", "SnapshotId", "InstanceId", "ImageName", "ImageVersion", "Description"}
WEB = ("http://", "https://")


class Facts(NamedTuple):
    """Everything the table asks about, flat; what is absent, or cannot be looked up, is empty."""

    action: str
    region_given: bool
    region_known: bool
    stray_members: bool
    token: str
    asked_before: Literal["never", "the same", "otherwise"]
    approach: Literal["instance", "mapping", "snapshot", "none"]
    name: str | None
    version: str | None
    description: str
    service_open: bool
    solvent: bool
    instances_missing: int
    instances: tuple[Instance, ...]
    snapshots_missing: int
    snapshots: tuple[Snapshot, ...]
    system_at: tuple[int, ...]
    oldest_allowed: datetime
    sizes_outside: bool
    sizes_below: bool
    names_held: frozenset[str]
    slots_left: int | None
    calls_over: int
    progressing_over: int
    fullest_disk_over: int


def _as_sent(pairs: Pairs) -> dict[str, str]:
    """Return the first value of each name."""
    return dict(reversed(pairs))


def _compared(pairs: Pairs) -> set[tuple[str, str]]:
    """Return what a token is compared by: the documented parameters, empty ones included."""
    return {p for p in _as_sent(pairs).items() if p[0] in PLAIN or MEMBER.fullmatch(p[0])}


def _fits(size: str, smallest: int, largest: int) -> bool:
    """Tell whether a size is a canonical integer within the range, however many digits it has."""
    return bool(SIZE.fullmatch(size)) and len(size) < 19 and smallest <= int(size) <= largest


def _or(limit: int | None, otherwise: int) -> int:
    return otherwise if limit is None else limit


def observe(world: World, pairs: Pairs, now: int) -> Facts:
    """Return the facts of a call; nothing is refused here and nothing raises."""
    sent = _as_sent(pairs)
    given = {name: value for name, value in sent.items() if value}
    place = given.get("RegionId", "")
    region = world.regions.get(place) if place else None

    token = given.get("ClientToken", "")
    bound = world.tokens.get(token) if token else None
    asked_before: Literal["never", "the same", "otherwise"] = "never"
    if bound and now < bound.bound_at + world.token_lifetime:
        same = _compared(bound.parameters) == _compared(pairs)
        asked_before = "the same" if same else "otherwise"

    members = {(int(m[1]), m[2]): given[m[0]] for m in map(MEMBER.fullmatch, given) if m}
    approach: Literal["instance", "mapping", "snapshot", "none"] = (
        "instance" if "InstanceId" in given
        else "mapping" if members
        else "snapshot" if "SnapshotId" in given
        else "none"
    )  # fmt: skip
    disks = sorted({n for n, _ in members}) if approach == "mapping" else []
    sizes = {n: members[n, "Size"] for n in disks if (n, "Size") in members}
    wanted = {n: members[n, "SnapshotId"] for n in disks if (n, "SnapshotId") in members}
    if approach == "snapshot":
        wanted = {1: given["SnapshotId"]}
    here = {i: s for i, s in world.snapshots.items() if region and s.region == place}
    found = {n: here[i] for n, i in wanted.items() if i in here}
    hosts = [given["InstanceId"]] if approach == "instance" and region else []
    servers = [world.instances[i] for i in hosts if i in world.instances]
    servers = [server for server in servers if server.region == place]
    limits, unlimited = world.limits, 10**9
    this_minute = [r for r, at in world.earlier_calls if at // 60_000_000 == now // 60_000_000]
    progressing = [s for s in world.snapshots.values() if s.status == "progressing"]
    of_disk = Counter(s.disk for s in world.snapshots.values() if s.status != "failed")
    disks_to_do = [disk for server in servers for disk in server.disks]
    return Facts(
        action=sent.get("Action", "CreateImage"),
        region_given=bool(place),
        region_known=region is not None,
        stray_members=any(
            n.startswith("DiskDeviceMapping.") and not MEMBER.fullmatch(n) for n in sent
        ),
        token=token,
        asked_before=asked_before,
        approach=approach,
        name=sent.get("ImageName"),
        version=sent.get("ImageVersion"),
        description=sent.get("Description", ""),
        service_open=world.snapshot_service_open,
        solvent=world.balance >= world.minimum_balance and world.payment_method_valid,
        instances_missing=len(hosts) - len(servers),
        instances=tuple(servers),
        snapshots_missing=len(wanted) - len(found) if region else 0,
        snapshots=tuple(found.values()),
        system_at=tuple(n for n, snapshot in found.items() if snapshot.kind == "system"),
        oldest_allowed=world.cut_off,
        sizes_outside=any(
            not _fits(s, world.smallest_disk, world.largest_disk) for s in sizes.values()
        ),
        sizes_below=any(_fits(s, 0, found[n].size - 1) for n, s in sizes.items() if n in found),
        names_held=frozenset(name for _, name in (region.images if region else ()) if name),
        slots_left=region.image_quota - len(region.images) if region else None,
        calls_over=this_minute.count(place) + 1 - _or(limits.calls_per_minute, unlimited)
        if region
        else 0,
        progressing_over=len(progressing)
        + len(disks_to_do)
        - _or(limits.snapshots_in_progress, unlimited)
        if servers
        else 0,
        fullest_disk_over=max((of_disk[d] + 1 for d in disks_to_do), default=0)
        - _or(limits.snapshots_per_disk, unlimited)
        if disks_to_do
        else 0,
    )


class Row(NamedTuple):
    """One rule: its name, its row on the page if it has one, its answer and when it fires."""

    fault: str
    row: int | None
    http_status: int
    code: str
    fires: Callable[[Facts], bool]


# fmt: off
TABLE: tuple[Row, ...] = (
    # Does the account call too often.
    Row("call_is_throttled", None, 400, "Throttling.User",
        lambda f: f.calls_over > 0),
    # What the request alone shows.
    Row("action_is_not_create_image", None, 400, "InvalidParameter",
        lambda f: f.action != "CreateImage"),
    Row("region_is_missing", None, 400, "MissingParameter",
        lambda f: not f.region_given),
    Row("disk_index_is_out_of_range", None, 400, "InvalidParameter",
        lambda f: f.stray_members),
    Row("token_is_malformed", None, 400, "InvalidParameter",
        lambda f: len(f.token) > 64 or not f.token.isascii()),
    Row("no_source_is_given", 10, 400, "MissingParameter",
        lambda f: f.approach == "none"),
    Row("image_name_is_malformed", 5, 400, "InvalidImageName.Malformed",
        lambda f: f.name is not None and (not NAME.fullmatch(f.name) or f.name.startswith(WEB))),
    Row("image_version_is_malformed", 6, 400, "InvalidImageVersion.Malformed",
        lambda f: f.version is not None and not VERSION.fullmatch(f.version)),
    Row("description_is_malformed", 3, 400, "InvalidDescription.Malformed",
        lambda f: len(f.description) > 256 or f.description.startswith(WEB)),
    # Has it been asked before, does the place exist, may the account.
    Row("token_was_used_with_other_parameters", 15, 403, "InvalidParamter.Conflict",
        lambda f: f.asked_before == "otherwise"),
    Row("region_is_unknown", 21, 404, "InvalidRegionId.NotFound",
        lambda f: f.region_given and not f.region_known),
    Row("snapshot_service_is_not_open", 14, 403, "InvalidAccountStatus.SnapshotServiceUnavailable",
        lambda f: not f.service_open),
    Row("balance_is_insufficient", 13, 403, "Invalidaccountant status.",
        lambda f: not f.solvent),
    # The instance.
    Row("instance_is_unknown", 7, 400, "InvalidInstanceId.NotFound",
        lambda f: f.instances_missing > 0),
    Row("instance_may_not_be_imaged", 8, 400, "InvalidInstanceId.ValueNotSupported",
        lambda f: any(not i.imaging_allowed for i in f.instances)),
    Row("instance_is_locked_for_security", 2, 400, "InstanceLockedForSecurity",
        lambda f: any("security" in i.locks for i in f.instances)),
    Row("instance_is_neither_running_nor_stopped", 1, 400, "IncorrectInstanceStatus",
        lambda f: any(i.status not in {"Running", "Stopped"} for i in f.instances)),
    Row("too_many_snapshots_are_in_progress", None, 403, "TooManySnapshot.Unfinished",
        lambda f: f.progressing_over > 0),
    Row("disk_has_too_many_snapshots", None, 403, "QuotaExceed.Snapshot",
        lambda f: f.fullest_disk_over > 0),
    # The snapshots: of the mapping, or the one given by SnapshotId.
    Row("snapshot_is_unknown", 22, 404, "InvalidSnapshotId.NotFound",
        lambda f: f.approach == "snapshot" and f.snapshots_missing > 0),
    Row("mapped_snapshot_is_unknown", 23, 404, "InvalidSnapshotId.NotFound",
        lambda f: f.approach == "mapping" and f.snapshots_missing > 0),
    Row("no_system_disk_snapshot_is_mapped", 11, 400, "OperationDenied",
        lambda f: f.approach == "mapping" and f.region_known and not f.system_at),
    Row("several_system_disk_snapshots_are_mapped", 12, 400, "OperationDenied",
        lambda f: f.approach == "mapping" and len(f.system_at) > 1),
    Row("snapshot_is_not_of_a_system_disk", 19, 403, "OperationDenied",
        lambda f: (f.approach == "snapshot" and any(s.kind != "system" for s in f.snapshots))
        or (f.approach == "mapping" and len(f.system_at) == 1 and f.system_at != (1,))),
    Row("snapshot_may_not_be_imaged", 18, 403, "OperationDenied",
        lambda f: any(not s.imaging_allowed for s in f.snapshots)),
    Row("snapshot_is_too_old", 16, 403, "InvalidSnapshot.TooOld",
        lambda f: any(s.created < f.oldest_allowed for s in f.snapshots)),
    Row("disk_size_is_out_of_range", 9, 400, "InvalidSize.ValueNotSupported",
        lambda f: f.sizes_outside or f.sizes_below),
    Row("snapshot_is_not_ready", 17, 403, "InvalidSnapshotId.NotReady",
        lambda f: any(s.status != "accomplished" for s in f.snapshots)),
    # Is there room.
    Row("image_name_is_taken", 4, 400, "InvalidImageName.Duplicated",
        lambda f: f.name is not None and f.name in f.names_held),
    Row("image_quota_is_exhausted", 20, 403, "QuotaExceed.Image",
        lambda f: f.slots_left is not None and f.slots_left <= 0),
)
# fmt: on
ASKED_BEFORE_A_REPLAY = [row.row for row in TABLE].index(15)


def judge(world: World, pairs: Pairs, now: int) -> Opinion:
    """Return the verdict on a call: accepted, replayed, or denied with all its faults."""
    facts = observe(world, pairs, now)
    fires = [row.fires(facts) for row in TABLE]
    if facts.asked_before == "the same" and not any(fires[:ASKED_BEFORE_A_REPLAY]):
        return Opinion("replayed", image=world.tokens[facts.token].image)
    if any(fires):
        return Opinion("denied", tuple(r.fault for r, f in zip(TABLE, fires, strict=True) if f))
    return Opinion("accepted")
