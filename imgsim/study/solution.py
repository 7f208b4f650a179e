"""What a search has found: the points it has looked at, and how far they settle the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd

from imgsim.shown import Shown, Shows
from imgsim.study.frames import coded, marked
from imgsim.study.monotony import Disorder
from imgsim.study.point import Point
from imgsim.study.question import Question
from imgsim.study.search import Decision, between, refuted_from_end
from imgsim.study.wording import sentences


@dataclass(frozen=True)
class Solution(Shows):
    """The answer to: which is the smallest, or the largest, value that keeps all constraints?

    ``points`` stand in the order in which they were decided; all decisions together are right with
    the confidence asked for. Where a ``disorder`` was found, point after point was looked at. One
    that was ``interrupted`` has the points decided by then, and is bounded.
    """

    question: Question
    points: Sequence[Point]
    disorder: Disorder | None = None
    interrupted: bool = False

    @property
    def end(self) -> Literal["solved", "bounded"]:
        """Whether the answer is settled: its neighbour is known not to hold, or there is none."""
        below, above = self._doubt
        is_settled = self.answer is not None and above - below == 1 and not self.interrupted
        return "solved" if is_settled else "bounded"

    @property
    def path(self) -> str:
        """What is sought, by its dotted path or the name of a parameter."""
        return self.question.path

    @property
    def answer(self) -> Any:
        """The smallest (largest) value that was proved to hold, as a file says it; None: none."""
        proved = [point for point in self.points if point.decision == "proved"]
        if not proved:
            return None
        nearest = min if self._is_smallest else max
        return nearest(proved, key=lambda point: point.number).value

    @property
    def bounds(self) -> tuple[Any, Any]:
        """The ends between which the wanted value lies, they too; None: beyond the range."""
        below, above = self._doubt
        ends = (below + 1, above) if self._is_smallest else (below, above - 1)
        grid = self.question.grid
        low, high = (grid.value(end) if 0 <= end <= grid.last else None for end in ends)
        return low, high

    @property
    def runs(self) -> int:
        """How many replications all points have."""
        return sum(point.n for point in self.points)

    @property
    def made(self) -> int:
        """How many of them were run, not found in the ledger."""
        return sum(point.made for point in self.points)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each constraint at each point, by size of the value.

        ``mean`` with the one-sided bounds ``low`` and ``high`` of the last look, the ``limit`` and
        the decision on this ``measure`` alone; of the point its ``order``, ``n``, how many of these
        were ``made``, the ``error`` spent, and the ``decision``.
        """
        limits = {one.name: one.limit for one in self.question.constraints}
        rows = [
            {
                "value": point.value,
                "measure": name,
                "n": check.n,
                "mean": check.mean,
                "low": check.low,
                "high": check.high,
                "at_least": check.at_least,
                "limit": limits[name],
                "alone": check.decision,
                "decision": point.decision,
                "order": order,
                "error": point.error,
                "made": point.made,
            }
            for order, point in sorted(enumerate(self.points, 1), key=lambda one: one[1].number)
            for name, check in point.checks.items()
        ]
        words = pd.CategoricalDtype([*get_args(Decision)])
        types = dict.fromkeys(("mean", "low", "high"), "float64")
        frame = pd.DataFrame(rows).astype({**types, "alone": words, "decision": words})
        return marked(coded(frame, "measure"), interrupted=self.interrupted)

    @property
    def replications(self) -> pd.DataFrame:
        """One row per point and replication: the value as a text, its number, every measure."""
        frames = {str(point.value): point.study.replications for point in self.points}
        return pd.concat(frames, names=["value"]).reset_index(level="value").reset_index(drop=True)

    @property
    def sentence(self) -> str:
        """The answer in words, how certain it is, and what stands in the way of a better one."""
        return " ".join(sentences(self))

    @property
    def neighbour(self) -> Point | None:
        """The point next to the answer that is known not to hold; None where there is none."""
        place = self._doubt[0 if self._is_smallest else 1]
        return next((point for point in self.points if point.number == place), None)

    @property
    def _is_smallest(self) -> bool:
        return self.question.find == "smallest"

    @property
    def _doubt(self) -> tuple[int, int]:
        decisions = {point.number: point.decision for point in self.points}
        ends = between if self.disorder is None else refuted_from_end
        return ends(decisions, self.question.find, self.question.grid.last)

    def shown(self) -> Shown:
        """Return the answer in words, and what is known at each point."""
        from imgsim.study.telling import solution

        return solution.shown(solution.facts(self))

    def __repr__(self) -> str:
        return f"<{self.sentence}>"
