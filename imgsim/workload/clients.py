"""How clients wait for their images, ask again, give up and clean up."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Final, Literal

from imgsim.api.rule import Rule
from imgsim.api.rules import RULEBOOK
from imgsim.chance.distributions import STRICT, DurationDistribution
from imgsim.fields import Count, Duration, Flag, Number, Share
from imgsim.units import HOUR, MINUTE, SECOND

Token = Literal["none", "per-intent", "per-attempt"]
AtTimeout = Literal["leave", "delete-image", "delete-image-and-snapshots"]
_LONGEST_NAME: Final = 80
_LONGEST_WAIT: Final = 2**55
"""Microseconds; a wait that grows further has long outlived every run."""


@dataclass(frozen=True)
class Deletion:
    """A client deletes its image: some time after its end, and taking some time.

    Reading: a failed image holds its name and quota slot until it is deleted, so clients that
    delete their images delete failed ones too, unless they are told not to.
    """

    __pydantic_config__ = STRICT
    after: DurationDistribution | None = None
    """From the image's end, as the client learns of it, to the begin of the deletion."""
    takes: DurationDistribution | None = None
    """From the begin of the deletion to its end, when name and quota slot are free."""
    failed: Flag = True
    """Whether images that failed are deleted too."""
    snapshots: Flag = False
    """Whether the snapshots that were made for the image are deleted with it."""


@dataclass(frozen=True)
class Retry:
    """A client asks again: when a denial is one of ``on``, or when the answer was lost.

    The n-th wait is wait x factor^(n-1), at most ``longest``, shortened by jitter x u with u drawn
    uniformly on (0, 1): a jitter of 100% is what is known as full jitter.
    """

    __pydantic_config__ = STRICT
    wait: Duration
    """From an answer to the next attempt; before the first repetition."""
    factor: Number = 1.0
    """So many times longer is each wait than the one before: 1 is a fixed back-off, 2 doubles."""
    longest: Duration | None = None
    """Longest wait that the factor leads to."""
    jitter: Share = Fraction(0)
    """Largest share by which a wait is shortened."""
    attempts: Count | None = None
    """Most calls of an intent, the first included."""
    within: Duration | None = None
    """No further call later than this after the first."""
    on: tuple[str, ...] = ("curable",)
    """Denials after which to ask again, by name or code of the rule; ``curable`` are those that
    waiting cures, ``all`` is every one."""
    failed: Flag = False
    """Whether to ask again, for a new image, when the client has learnt that its image failed; a
    failed image still has its name, so images with names are deleted first, or named by time."""

    def __post_init__(self) -> None:
        if self.wait < 1 or self.factor < 1:
            raise ValueError("wait must be above 0, and factor 1 or more")
        if self.attempts == 0:
            raise ValueError("attempts must be 1 or more; it counts the first call too")
        if self.longest is not None and self.longest < self.wait:
            raise ValueError("longest must be at least wait")
        if self.attempts is None and self.within is None:
            raise ValueError("give attempts or within, so that the client gives up some day")
        known = {"curable", "all"} | {n for rule in RULEBOOK for n in (rule.name, rule.code)}
        for name in self.on:
            if name not in known:
                close = difflib.get_close_matches(name[:_LONGEST_NAME], known, n=1, cutoff=0.5)
                hint = f"did you mean {close[0]}?" if close else "see imgsim rules"
                raise ValueError(f"no rule has the name or code {name!r}; {hint}")

    def worth(self, rule: Rule) -> bool:
        """Say whether a call that the rule denied is asked again."""
        wanted = self.on
        return (
            "all" in wanted
            or ("curable" in wanted and rule.waiting_cures)
            or rule.name in wanted
            or rule.code in wanted
        )

    def waits(self, attempt: int, luck: float) -> int:
        """Return the microseconds from the answer to an attempt (from 1) to the next one."""
        longest = float(_LONGEST_WAIT if self.longest is None else self.longest)
        try:
            wait = min(self.wait * self.factor ** (attempt - 1), longest)
        except OverflowError:
            wait = longest
        return max(1, round(wait * (1 - float(self.jitter) * luck)))


@dataclass(frozen=True)
class Client:
    """What the clients of a stream do between their call and the end of it.

    Without a client policy the client learns at once what becomes of its image, waits for ever,
    and never asks again.
    """

    __pydantic_config__ = STRICT
    like: Literal["terraform", "packer", "oos"] | None = None
    """A tool to imitate; what else is given here stands instead of the tool's own. See `LIKE`."""
    poll: Duration | None = None
    """Time between two polls; without it the client learns of its image's end at once."""
    first_poll: Duration | None = None
    """From the answer to the first poll; by default as between two polls."""
    timeout: Duration | None = None
    """How long it waits for an image from the answer of its call on; by default for ever."""
    at_timeout: AtTimeout | None = None
    """What it does then: leave an orphan (the default), or clean up."""
    on_failure: Literal["notice", "ignore"] | None = None
    """Whether it sees that an image failed (the default), or looks for Available alone and polls on
    until its time is out."""
    token: Token | None = None
    """Whether calls carry a ClientToken: none (the default), the same for all attempts of an
    intent, or a new one for each attempt."""
    retry: Retry | None = None
    """When to ask again; left out: never."""
    lost_answers: Share | None = None
    """Probability that the service does its work and the client sees an error, at each attempt."""

    def __post_init__(self) -> None:
        said = self.whole
        if said.poll == 0:
            raise ValueError("poll must be above 0")
        if said.first_poll is not None and said.poll is None:
            raise ValueError("first_poll goes with poll")
        if said.timeout is None and said.on_failure == "ignore":
            raise ValueError("a client that ignores failures needs a timeout")
        if said.timeout is None and said.at_timeout is not None:
            raise ValueError("at_timeout goes with timeout")
        if said.lost_answers and said.retry is None:
            raise ValueError("lost_answers needs retry, which says when the client asks again")

    @property
    def whole(self) -> Client:
        """What is said here, and otherwise what the tool to imitate does."""
        if self.like is None:
            return self
        said = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
        return replace(LIKE[self.like], **{**said, "like": None})

    def next_poll(self, heard: int, now: int) -> int:
        """Return the instant of the first poll at ``now`` or later, ``heard`` the answer's."""
        assert self.poll is not None
        first = heard + (self.poll if self.first_poll is None else self.first_poll)
        return first if now <= first else now + (first - now) % self.poll

    def polls(self, heard: int, now: int) -> int:
        """Return how many polls there have been up to ``now``, that instant's included."""
        if self.poll is None:
            return 0
        first = heard + (self.poll if self.first_poll is None else self.first_poll)
        return max(0, (now - first) // self.poll + 1)

    @property
    def patient(self) -> bool:
        """Whether the client does anything but call once and learn at once what came of it."""
        said = self.whole
        return bool(said.poll or said.timeout is not None or said.retry)


LIKE: Final[Mapping[str, Client]] = {
    # alicloud/resource_alicloud_image.go: waits 10 min from the call, first look after 1 min, then
    # every 10 s at most (waiter of its SDK); CreateFailed ends the wait; the image stays behind as
    # "tainted". Asks again for 5 min while the instance's status is wrong. Sends no token.
    "terraform": Client(
        poll=10 * SECOND,
        first_poll=MINUTE,
        timeout=10 * MINUTE,
        retry=Retry(
            wait=SECOND,
            factor=2.0,
            longest=10 * SECOND,
            within=5 * MINUTE,
            on=("instance_is_neither_running_nor_stopped",),
        ),
    ),
    # builder/ecs/step_create_image.go and client.go: one token for all attempts; an error without
    # a code (a lost answer) is tried 12 times, 5 s apart, a denial is not; looks every 5 s for
    # Available alone, for 3600 s; then deletes the image and its snapshots.
    "packer": Client(
        poll=5 * SECOND,
        first_poll=0,
        timeout=HOUR,
        at_timeout="delete-image-and-snapshots",
        on_failure="ignore",
        token="per-intent",
        retry=Retry(wait=5 * SECOND, attempts=12, on=()),
    ),
    # CloudProductActions/ECS/YAML/ACS::ECS::CreateImage.yml: looks 296 times, at most 300 s apart,
    # for Available alone; no token, no clean-up.
    "oos": Client(
        poll=5 * MINUTE,
        timeout=296 * 5 * MINUTE,
        on_failure="ignore",
    ),
}
"""The waiting of three tools, as read in their sources: the image resource of the Terraform
provider (aliyun/terraform-provider-alicloud), the ECS builder of the Packer plugin
(hashicorp/packer-plugin-alicloud), the CreateImage template of Operation Orchestration Service
(aliyun/oos-templates)."""
