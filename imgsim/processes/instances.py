"""Instances change their status, are locked and released.

Readings:

- Stopping, starting, restarting or releasing an instance while its image is being made fails that
  image at once.
- A lock alone does not stop an image being made (a parameter).
- What is Pending, Starting or Stopping in the initial world stays so until a verb moves it: `start`
  and `stop` carry an instance through to Running or Stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.cloud.lifecycle import IllegalMove, InstanceStatus

if TYPE_CHECKING:
    from imgsim.cloud.instance import Instance
    from imgsim.processes.world import World

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


def lock(world: World, instance: Instance, reason: str, *, stops_imaging: bool) -> None:
    """Add a reason to the instance's OperationLocks."""
    instance.locks.add(reason)
    world.state("instance", instance.id, f"lock {reason}", "on")
    if stops_imaging:
        _fail_images(world, instance)


def unlock(world: World, instance: Instance, reason: str) -> None:
    """Take a reason away; raise `ValueError` when the instance is not locked for it."""
    if reason not in instance.locks:
        raise ValueError(f"instance {instance.id} is not locked for {reason!r}")
    instance.locks.discard(reason)
    world.state("instance", instance.id, f"lock {reason}", "off")


def _carry(world: World, instance: Instance, path: tuple[InstanceStatus, InstanceStatus]) -> None:
    through, end = path
    if instance.status is end:
        raise IllegalMove(f"instance {instance.id}", instance.status, end)
    steps = (end,) if instance.status is through else path
    for status in steps:
        instance.become(status)
        world.state("instance", instance.id, "status", status)
    _fail_images(world, instance)


def _fail_images(world: World, instance: Instance) -> None:
    stopped = [i for i in world.imagings.values() if i.instance is instance]
    for imaging in stopped:
        imaging.leave_queues()
    for imaging in stopped:
        imaging.stop()
