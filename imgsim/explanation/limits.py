"""The limits that hold a run up, and the same run, on the same luck, without one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from imgsim.explanation.recorded import Recorded
from imgsim.processes.locks import Locks
from imgsim.processes.service_faults import ServiceFaults
from imgsim.scenario.spec import Scenario
from imgsim.simulation import Simulation

Plain = dict[str, Any]
"""A scenario as a file would say it, defaults included."""

_MANY: Final = 10**9
_VERY_FAST: Final = "1048576 TiB/s"


class Limit(NamedTuple):
    """A limit: its name, where it is set, whether a run has met it, and how it is lifted."""

    name: str
    where: str
    met: Callable[[Recorded], bool]
    lift: Callable[[Plain], None] = lambda _: None
    """Changes what a scenario says so that the limit is not there."""
    free: Callable[[Simulation], None] = lambda _: None
    """Changes a simulation that is about to begin so that the limit is not there."""


def without(recorded: Recorded, limit: Limit) -> Simulation:
    """Return the run of the recorded scenario and luck, about to begin, without the limit."""
    said = recorded.scenario.plain()
    limit.lift(said)
    simulation = Simulation(Scenario.from_mapping(said), recorded.replication)
    limit.free(simulation)
    return simulation


def _denied(*rules: str) -> Callable[[Recorded], bool]:
    """Return whether a call was denied by one of the rules."""
    return lambda recorded: bool(recorded.tables["calls"]["rule"].isin(rules).any())


def _waited(column: str, begin: str) -> Callable[[Recorded], bool]:
    """Return whether a snapshot waited between two instants, or still does."""

    def met(recorded: Recorded) -> bool:
        snapshots = recorded.tables["snapshots"]
        asked = snapshots[snapshots["image_id"].notna() | snapshots["policy"].notna()]
        begun, ended = asked[begin], asked[column]
        return bool((begun.notna() & (ended.isna() | (ended > begun))).any())

    return met


def _services(said: Plain) -> list[Plain]:
    return [region["snapshot_service"] for region in said["regions"].values()]


def _no_quota(simulation: Simulation) -> None:
    for region in simulation.cloud.regions.values():
        region.image_quota = _MANY


def _no_turns(simulation: Simulation) -> None:
    for disk in simulation.cloud.disks.values():
        simulation.world.turns_of(disk).capacity = None


def _no_account_limits(said: Plain) -> None:
    said["account"].pop("limits", None)


def _enough_money(said: Plain) -> None:
    account = said["account"]
    account.update(balance=f"{_MANY} CNY", payment_method_valid=True)
    if not account["snapshot_service_open"]:
        account["snapshot_service_open"] = True


def _no_locks(said: Plain) -> None:
    said["processes"] = _others(said, "locks", lambda locks: locks["reason"] != "security")


def _unlocked(simulation: Simulation) -> None:
    for instance in simulation.cloud.instances.values():
        instance.locks.pop("security", None)


def _no_faults(said: Plain) -> None:
    said["processes"] = _others(said, "service-faults", lambda _: False)


def _others(said: Plain, kind: str, keep: Callable[[Plain], bool]) -> Plain:
    return {
        name: process
        for name, process in said["processes"].items()
        if kind not in process or keep(process[kind])
    }


def _no_slots(said: Plain) -> None:
    for service in _services(said):
        service["slots"] = "unlimited"
        service["schedule"] = _kept(service, "slots")


def _no_bandwidth(said: Plain) -> None:
    for service in _services(said):
        if "bandwidth" in service:
            service["bandwidth"] = _VERY_FAST
            service["schedule"] = _kept(service, "bandwidth")


def _kept(service: Plain, lifted: str) -> list[Plain]:
    """Return the scheduled changes without what they say of the lifted limit."""
    changes = [
        {key: value for key, value in change.items() if key != lifted}
        for change in service["schedule"]
    ]
    return [change for change in changes if len(change) > 1]


def _transferred(recorded: Recorded) -> bool:
    return bool(recorded.tables["snapshots"]["transfer_at"].notna().any())


def _disturbed(recorded: Recorded) -> bool:
    return any(isinstance(one, ServiceFaults) for one in recorded.scenario.processes.values())


def _locked(recorded: Recorded) -> bool:
    stops = recorded.scenario.rules.lock_stops_imaging and any(
        isinstance(one, Locks) for one in recorded.scenario.processes.values()
    )
    return stops or _denied("instance_is_locked_for_security")(recorded)


LIMITS: Final = (
    Limit(
        "image quota",
        "regions.*.image_quota, or delete sooner",
        _denied("image_quota_is_exhausted"),
        free=_no_quota,
    ),
    Limit(
        "limits of the account",
        "account.limits",
        _denied(
            "call_is_throttled", "too_many_snapshots_are_in_progress", "disk_has_too_many_snapshots"
        ),
        _no_account_limits,
    ),
    Limit(
        "balance",
        "account.balance, processes.*.top-ups",
        _denied("balance_is_insufficient", "snapshot_service_is_not_open"),
        _enough_money,
    ),
    Limit("security locks", "processes.*.locks, instances.*.locks", _locked, _no_locks, _unlocked),
    Limit("faults of the service", "processes.*.service-faults", _disturbed, _no_faults),
    Limit(
        "turn on the disk",
        "one snapshot of a disk at a time; ask at other times, or of other instances",
        _waited("turn_at", "created_at"),
        free=_no_turns,
    ),
    Limit(
        "snapshot slots",
        "regions.*.snapshot_service.slots",
        _waited("began_at", "turn_at"),
        _no_slots,
    ),
    Limit("bandwidth", "regions.*.snapshot_service.bandwidth", _transferred, _no_bandwidth),
)
"""The limits in the order in which an image meets them."""
