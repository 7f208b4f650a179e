"""The instance: does it exist, permit it for ever, permit it now."""

from __future__ import annotations

from imgsim.api.call import Approach, Call
from imgsim.api.rule import denies
from imgsim.cloud.lifecycle import InstanceStatus


@denies(
    row=7,
    http_status=400,
    code="InvalidInstanceId.NotFound",
    message="The specified InstanceId does not exist.",
    about=(Approach.INSTANCE,),
)
def instance_is_unknown(call: Call) -> bool:
    """InstanceId names no instance of the region.

    Reading: a released instance is unknown, and so is one in another region.
    """
    return call.instance is None and call.approach is Approach.INSTANCE and call.region is not None


@denies(
    row=8,
    http_status=400,
    code="InvalidInstanceId.ValueNotSupported",
    message="The specified InstanceId is not allowed to create image.",
    about=(Approach.INSTANCE,),
)
def instance_may_not_be_imaged(call: Call) -> bool:
    """The instance is not allowed to create an image."""
    return call.instance is not None and not call.instance.imaging_allowed


@denies(
    row=2,
    http_status=400,
    code="InstanceLockedForSecurity",
    message="The input parameter InstanceId that is mandatory for processing this\u00a0 security "
    "reasons.",
    waiting_cures=True,
    about=(Approach.INSTANCE,),
)
def instance_is_locked_for_security(call: Call) -> bool:
    """OperationLocks of the instance hold LockReason "security".

    Reading: other locks (financial, ...) do not deny.
    """
    return call.instance is not None and "security" in call.instance.locks


@denies(
    row=1,
    http_status=400,
    code="IncorrectInstanceStatus",
    message="The current status of the instance does not support this operation.",
    waiting_cures=True,
    about=(Approach.INSTANCE,),
)
def instance_is_neither_running_nor_stopped(call: Call) -> bool:
    """The instance is neither Running nor Stopped."""
    instance = call.instance
    return (
        instance is not None
        and instance.status is not InstanceStatus.RUNNING
        and instance.status is not InstanceStatus.STOPPED
    )
