"""Instances change their status, are locked and released.

Readings:

- Stopping, starting, restarting or releasing an instance while its image is being made fails that
  image at once.
- A lock alone does not stop an image being made (a parameter).
- What is Pending, Starting or Stopping in the initial world stays so until a verb moves it: `start`
  and `stop` carry an instance through to Running or Stopped, at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.cloud.lifecycle import IllegalMove, InstanceStatus

if TYPE_CHECKING:
    from imgsim.cloud.instance import Instance
    from imgsim.processes.world import World
    from imgsim.workload.selection import Selection

_STARTING = (InstanceStatus.STARTING, InstanceStatus.RUNNING)
_STOPPING = (InstanceStatus.STOPPING, InstanceStatus.STOPPED)


def start(world: World, instance: Instance) -> None:
    """Bring the instance to Running; raise `IllegalMove` when it runs or is stopping."""
    _carry(world, instance, _STARTING)


def stop(world: World, instance: Instance) -> None:
    """Bring the instance to Stopped; raise `IllegalMove` when it is not running or stopping."""
    _carry(world, instance, _STOPPING)


def release(world: World, instance: Instance) -> None:
    """Release the instance with its disks; its snapshots and images stay."""
    _fail_images(world, instance)
    world.cloud.release(instance)
    world.state("instance", instance.id, "status", "Released")


def lock(world: World, instance: Instance, reason: str, holder: str = "") -> None:
    """Have a holder, by default the one who acts by hand, lock the instance for a reason."""
    holders = instance.locks.setdefault(reason, set())
    if not holders:
        world.state("instance", instance.id, f"lock {reason}", "on")
    holders.add(holder)
    if reason == "security" and world.lock_stops_imaging:
        _fail_images(world, instance)


def unlock(world: World, instance: Instance, reason: str, holder: str | None = None) -> None:
    """Let go of a lock; without a holder, have all let go.

    Raises `ValueError` when the instance is not locked for the reason.
    """
    if reason not in instance.locks:
        raise ValueError(f"instance {instance.id} is not locked for {reason!r}")
    holders = instance.locks[reason]
    holders.discard(holder) if holder is not None else holders.clear()
    if not holders:
        del instance.locks[reason]
        world.state("instance", instance.id, f"lock {reason}", "off")


def move(world: World, instance: Instance, status: InstanceStatus) -> None:
    """Move the instance to the status; an image being made from it fails at once.

    Raises `IllegalMove` when the status does not lie next on its way.
    """
    instance.become(status)
    world.state("instance", instance.id, "status", status)
    _fail_images(world, instance)


def _carry(world: World, instance: Instance, path: tuple[InstanceStatus, InstanceStatus]) -> None:
    through, end = path
    if instance.status is end:
        raise IllegalMove(f"instance {instance.id}", instance.status, end)
    for status in (end,) if instance.status is through else path:
        move(world, instance, status)


def _fail_images(world: World, instance: Instance) -> None:
    stopped = list(world.imagings_of.get(instance, {}).values())
    lone = [task for task in world.lone_tasks.values() if task.disk in instance.disks]
    for imaging in stopped:
        imaging.leave_queues()
    for task in lone:
        task.gone = True
    for imaging in stopped:
        imaging.stop()
    for task in lone:
        task.stop()
        task.maker.snapshot_ended(task, world.env.now)


def selected(world: World, selection: Selection) -> list[Instance]:
    """Return the instances that are meant and not released, in the order of the scenario."""
    instances = world.cloud.instances
    if selection.group is not None:
        return [one for one in instances.values() if one.group == selection.group]
    return [instances[id] for id in dict.fromkeys(selection.ids) if id in instances]
