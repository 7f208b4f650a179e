"""The entry point: check, then reserve, in one step."""

from __future__ import annotations

from typing import Final

from imgsim.api.call import Approach, Call
from imgsim.api.rules import REPLAY_AFTER, RULEBOOK
from imgsim.api.verdict import Accepted, Denied, Replayed
from imgsim.cloud.image import Image

_REPLAY: Final = RULEBOOK.index(REPLAY_AFTER) + 1
_UP_TO_REPLAY: Final = tuple(rule.test for rule in RULEBOOK[:_REPLAY])
_BEHIND_REPLAY: Final = {
    approach: tuple(rule.test for rule in RULEBOOK[_REPLAY:] if approach in rule.about)
    for approach in Approach
}


def create_image(call: Call, number: int = 0) -> Accepted | Replayed | Denied:
    """Answer the call, as a value; an accepted one has reserved when this returns.

    In one instant, with nothing in between, an accepted call takes the image's id, name, quota
    slot and token. A denied call takes nothing. ``number`` counts the calls of a run.
    """
    for denies in _UP_TO_REPLAY:
        if denies(call):
            return _denied(call, number)
    if call.bound is not None and (first := call.first_answer) is not None:
        return Replayed(number, first)
    assert call.approach is not None  # row 10 has been asked
    for denies in _BEHIND_REPLAY[call.approach]:
        if denies(call):
            return _denied(call, number)
    return Accepted(number, _reserve(call))


def _denied(call: Call, number: int) -> Denied:
    return Denied(number, tuple(rule for rule in RULEBOOK if rule.test(call)))


def _reserve(call: Call) -> Image:
    request, cloud, now = call.request, call.cloud, call.now
    assert call.region is not None  # rows 21 and 0b have been asked
    image = cloud.reserve_image(
        call.region,
        now,
        request.image_name,
        call.source,
    )
    image.stand_on(call.named)
    if request.client_token:
        cloud.account.bind(request.client_token, request.parameters(), image, now)
    return image
