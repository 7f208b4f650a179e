"""The entry point: check, then reserve, in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from imgsim.api.call import Approach, Call
from imgsim.api.rule import Rule
from imgsim.api.rules import REPLAY_AFTER, RULEBOOK
from imgsim.api.verdict import Accepted, Denied, Replayed
from imgsim.cloud.image import Image

Test = Callable[[Call], bool]


class _Checks:
    """The rules that are asked, as they are asked: up to a replay, and behind it by approach."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        replay = self.rules.index(REPLAY_AFTER) + 1
        self.up_to_replay = tuple(rule.test for rule in self.rules[:replay])
        self.behind_replay: Mapping[Approach, tuple[Test, ...]] = {
            approach: tuple(rule.test for rule in self.rules[replay:] if approach in rule.about)
            for approach in Approach
        }


_OF_THE_PAGE: Final = _Checks(rule for rule in RULEBOOK if not rule.optional)
_WITH_LIMITS: Final = _Checks(RULEBOOK)


def create_image(call: Call, number: int = 0) -> Accepted | Replayed | Denied:
    """Answer the call, as a value; an accepted one has reserved when this returns.

    In one instant, with nothing in between, an accepted call takes the image's id, name, quota
    slot and token. A denied call takes nothing, but every call counts where the account has
    limits. ``number`` counts the calls of a run.
    """
    checks, limits = _OF_THE_PAGE, call.cloud.account.limits
    if limits is not None:
        checks = _WITH_LIMITS
        limits.count_call(call.region, call.now)
    for denies in checks.up_to_replay:
        if denies(call):
            return _denied(call, number, checks)
    if call.bound is not None and (first := call.first_answer) is not None:
        return Replayed(number, first)
    assert call.approach is not None  # row 10 has been asked
    for denies in checks.behind_replay[call.approach]:
        if denies(call):
            return _denied(call, number, checks)
    return Accepted(number, _reserve(call))


def _denied(call: Call, number: int, checks: _Checks) -> Denied:
    return Denied(number, tuple(rule for rule in checks.rules if rule.test(call)))


def _reserve(call: Call) -> Image:
    request, cloud, now = call.request, call.cloud, call.now
    assert call.region is not None  # rows 21 and 0b have been asked
    image = cloud.reserve_image(
        call.region,
        now,
        request.image_name,
        call.source,
    )
    if call.named:
        image.stand_on(call.named)
    if request.client_token:
        cloud.account.bind(request.client_token, request.parameters(), image, now)
    return image
