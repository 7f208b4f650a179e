"""Worlds, requests and faults that the tests of the entry point share.

`simulation` makes a small scenario to call by hand. `Case` holds one call and its world twice: as
the second opinion sees them, and by `Case.call` as the package does. `cases` draws them, so that
every rule of the book denies in a fair share.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api import second_opinion as second
from hypothesis import strategies as st

import imgsim
from imgsim.api.call import Call
from imgsim.api.request import CreateImageRequest
from imgsim.api.rules import RULEBOOK
from imgsim.api.verdict import Verdict
from imgsim.cloud.account import Account, BoundToken
from imgsim.cloud.cloud import Cloud
from imgsim.cloud.disk import Disk
from imgsim.cloud.image import Image
from imgsim.cloud.instance import Instance
from imgsim.cloud.lifecycle import ImageStatus, InstanceStatus, SnapshotStatus
from imgsim.cloud.limits import Limits
from imgsim.cloud.snapshot import Snapshot

HERE, THERE = "cn-hangzhou", "cn-beijing"
START = datetime(2018, 3, 1, tzinfo=UTC)
DAY, MINUTE = 86_400_000_000, 60_000_000
FIRST_ALLOWED = datetime(2013, 7, 16, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# Worlds to call by hand.

_REGION = {"image_quota": 10, "snapshot_service": {"slots": 20, "duration": "5m"}}
_SYSTEM, _DATA = {"kind": "system", "size": "40 GiB"}, {"kind": "data", "size": "100 GiB"}


def _snapshot(id: str, region: str, disk: Mapping[str, str]) -> dict[str, Any]:
    return {"id": id, "region": region, "created": "2018-01-10T03:04:05Z", **disk}


SCENARIO = {
    "imgsim": 1,
    "name": "examples",
    "start": "2018-03-01T00:00:00Z",
    "regions": {HERE: _REGION, THERE: _REGION},
    "instances": [
        {"id": "i-1", "region": HERE, "disks": [_SYSTEM, _DATA]},
        {"id": "i-away", "region": THERE, "disks": [_SYSTEM]},
    ],
    "snapshots": [
        _snapshot("s-system", HERE, _SYSTEM),
        _snapshot("s-data", HERE, _DATA),
        _snapshot("s-system-2", HERE, _SYSTEM),
        _snapshot("s-away", THERE, _SYSTEM),
        _snapshot("s-full", HERE, {"kind": "data", "size": "20000 GiB"}),
    ],
    "images": [
        {"id": "golden", "region": HERE, "name": "golden"},
        {"id": "golden-away", "region": THERE, "name": "golden-away"},
    ],
}


def simulation(changes: Mapping[str, Any] | None = None) -> imgsim.Simulation:
    """Return a simulation of the scenario with values changed by dotted path."""
    return imgsim.Simulation(imgsim.Scenario.from_mapping(SCENARIO, changes))


def asked(changes: Mapping[str, Any], request: Any, *before: Any) -> Verdict:
    """Return the verdict on a call, after others, to the scenario changed by dotted path."""
    sim = simulation(changes)
    for earlier in before:
        sim.create_image(earlier)
    return sim.create_image(request)


RULES = {rule.name: rule for rule in RULEBOOK}
with Path(__file__).with_name("error_table.csv").open(encoding="utf-8", newline="") as file:
    PAGE = {int(row["row"]): row for row in csv.DictReader(file)}


def denied_for(name: str, verdict: Verdict) -> bool:
    """Assert that the verdict is the rule's and the page's, to the byte."""
    rule = RULES[name]
    assert (verdict.status, verdict.rule) == ("denied", rule)
    assert (verdict.row, verdict.http_status) == (rule.row, rule.http_status)
    assert (verdict.code, verdict.message) == (rule.code, rule.message)
    assert verdict.faults[0] == name
    assert verdict.image is verdict.image_id is None
    if rule.row is not None:
        page = PAGE[rule.row]
        assert (str(verdict.http_status), verdict.code) == (page["http_status"], page["code"])
        assert verdict.message == page["message"]
    return True


def accepted(verdict: Verdict) -> bool:
    """Assert that the verdict is that of a new image."""
    assert (verdict.status, verdict.faults, verdict.http_status) == ("accepted", (), 200)
    assert verdict.rule is verdict.row is verdict.code is verdict.message is None
    return verdict.image_id is not None


FROM_INSTANCE = {"RegionId": HERE, "InstanceId": "i-1"}
FROM_SNAPSHOT = {"RegionId": HERE, "SnapshotId": "s-system"}
FROM_MAPPING = {"RegionId": HERE, "DiskDeviceMapping.1.SnapshotId": "s-system"}
SOURCES = {"instance": FROM_INSTANCE, "snapshot": FROM_SNAPSHOT, "mapping": FROM_MAPPING}


# One call and its world, for both judges.


@dataclass
class Case:
    """A call: the parameters, those behind them that are unknown or repeated, and the instant."""

    world: second.World
    sent: dict[str, str]
    behind: list[tuple[str, str]] = field(default_factory=list)
    now: int = 3 * DAY

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [*self.sent.items(), *self.behind]

    def opinion(self) -> second.Opinion:
        return second.judge(self.world, self.pairs, self.now)

    def call(self) -> Call:
        request = CreateImageRequest.of(self.pairs)
        return Call(request, cloud_of(self.world), self.now, since_start(self.world.cut_off))

    @property
    def instance(self) -> second.Instance | None:
        return self.world.instances.get(self.sent.get("InstanceId", ""))

    @property
    def snapshots(self) -> list[second.Snapshot]:
        """The snapshots that the request names, wherever they lie."""
        shelf = self.world.snapshots
        return [shelf[id] for id in self.sent.values() if id in shelf]


def since_start(instant: datetime) -> int:
    return (instant - START) // MICROSECOND


def cloud_of(world: second.World) -> Cloud:
    """Return the package's own cloud of a world."""
    account = Account(
        world.balance,
        world.minimum_balance,
        payment_method_valid=world.payment_method_valid,
        snapshot_service_open=world.snapshot_service_open,
        token_lifetime=world.token_lifetime,
        limits=Limits(**vars(world.limits)) if world.limits != second.Limits() else None,
    )
    cloud = Cloud(account)
    for id, region in world.regions.items():
        place = cloud.add_region(id, region.image_quota)
        for image, name in region.images:
            status = ImageStatus.AVAILABLE
            number = cloud.images.issue()
            cloud.add_image(Image(number, place, 0, name=name, status=status, text=image))
    for number, (id, instance) in enumerate(world.instances.items()):
        cloud.instances[id] = Instance(
            number,
            id,
            cloud.regions[instance.region],
            tuple(cloud.disks.setdefault(d, Disk(d, "system", 40, 0)) for d in instance.disks),
            status=InstanceStatus(instance.status),
            locks=frozenset(instance.locks),
            imaging_allowed=instance.imaging_allowed,
        )
    for id, snapshot in world.snapshots.items():
        cloud.add_snapshot(
            Snapshot(
                cloud.snapshots.issue(),
                cloud.regions[snapshot.region],
                snapshot.kind,
                snapshot.size,
                since_start(snapshot.created),
                disk=cloud.disks.get(snapshot.disk or ""),
                status=SnapshotStatus(snapshot.status),
                imaging_allowed=snapshot.imaging_allowed,
                text=id,
            )
        )
    for token, bound in sorted(world.tokens.items(), key=lambda item: item[1].bound_at):
        parameters = CreateImageRequest.of(bound.parameters).parameters()
        image = cloud.images.get(bound.image)
        if image is None:  # deleted, and its token still bound
            image = Image(cloud.images.issue(), cloud.regions[HERE], 0, text=bound.image)
        account.tokens[token] = BoundToken(parameters, image, bound.bound_at)
    for id, instant in world.earlier_calls if account.limits is not None else ():
        account.limits.count_call(cloud.regions.get(id), instant)
    return cloud


def small_world() -> second.World:
    """Return a world in which the three requests of `SOURCES` are accepted."""
    made = datetime(2018, 1, 10, tzinfo=UTC)
    return second.World(
        balance=1_000_000_000,
        minimum_balance=10_000,
        payment_method_valid=True,
        snapshot_service_open=True,
        token_lifetime=DAY,
        tokens={},
        regions={
            HERE: second.Region(5, [("golden", "golden"), ("nameless", None)]),
            THERE: second.Region(5, [("golden-away", "golden-away")]),
        },
        instances={
            "i-1": second.Instance(HERE, disks=("d-1", "d-2")),
            "i-away": second.Instance(THERE, disks=("d-away",)),
        },
        snapshots={
            "s-system": second.Snapshot(HERE, "system", 40, made),
            "s-system-2": second.Snapshot(HERE, "system", 4, made, disk="d-1"),
            "s-data": second.Snapshot(HERE, "data", 100, made),
            "s-full": second.Snapshot(HERE, "data", 20_000, made),
            "s-away": second.Snapshot(THERE, "system", 40, made),
        },
    )


# Faults, one catalogue entry a rule; `pick` chooses one of several. Where the subject of a rule is
# absent its fault changes nothing.

Pick = Callable[[Sequence[Any]], Any]
Change = Callable[[Case, Pick], None]

MALFORMED_NAMES = (
    "", "a", "x" * 129, "1a", "-a", ":a", "_a", "a b", "a.b", "http://a", "https://a",
    "\u30fcあ", "ア・イ", "ｱ･ｲ", "é1", "a\n", "a\uff11", "\uff21b", "a\u0301",
    "〆切", "\ud800a", "한글", "⺀⺀",
)  # fmt: skip
FORMED_NAMES = (
    "ab", "x" * 128, "漢字", "々漢", "ひら", "カナ", "ｶﾅ", "aー", "ｱｰ", "a:_-9", "httpx", "http:a",
    "HTTP:--a", "𠮷野", "〇一", "GOLDEN", "golden-away",
)  # fmt: skip
MALFORMED_SIZES = (
    "4", "20001", "0", "-5", "+5", "5.0", "020", "5 ", " 5", "5GiB", "5e0", "\u0665", "five",
    "100000", "9" * 30,
)  # fmt: skip
STRAY_MEMBERS = (
    "0.Size", "18.Size", "01.Size", "1.Device", "", "1", "1.", "1.Size.1", "-1.Size", "1.size",
    "n.Size", "\u0661.Size", "100.SnapshotId", "1 .Size",
)  # fmt: skip


def _members(case: Case) -> list[str]:
    return [name for name in case.sent if name.startswith("DiskDeviceMapping.")]


def _sent(name: str, *values: str | None) -> Change:
    def change(case: Case, pick: Pick) -> None:
        value = pick(values)
        case.sent.pop(name, None)
        if value is not None:
            case.sent[name] = value

    return change


def _of_instance(**values: Sequence[Any]) -> Change:
    def change(case: Case, pick: Pick) -> None:
        if case.instance is not None:
            for attribute, choice in values.items():
                setattr(case.instance, attribute, pick(choice))

    return change


def _of_snapshot(**values: Sequence[Any]) -> Change:
    def change(case: Case, pick: Pick) -> None:
        if case.snapshots:
            snapshot = pick(case.snapshots)
            for attribute, choice in values.items():
                setattr(snapshot, attribute, pick(choice))

    return change


def _stray_member(case: Case, pick: Pick) -> None:
    case.sent[f"DiskDeviceMapping.{pick(STRAY_MEMBERS)}"] = pick(["", "40", "s-system"])


def _no_source(case: Case, pick: Pick) -> None:
    for name in ("InstanceId", "SnapshotId", *_members(case)):
        _sent(name, None, "")(case, pick)


def _other_parameters(case: Case, pick: Pick) -> None:
    token = case.sent.get("ClientToken") or "asked-before"
    case.sent["ClientToken"] = token
    change = pick(
        [("Description", "another"), ("DiskDeviceMapping.17.Size", ""), ("ImageName", "")]
    )
    asked = [pair for pair in case.pairs if pair[0] != change[0]]
    if change[1] != case.sent.get(change[0]):
        asked.append(change)
    age = pick([0, 1, DAY - 1])
    case.world.tokens[token] = second.BoundToken(asked, "golden", case.now - age)


def _no_money(case: Case, pick: Pick) -> None:
    if pick([True, False]):
        case.world.payment_method_valid = False
    else:
        case.world.balance = pick([case.world.minimum_balance - 1, 0, -1])


def _map(case: Case, pick: Pick, *ids: str) -> None:
    """Let the mapping hold these snapshots and no other."""
    members = [name for name in _members(case) if name.endswith(".SnapshotId")]
    if members:
        for name in members:
            del case.sent[name]
        for n, id in zip(pick([(1, 2, 3), (2, 4, 17), (3, 1, 2)]), ids, strict=False):
            case.sent[f"DiskDeviceMapping.{n}.SnapshotId"] = id


def _no_system_disk(case: Case, pick: Pick) -> None:
    _map(case, pick, *pick([("s-data",), ("s-data", "s-full"), ("s-data", "s-away")]))
    case.sent.setdefault("DiskDeviceMapping.5.Size", "5")


def _several_system_disks(case: Case, pick: Pick) -> None:
    _map(case, pick, *pick([("s-system", "s-system-2"), ("s-system", "s-system", "s-data")]))


def _not_of_a_system_disk(case: Case, pick: Pick) -> None:
    if "SnapshotId" in case.sent:
        case.sent["SnapshotId"] = "s-data"
    members = [name for name in _members(case) if name.endswith(".SnapshotId")]
    if members:
        for name in members:
            del case.sent[name]
        case.sent[f"DiskDeviceMapping.{pick([2, 3, 16, 17])}.SnapshotId"] = "s-system"
        case.sent |= pick([{}, {"DiskDeviceMapping.1.SnapshotId": "s-data"}])


def _mapped_snapshot_unknown(case: Case, pick: Pick) -> None:
    if _members(case):
        id = pick(["s-nowhere", "s-away", "S-SYSTEM", "s-000000001"])
        case.sent[f"DiskDeviceMapping.{pick([1, 2, 17])}.SnapshotId"] = id


def _size_out_of_range(case: Case, pick: Pick) -> None:
    if pick([True, False]) or not case.snapshots:
        case.sent[f"DiskDeviceMapping.{pick([1, 2, 17])}.Size"] = pick(MALFORMED_SIZES)
    else:
        case.sent["DiskDeviceMapping.2.SnapshotId"] = "s-data"
        case.sent["DiskDeviceMapping.2.Size"] = pick(["99", "5"])


def _throttled(case: Case, pick: Pick) -> None:
    limit = pick([0, 1, 3])
    case.world.limits.calls_per_minute = limit
    first = case.now // MINUTE * MINUTE
    case.world.earlier_calls = [
        (id, instant)
        for id in (HERE, THERE)
        for instant in [first - 1, *[pick([first, case.now])] * (limit + pick([0, 1]))]
    ]
    case.world.earlier_calls.sort(key=lambda call: call[1])


def _too_many_in_progress(case: Case, pick: Pick) -> None:
    progressing = sum(s.status == "progressing" for s in case.world.snapshots.values())
    limits, limit = case.world.limits, progressing + pick([0, 1])
    before = limits.snapshots_in_progress
    limits.snapshots_in_progress = limit if before is None else min(before, limit)


def _too_many_of_a_disk(case: Case, pick: Pick) -> None:
    limits, limit = case.world.limits, pick([0, 1])
    before = limits.snapshots_per_disk
    limits.snapshots_per_disk = limit if before is None else min(before, limit)


def _limits_kept(case: Case, pick: Pick) -> None:
    progressing = sum(s.status == "progressing" for s in case.world.snapshots.values())
    first = case.now // MINUTE * MINUTE
    case.world.limits = second.Limits(2, progressing + pick([2, 3]), 2)
    case.world.earlier_calls = [(HERE, first - 1), (HERE, first), (THERE, first)]


def _quota_exhausted(case: Case, pick: Pick) -> None:
    region = case.world.regions[HERE]
    region.image_quota = pick([len(region.images), len(region.images) - 1, 0])


FAULTS: dict[str, tuple[str | None, Change]] = {
    "call_is_throttled": (None, _throttled),
    "too_many_snapshots_are_in_progress": ("instance", _too_many_in_progress),
    "disk_has_too_many_snapshots": ("instance", _too_many_of_a_disk),
    "action_is_not_create_image": (
        None,
        _sent("Action", "", "createimage", "CopyImage", "CreateImage "),
    ),
    "region_is_missing": (None, _sent("RegionId", None, "")),
    "disk_index_is_out_of_range": (None, _stray_member),
    "token_is_malformed": (None, _sent("ClientToken", "t" * 65, "é", "t" * 63 + "あ", "\udc80")),
    "no_source_is_given": (None, _no_source),
    "image_name_is_malformed": (None, _sent("ImageName", *MALFORMED_NAMES)),
    "image_version_is_malformed": (
        None,
        _sent("ImageVersion", "", "v" * 41, "1.0", "v-1", "1\n", "é", "\uff11"),
    ),
    "description_is_malformed": (
        None,
        _sent("Description", "d" * 257, "http://", "https://a", "あ" * 257),
    ),
    "token_was_used_with_other_parameters": (None, _other_parameters),
    "region_is_unknown": (None, _sent("RegionId", "cn-nowhere", HERE.upper(), f"{HERE} ", "\0")),
    "snapshot_service_is_not_open": (
        None,
        lambda case, _: setattr(case.world, "snapshot_service_open", False),
    ),
    "balance_is_insufficient": (None, _no_money),
    "instance_is_unknown": (
        "instance",
        _sent("InstanceId", "i-nowhere", "i-away", "I-1", "s-data"),
    ),
    "instance_may_not_be_imaged": ("instance", _of_instance(imaging_allowed=[False])),
    "instance_is_locked_for_security": (
        "instance",
        _of_instance(locks=[{"security"}, {"financial", "security"}]),
    ),
    "instance_is_neither_running_nor_stopped": (
        "instance",
        _of_instance(status=["Pending", "Starting", "Stopping"]),
    ),
    "snapshot_is_unknown": (
        "snapshot",
        _sent("SnapshotId", "s-nowhere", "s-away", "S-DATA", "s-000000001", "i-1"),
    ),
    "mapped_snapshot_is_unknown": ("mapping", _mapped_snapshot_unknown),
    "no_system_disk_snapshot_is_mapped": ("mapping", _no_system_disk),
    "several_system_disk_snapshots_are_mapped": ("mapping", _several_system_disks),
    "snapshot_is_not_of_a_system_disk": ("either", _not_of_a_system_disk),
    "snapshot_may_not_be_imaged": ("either", _of_snapshot(imaging_allowed=[False])),
    "snapshot_is_too_old": (
        "either",
        _of_snapshot(created=[FIRST_ALLOWED - MICROSECOND, datetime(2010, 1, 1, tzinfo=UTC)]),
    ),
    "disk_size_is_out_of_range": ("mapping", _size_out_of_range),
    "snapshot_is_not_ready": ("either", _of_snapshot(status=["progressing", "failed"])),
    "image_name_is_taken": (None, _sent("ImageName", "golden")),
    "image_quota_is_exhausted": (None, _quota_exhausted),
}
"""By rule: the approach at which its fault shows ("either": of snapshots), and what makes it."""


# What is no fault, however close to one.


def _bound_to_the_same(case: Case, pick: Pick) -> None:
    token = case.sent.get("ClientToken") or pick(["asked-before", "t" * 64])
    case.sent["ClientToken"] = token
    asked = pick([case.pairs, case.pairs[::-1], [*case.pairs, ("Timestamp", "then")]])
    if not case.behind:  # reversed, a repeated parameter would count with another value
        asked = pick([asked, [pair for pair in asked if pair[0] != "Action"]])
    else:
        asked = case.pairs
    image = pick(["golden", "deleted-since"])
    age = pick([0, 1, DAY - 1, DAY, DAY + 1])
    case.world.tokens[token] = second.BoundToken(asked, image, case.now - age)


def _other_parameters_long_ago(case: Case, pick: Pick) -> None:
    _other_parameters(case, pick)
    case.world.tokens[case.sent["ClientToken"]].bound_at = case.now - pick([DAY, DAY + 1])


def _further_disk(case: Case, pick: Pick) -> None:
    n = pick([2, 3, 16, 17])
    members = pick([{"Size": "5"}, {"Size": "20000"}, {"SnapshotId": "s-data", "Size": "100"},
                    {"SnapshotId": "s-full"}, {"Size": "", "SnapshotId": ""}])  # fmt: skip
    case.sent |= {f"DiskDeviceMapping.{n}.{member}": text for member, text in members.items()}


def _repeated(case: Case, pick: Pick) -> None:
    case.behind.append((pick(sorted(case.sent)), pick(["", "other", "i-1", "s-data"])))


HARMLESS: dict[str, Change] = {
    "action": _sent("Action", "CreateImage"),
    "another source": lambda case, pick: case.sent.update(
        pick([{"SnapshotId": "s-data"}, {"SnapshotId": ""}, {"InstanceId": ""}])
    ),
    "asked long ago": _other_parameters_long_ago,
    "at the cut-off": _of_snapshot(created=[FIRST_ALLOWED]),
    "common parameter": lambda case, pick: case.sent.update(
        {pick(["Format", "Signature", "regionid", "", "DiskDeviceMapping"]): pick(["", "XML"])}
    ),
    "description": _sent("Description", "", "d" * 256, "HTTP://a", " http://a", "\ud800"),
    "further disk": _further_disk,
    "last cent": lambda case, _: setattr(case.world, "balance", case.world.minimum_balance),
    "last slot": lambda case, _: setattr(case.world.regions[HERE], "image_quota", 3),
    "limits kept": _limits_kept,
    "name": _sent("ImageName", *FORMED_NAMES),
    "other locks": _of_instance(locks=[{"financial"}, {"Security"}, {"recycling", ""}]),
    "repeated": _repeated,
    "size": _sent("DiskDeviceMapping.1.Size", "", "40", "20000"),
    "stopped": _of_instance(status=["Stopped"]),
    "token": _sent("ClientToken", "", "t", "t" * 64),
    "version": _sent("ImageVersion", "1", "v" * 40, "0aZ"),
}
"""Changes that are within the bounds by themselves."""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a call and its world, with up to three faults and up to three harmless changes."""

    def pick(choice: Sequence[Any]) -> Any:
        return draw(st.sampled_from(choice))

    faults = draw(st.lists(st.sampled_from(sorted(FAULTS)), max_size=3, unique=True))
    needed = FAULTS[faults[0]][0] if faults else None
    approach = {None: pick([*SOURCES]), "either": pick(["snapshot", "mapping"])}.get(needed, needed)
    case = Case(small_world(), dict(SOURCES[approach]))
    for change in draw(st.lists(st.sampled_from(sorted(HARMLESS)), max_size=3, unique=True)):
        HARMLESS[change](case, pick)
    for fault in reversed(faults):
        FAULTS[fault][1](case, pick)
    if draw(st.integers(0, 7)) == 0:
        _bound_to_the_same(case, pick)
    return case


anything = st.text(st.characters())
"""Any text at all, lone surrogates included."""

PARAMETERS = (
    "Action", "RegionId", "SnapshotId", "InstanceId", "ImageName", "ImageVersion", "Description",
    "ClientToken", "DiskDeviceMapping.1.Size", "DiskDeviceMapping.1.SnapshotId",
    "DiskDeviceMapping.2.Size", "DiskDeviceMapping.17.SnapshotId",
)  # fmt: skip
_values = st.sampled_from(
    ["", HERE, THERE, "i-1", "i-away", "s-system", "s-data", "golden", "CreateImage", "5", "40"]
)
_names = st.sampled_from(PARAMETERS) | anything.map("DiskDeviceMapping.".__add__) | anything
wild_pairs = st.lists(st.tuples(_names, _values | anything), max_size=12)
"""Parameters of any name and any value."""
