"""Named streams: a draw depends on seed, replication, purpose and ordinal, and on nothing else.

A counter-based generator (Philox 4x64: Salmon et al., "Parallel random numbers: as easy as 1, 2,
3", 2011) makes the n-th draw of a purpose without the n - 1 before it, so adding a purpose, a load
stream or a retry disturbs no other draw, and intent 17 of a stream meets the same luck in every
what-if. Draws are made in blocks, because a generator per draw would cost a hundred times more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from imgsim.chance.base import Distribution, Floats

T = TypeVar("T")
Tell = Callable[[str, int, Any], None]

BLOCK: Final = 1024
"""Draws made at once, a power of two; its value changes no draw."""
_WORDS: Final = 4
_KEPT: Final = 8


class Chance:
    """The luck of one replication: seed and replication number fix every draw."""

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication
        self.tell: Tell | None = None
        """Told of every draw: purpose, ordinal and value, once somebody watches."""
        self._draws: list[Draws[Any]] = []

    def watch(self, tell: Tell) -> None:
        """Have every draw told from now on; none is made, consumed or changed by it."""
        self.tell = tell
        for draws in self._draws:
            draws.__class__ = WatchedDraws

    def uniform(self, purpose: str, ordinal: int) -> float:
        """Return the one draw on (0, 1) that a draw of the purpose is made from."""
        place = ordinal % _WORDS
        return float(self.uniforms(purpose, ordinal - place, _WORDS)[place])

    def uniforms(self, purpose: str, first: int, count: int) -> Floats:
        """Return draws ``first`` .. ``first + count - 1`` of the purpose, strictly inside (0, 1).

        ``first`` is a multiple of 4.
        """
        key = hashlib.sha256(f"{self.seed}/{self.replication}/{purpose}".encode()).digest()
        philox = np.random.Philox(
            key=np.frombuffer(key, dtype="<u8", count=2).astype(np.uint64), counter=first // _WORDS
        )
        words: NDArray[np.uint64] = philox.random_raw(count)
        uniforms: Floats = ((words >> np.uint64(12)) + 0.5) * 2.0**-52
        return uniforms

    def durations(
        self, purpose: str, distribution: Distribution[Any], block: int = BLOCK
    ) -> Draws[int]:
        """Return draws of whole microseconds, at least 1, from the distribution."""
        return self._made(purpose, lambda u: rounded(distribution.quantile(u)), block)

    def factors(
        self, purpose: str, distribution: Distribution[float], block: int = BLOCK
    ) -> Draws[float]:
        """Return draws of plain numbers from the distribution."""
        return self._made(purpose, lambda u: distribution.quantile(u).tolist(), block)

    def shares(self, purpose: str, block: int = BLOCK) -> Draws[float]:
        """Return draws that are uniform on (0, 1)."""
        return self._made(purpose, lambda u: u.tolist(), block)

    def _made(self, purpose: str, transform: Callable[[Floats], list[T]], block: int) -> Draws[T]:
        kind: type[Draws[T]] = Draws if self.tell is None else WatchedDraws
        draws = kind(self, purpose, transform, block)
        self._draws.append(draws)
        return draws


class Draws(Generic[T]):
    """The draws of one purpose, by ordinal. The newest blocks are kept; others are made again."""

    __slots__ = ("_block", "_blocks", "_chance", "_mask", "_purpose", "_shift", "_transform")

    def __init__(
        self,
        chance: Chance,
        purpose: str,
        transform: Callable[[Floats], list[T]],
        block: int = BLOCK,
    ) -> None:
        self._chance = chance
        self._purpose = purpose
        self._transform = transform
        self._block = block
        self._shift = block.bit_length() - 1
        self._mask = block - 1
        self._blocks: dict[int, list[T]] = {}

    def at(self, ordinal: int) -> T:
        """Return the draw of that ordinal (0, 1, ...)."""
        block = self._blocks.get(ordinal >> self._shift)
        if block is None:
            block = self._make(ordinal >> self._shift)
        return block[ordinal & self._mask]

    def _make(self, number: int) -> list[T]:
        uniforms = self._chance.uniforms(self._purpose, number * self._block, self._block)
        if len(self._blocks) >= _KEPT:
            del self._blocks[next(iter(self._blocks))]
        block = self._blocks[number] = self._transform(uniforms)
        return block


class WatchedDraws(Draws[T]):
    """The same draws, each told as it is taken."""

    __slots__ = ()

    def at(self, ordinal: int) -> T:
        """Return the draw of that ordinal, and tell it."""
        drawn = super().at(ordinal)
        if self._chance.tell is not None:
            self._chance.tell(self._purpose, ordinal, drawn)
        return drawn


def rounded(values: Floats) -> list[int]:
    """Return the values as whole microseconds, from 1 to 2^55, halves to even."""
    whole: list[int] = np.clip(np.rint(values), 1, 2.0**55).astype(np.int64).tolist()
    return whole
