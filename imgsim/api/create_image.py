"""The entry point: check, then reserve, in one step."""

from __future__ import annotations

from typing import Final

from imgsim.api.call import Call
from imgsim.api.rules import REPLAY_AFTER, RULEBOOK
from imgsim.api.verdict import Accepted, Denied, Replayed
from imgsim.cloud.image import Image

_UP_TO_REPLAY: Final = tuple(rule.test for rule in RULEBOOK[: RULEBOOK.index(REPLAY_AFTER) + 1])
_BEHIND_REPLAY: Final = tuple(rule.test for rule in RULEBOOK[len(_UP_TO_REPLAY) :])


def create_image(call: Call, number: int = 0) -> Accepted | Replayed | Denied:
    """Answer the call, as a value; an accepted one has reserved when this returns.

    In one instant, with nothing in between, an accepted call takes the image's id, name, quota
    slot and token. A denied call takes nothing. ``number`` counts the calls of a run.
    """
    for denies in _UP_TO_REPLAY:
        if denies(call):
            return _denied(call, number)
    if call.bound is not None and (first := call.first_answer) is not None:
        return Replayed(first=first, number=number)
    for denies in _BEHIND_REPLAY:
        if denies(call):
            return _denied(call, number)
    return Accepted(made=_reserve(call), number=number)


def _denied(call: Call, number: int) -> Denied:
    return Denied(had=tuple(rule for rule in RULEBOOK if rule.test(call)), number=number)


def _reserve(call: Call) -> Image:
    request, cloud, now = call.request, call.cloud, call.now
    assert call.region is not None  # rows 21 and 0b have been asked
    image = cloud.reserve_image(
        call.region,
        now,
        request.image_name,
        request.instance_id if call.instance is not None else request.snapshot_id or None,
    )
    image.snapshots = call.named
    if request.client_token:
        cloud.account.bind(request.client_token, request.parameters(), image, now)
    return image
