"""From arrivals to requests: each call of a stream takes its kind, source, name and token."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final, NamedTuple

from imgsim.api.request import CreateImageRequest
from imgsim.chance.streams import BLOCK, Chance
from imgsim.workload.mistakes import Mistakes
from imgsim.workload.mix import Ask

ORDINAL_STRIDE: Final = 2**20
"""Ordinals between two occasions of a stream that asks for many images at a time, and between two
iterations of a closed loop: so an intent keeps its draws when a group or the clients grow."""


@dataclass(frozen=True, slots=True)
class Source:
    """An instance or snapshot that a mix may choose: its id and its region's."""

    id: str
    region: str


class Occasion(NamedTuple):
    """One arrival of a stream, with its number from 0, its instant and its client in a closed loop.

    ``ordinal`` is that of its draws: the number again, but in a closed loop.
    """

    number: int
    instant: int
    ordinal: int
    client: int | None = None


class Asker:
    """Turns the arrivals of one stream into requests.

    ``sources`` gives for each kind of the mix what its choice selects, in order; ``default`` is
    the region of calls that name none; ``mistakes`` breaks some of the calls; with ``tokens`` they
    carry a ClientToken of their own.
    """

    def __init__(
        self,
        stream: str,
        asks: Sequence[Ask],
        sources: Sequence[Sequence[Source]],
        default: str | None,
        chance: Chance,
        start: datetime,
        mistakes: Mistakes | None = None,
        *,
        tokens: bool = False,
    ) -> None:
        self._mistakes = mistakes
        self._kinds = [
            _Kind(stream, ask, found, default, start, tokens=tokens)
            for ask, found in zip(asks, sources, strict=True)
        ]
        self._shares = list(accumulate(ask.weight for ask in asks))
        self._which = chance.shares(f"{stream}/kind of call")
        self._any = chance.shares(f"{stream}/source")
        self._many = any(kind.asks_each for kind in self._kinds)
        self.widest = max((kind.width for kind in self._kinds), default=1)
        """Most calls that one arrival makes."""

    def requests(
        self, occasion: Occasion, recorded: Mapping[str, str] | None = None
    ) -> list[tuple[int, CreateImageRequest]]:
        """Return the ordinal and the request of each call of the occasion.

        ``recorded`` holds parameters as a trace tells them; they stand before the mix's own.
        """
        asked = self._meant(occasion, recorded)
        if self._mistakes is not None:
            for ordinal, request in asked:
                self._mistakes.make(ordinal, request, occasion.instant)
        return asked

    def _meant(
        self, occasion: Occasion, recorded: Mapping[str, str] | None
    ) -> list[tuple[int, CreateImageRequest]]:
        ordinal = occasion.ordinal
        if not self._kinds:
            return [(ordinal, CreateImageRequest.of(recorded or {}))]
        kind = self._kinds[0]
        if len(self._kinds) > 1:
            share = self._which.at(ordinal) * self._shares[-1]
            kind = next(
                k for k, up_to in zip(self._kinds, self._shares, strict=True) if share < up_to
            )
        sources = kind.chosen(occasion, self._any.at)
        if not self._many:
            return [
                (
                    ordinal,
                    kind.request(occasion, occasion.number + 1, ordinal, sources[0], recorded),
                )
            ]
        first = occasion.number * self.widest + 1
        return [
            (at, kind.request(occasion, first + place, at, source, recorded))
            for place, source in enumerate(sources)
            for at in (ordinal * ORDINAL_STRIDE + place,)
        ]

    @property
    def block(self) -> int:
        """How many draws to make at once for the ordinals of this stream."""
        return block_for(self.widest) if self._many else BLOCK


def block_for(count: int) -> int:
    """Return how many draws to make at once where ``count`` ordinals stand side by side."""
    return min(BLOCK, max(16, 1 << (count - 1).bit_length()))


class _Kind:
    """One kind of call, with its sources and its compiled name."""

    def __init__(
        self,
        stream: str,
        ask: Ask,
        sources: Sequence[Source],
        default: str | None,
        start: datetime,
        *,
        tokens: bool,
    ) -> None:
        choice = ask.instances or ask.snapshots
        self._ask = ask
        self._sources = sources
        self._choose = choice.choose if choice is not None else None
        self._by_instance = ask.instances is not None
        self._default = ask.region or default
        self._stream = stream
        self._start = start
        self._tokens = tokens
        self._turn = 0
        self._name = _compiled(ask.name) if ask.name is not None else None
        self.asks_each = self._choose == "each"
        """Whether it asks for all of its sources at every arrival."""
        self.width = len(sources) if self.asks_each else 1

    def chosen(self, occasion: Occasion, luck: Callable[[int], float]) -> Sequence[Source | None]:
        """Return the sources that the occasion's calls take."""
        sources = self._sources
        if self._choose is None:
            return (None,)
        if self._choose == "each":
            return sources
        if self._choose == "own":
            return (sources[occasion.client or 0],)
        if self._choose == "random":
            return (sources[int(luck(occasion.ordinal) * len(sources))],)
        self._turn += 1
        return (sources[(self._turn - 1) % len(sources)],)

    def request(
        self,
        occasion: Occasion,
        number: int,
        ordinal: int,
        source: Source | None,
        recorded: Mapping[str, str] | None,
    ) -> CreateImageRequest:
        """Return the request of one call."""
        ask = self._ask
        if ask.parameters or recorded:
            request = CreateImageRequest.of({**ask.parameters, **(recorded or {})})
        else:
            request = CreateImageRequest()
        if request.instance_id or request.snapshot_id or request.mapping:
            source = None
        if request.region_id is None:
            request.region_id = ask.region or (source.region if source else self._default)
        if source is not None:
            if self._by_instance:
                request.instance_id = source.id
            else:
                request.snapshot_id = source.id
        if self._name is not None and request.image_name is None:
            request.image_name = self._named(
                occasion, number, request.instance_id or request.snapshot_id or ""
            )
        if self._tokens and request.client_token is None:
            request.client_token = f"{self._stream}/{ordinal}"
        return request

    def _named(self, occasion: Occasion, number: int, source: str) -> str:
        assert self._name is not None
        text = ""
        for literal, field_name in self._name:
            text += literal
            if field_name == "n":
                text += str(number)
            elif field_name == "source":
                text += source
            elif field_name == "stream":
                text += self._stream
            elif field_name == "client":
                text += str(occasion.client or 0)
            elif field_name is not None:
                instant = self._start + timedelta(microseconds=occasion.instant)
                text += f"{instant:%Y%m%d}" if field_name == "date" else f"{instant:%H%M%S}"
        return text


def _compiled(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _, _ in string.Formatter().parse(template))
