"""The account is topped up.

Reading: a top-up and a charge of the same microsecond happen in the order in which the scenario
names their processes.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgsim.chance.distributions import STRICT
from imgsim.fields import Money
from imgsim.processes import billing
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.units import CNY
from imgsim.workload.patterns import Timing

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.processes.world import World

_LARGEST = 1_000_000 * CNY


@dataclass(frozen=True)
class TopUps:
    """An amount is added to the balance, again and again."""

    __pydantic_config__ = STRICT
    when: Timing
    """When, until the run ends."""
    amount: Money
    """How much each time."""

    def __post_init__(self) -> None:
        if not 0 < self.amount <= _LARGEST:
            raise ValueError("amount must be above 0 CNY and at most 1000000 CNY")

    def begin(self, world: World, name: str, number: int) -> None:
        """Top up at every instant of the timing."""
        world.env.process(self._top_up(world, name, number))

    def _top_up(self, world: World, name: str, number: int) -> Generator[Event, None, None]:
        instants = self.when.arrival_times(world.chance, f"{name}/top-up", world.start, None)
        for index, instant in enumerate(instants):
            yield At(world.env, instant, rank(Happening.MONEY, pair(number, index)))
            billing.top_up(world, self.amount)
