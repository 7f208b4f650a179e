"""Who calls: open streams and closed loops."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy import Event

from imgsim.processes.order import At, Happening, pair, rank
from imgsim.processes.pursuits import Pursuit
from imgsim.processes.wishes import Wish
from imgsim.workload.arrivals import COPY, OpenPattern, of_copy, repeated
from imgsim.workload.asker import ORDINAL_STRIDE, Asker, Occasion
from imgsim.workload.patterns import ClosedLoop, Trace

if TYPE_CHECKING:
    from datetime import datetime

    from imgsim.api.request import CreateImageRequest
    from imgsim.chance.streams import Draws
    from imgsim.processes.streams import Stream
    from imgsim.processes.world import World
    from imgsim.workload.recording import Rows


def open_stream(
    world: World,
    stream: Stream,
    pattern: OpenPattern,
    asker: Asker,
    start: datetime,
    horizon: int | None,
    scale: float = 1.0,
) -> Generator[Event, None, None]:
    """Ask at every arrival of the scaled pattern, whatever becomes of the calls."""
    recorded: Rows | None = None
    if isinstance(pattern, Trace):
        instants, recorded = pattern.rows(start, horizon)
        arrivals = repeated(instants, world.chance, stream.purpose, scale)
    else:
        arrivals = pattern.arrivals(world.chance, stream.purpose, start, horizon, scale)
    first = rank(Happening.ARRIVAL, pair(stream.number, 0))
    for number, (instant, at) in enumerate(arrivals):
        yield At(world.env, instant, first + number)
        told = of_copy(recorded[at % COPY], at // COPY) if recorded is not None else None
        for ordinal, request in asker.requests(Occasion(number, instant, at), told):
            _ask(world, stream, ordinal, request)


def _ask(
    world: World,
    stream: Stream,
    ordinal: int,
    request: CreateImageRequest,
    client: int | None = None,
    done: Event | None = None,
) -> None:
    """Begin an intent as the clients of the stream do."""
    if stream.patient:
        Pursuit(world, stream, ordinal, request, client, done)
    else:
        world.ask(request, Wish(world, stream, ordinal, client, done))


class Loop:
    """The calls of a closed loop, numbered as its clients make them."""

    def __init__(self, pattern: ClosedLoop) -> None:
        self._most = pattern.calls
        self._made = 0

    def take(self) -> int | None:
        """Return the number of the next call, from 0, or None when all have been made."""
        if self._most is not None and self._made >= self._most:
            return None
        self._made += 1
        return self._made - 1


def closed_loop_client(
    world: World,
    stream: Stream,
    loop: Loop,
    client: int,
    think: Draws[int] | None,
    asker: Asker,
    horizon: int | None,
) -> Generator[Event, None, None]:
    """Ask, wait until the image is done with, think, ask again."""
    env, iteration = world.env, 0
    place = rank(Happening.ARRIVAL, pair(stream.number, client))
    instant = 0
    while horizon is None or instant < horizon:
        yield At(env, instant, place)
        if (number := loop.take()) is None:
            return
        ordinal = iteration * ORDINAL_STRIDE + client
        done = Event(env)
        for _, request in asker.requests(Occasion(number, env.now, ordinal, client)):
            _ask(world, stream, ordinal, request, client, done)
        yield done
        instant = env.now + (think.at(ordinal) if think is not None else 0)
        iteration += 1
