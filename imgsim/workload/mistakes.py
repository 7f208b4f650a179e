"""Mistakes that callers make, named after the rule that denies the call then."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from itertools import accumulate
from typing import Final

from imgsim.api.request import CreateImageRequest
from imgsim.chance.streams import Chance
from imgsim.cloud.cloud import Cloud
from imgsim.workload import slips
from imgsim.workload.slips import Break, Find, Slip, Things

_REMEMBERED: Final = 64
"""Good requests of a stream among which a name or a token is looked for."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a rule's fault is brought about; without ``break_`` no request can have it by itself.

    ``find`` gives what the scenario has for it, of which one is chosen; ``needs`` says what is
    missing where it has nothing, and what to add.
    """

    break_: Break | None
    find: Find = slips.nothing
    needs: str = ""


_DISKS = "disks: [{kind: system, size: 40 GiB}]"
_SNAPSHOT = "kind: system, size: 40 GiB, created: 2025-01-01"
WAYS: Final[Mapping[str, Way]] = {
    "call_is_throttled": Way(
        None, needs="it is the account's; set account.limits.calls_per_minute: 0 instead"
    ),
    "action_is_not_create_image": Way(slips.say(action="CopyImage")),
    "region_is_missing": Way(slips.say(region_id=None)),
    "disk_index_is_out_of_range": Way(slips.say(bad_members=("DiskDeviceMapping.18.Size",))),
    "token_is_malformed": Way(slips.say(client_token="t" * 65)),
    "no_source_is_given": Way(slips.say(instance_id=None, snapshot_id=None, mapping={})),
    "image_name_is_malformed": Way(slips.say(image_name="1st image")),
    "image_version_is_malformed": Way(slips.say(image_version="1.0")),
    "description_is_malformed": Way(slips.say(description="https://example.com/")),
    "token_was_used_with_other_parameters": Way(
        slips.token_again,
        slips.bound_tokens,
        "the stream's calls have no tokens; add client: {token: per-intent}",
    ),
    "region_is_unknown": Way(slips.go_elsewhere, slips.unused("no-such-region")),
    "snapshot_service_is_not_open": Way(
        None, needs="it is the account's; set account.snapshot_service_open: false instead"
    ),
    "balance_is_insufficient": Way(
        None, needs="it is the account's; set account.balance: 0 CNY instead"
    ),
    "instance_is_unknown": Way(slips.point, slips.unused("no-such-instance", "instance")),
    "instance_may_not_be_imaged": Way(
        slips.point,
        slips.instances("instance_may_not_be_imaged"),
        "no instance may not be imaged; add one with imaging_allowed: false, such as "
        f"{{id: sealed, region: ..., imaging_allowed: false, {_DISKS}}}",
    ),
    "instance_is_locked_for_security": Way(
        slips.point,
        slips.instances("instance_is_locked_for_security"),
        "no instance is locked for security; add one with locks: [security], such as "
        f"{{id: locked, region: ..., locks: [security], {_DISKS}}}",
    ),
    "instance_is_neither_running_nor_stopped": Way(
        slips.point,
        slips.instances("instance_is_neither_running_nor_stopped"),
        "every instance is Running or Stopped; add one of another status, such as "
        f"{{id: starting, region: ..., status: Starting, {_DISKS}}}",
    ),
    "too_many_snapshots_are_in_progress": Way(
        None, needs="it is the account's; set account.limits.snapshots_in_progress: 0 instead"
    ),
    "disk_has_too_many_snapshots": Way(
        None, needs="it is the account's; set account.limits.snapshots_per_disk: 0 instead"
    ),
    "snapshot_is_unknown": Way(slips.point, slips.unused("no-such-snapshot")),
    "mapped_snapshot_is_unknown": Way(
        slips.map_disks((None, True)), slips.unused("no-such-snapshot")
    ),
    "no_system_disk_snapshot_is_mapped": Way(slips.map_disks(("40", False))),
    "several_system_disk_snapshots_are_mapped": Way(
        slips.map_disks((None, True), (None, True)),
        slips.system_snapshots,
        f"no snapshot is of a system disk; add one, such as {{id: base, region: ..., {_SNAPSHOT}}}",
    ),
    "snapshot_is_not_of_a_system_disk": Way(
        slips.point,
        slips.snapshots("snapshot_is_not_of_a_system_disk"),
        "no snapshot is of a data disk; add one with kind: data, such as {id: data, region: ..., "
        "kind: data, size: 40 GiB, created: 2025-01-01}",
    ),
    "snapshot_may_not_be_imaged": Way(
        slips.point,
        slips.snapshots("snapshot_may_not_be_imaged"),
        "no snapshot of a system disk may not be imaged; add one with imaging_allowed: false, such "
        f"as {{id: sealed, region: ..., imaging_allowed: false, {_SNAPSHOT}}}",
    ),
    "snapshot_is_too_old": Way(
        slips.point,
        slips.snapshots("snapshot_is_too_old"),
        "no snapshot of a system disk is too old; add one, such as {id: s-2012, region: ..., "
        "kind: system, size: 40 GiB, created: 2012-06-01}",
    ),
    "disk_size_is_out_of_range": Way(
        slips.map_disks(("4", True)),
        slips.snapshots(None, "snapshot_is_not_ready"),
        "no snapshot of a system disk may be mapped; add one, such as "
        f"{{id: base, region: ..., {_SNAPSHOT}}}",
    ),
    "snapshot_is_not_ready": Way(
        slips.point,
        slips.snapshots("snapshot_is_not_ready"),
        "every snapshot of a system disk is accomplished; add one that is not, such as "
        f"{{id: young, region: ..., status: progressing, {_SNAPSHOT}}}",
    ),
    "image_name_is_taken": Way(
        slips.name_again,
        slips.taken_names,
        'no image has a name; add one to the mix, such as name: "build-{n}", or to images',
    ),
    "image_quota_is_exhausted": Way(
        slips.point,
        slips.in_full_regions,
        "no region is full from the beginning and has an instance or snapshot to make an image of; "
        "add a region with image_quota: 0 and an instance in it",
    ),
}
"""For each rule, by name and in the order of checking, how a good request is broken.

Where the scenario has several things for it, each is as likely.
"""


class Mistakes:
    """Breaks a share of a stream's calls, each at most once; one draw a call decides all.

    A name or a token can be used again when the stream has used one that is still held; until then
    its calls stay whole.
    """

    def __init__(
        self,
        stream: str,
        shares: Mapping[str, Fraction],
        things: Things,
        cloud: Cloud,
        chance: Chance,
    ) -> None:
        self._draws = chance.shares(f"{stream}/mistake")
        names = [name for name in WAYS if shares.get(name)]
        self._up_to = [float(up_to) for up_to in accumulate(shares[name] for name in names)]
        self._made = [(WAYS[name].break_, WAYS[name].find(things)) for name in names]
        self._things = things
        self._cloud = cloud
        self._past: deque[CreateImageRequest] = deque(maxlen=_REMEMBERED)

    def make(self, ordinal: int, request: CreateImageRequest, now: int) -> None:
        """Break the request, or leave it whole and remember it."""
        luck, begin = self._draws.at(ordinal), 0.0
        for up_to, (break_, found) in zip(self._up_to, self._made, strict=True):
            if luck < up_to and break_ is not None:
                thing = found[int((luck - begin) / (up_to - begin) * len(found))]
                if break_(Slip(request, thing, self._things, self._past, self._cloud, now)):
                    return
                break
            begin = up_to
        self._past.appendleft(request)


def faults_of(shares: Mapping[str, Fraction], things: Things) -> Iterator[tuple[str | None, str]]:
    """Yield what is wrong with the mistakes of a stream: which, or None for all, and why."""
    for name in shares:
        way = WAYS.get(name)
        if way is None:
            close = get_close_matches(name, WAYS, n=1)
            hint = f"did you mean {close[0]}?" if close else "imgsim rules lists them"
            yield name, f"unknown rule; {hint}"
        elif way.break_ is None:
            yield name, f"no request can be broken so: {way.needs}"
        elif not way.find(things):
            yield name, way.needs
    if (total := sum(shares.values())) > 1:
        yield None, f"the shares sum to {float(total * 100):g}%, which is more than 100%"
