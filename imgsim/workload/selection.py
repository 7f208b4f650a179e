"""Which of the scenario's things are meant."""

from __future__ import annotations

from dataclasses import dataclass

from imgsim.chance.distributions import STRICT


@dataclass(frozen=True)
class Selection:
    """Things by the group they belong to, or by their ids."""

    __pydantic_config__ = STRICT
    group: str | None = None
    """All of a group."""
    ids: tuple[str, ...] = ()
    """Those with these ids."""

    def __post_init__(self) -> None:
        if (self.group is None) == (not self.ids):
            raise ValueError("give either a group or a list of ids")
