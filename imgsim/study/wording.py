"""The answer of a search in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imgsim.study.constraints import Constraint, enough
from imgsim.study.looks import looks
from imgsim.study.search import SCANNED

if TYPE_CHECKING:
    from imgsim.study.solution import Solution

_IN_WORDS = {"disproved": "does not", "near": "lies inside the indifference zone"}


def sentences(solution: Solution) -> Iterator[str]:
    """Yield what is known of the wanted value, then what stands in the way of knowing more."""
    yield _answer(solution)
    if solution.interrupted:
        yield f"The search was interrupted when {len(solution.points)} values were decided."
    yield from _disorder(solution)
    yield from _open(solution)


def _answer(solution: Solution) -> str:
    asked, grid = solution.question, solution.question.grid
    keeps = " and ".join(map(str, asked.constraints))
    sure = f"with {asked.confidence * 100:.6g}% confidence"
    what = f"the {asked.find} {asked.path} with {keeps}"
    low, high = solution.bounds
    if solution.end == "solved":
        neighbour = solution.neighbour
        if neighbour is None:
            which = "smaller" if asked.find == "smallest" else "larger"
            reason = f"it is the end of the range, {which} ones were not looked at"
        else:
            reason = f"{solution.answer} holds, {neighbour.value} {_IN_WORDS[neighbour.decision]}"
        return f"Solved {sure}: {what} is {solution.answer}; {reason}."
    if solution.answer is not None:
        return f"Bounded {sure}: {what} lies between {low} and {high}, and {solution.answer} holds."
    if low is None and high is None:
        ends = f"{grid.value(0)} to {grid.value(grid.last)}"
        return f"Bounded {sure}: no {asked.path} from {ends} keeps {keeps}."
    beyond = f"from {low} on" if asked.find == "smallest" else f"up to {high}"
    return f"Bounded {sure}: {what} lies {beyond}, perhaps beyond the range; none was proved."


def _disorder(solution: Solution) -> Iterator[str]:
    """Yield why points were looked at one after the other."""
    if (disorder := solution.disorder) is None:
        return
    name, one, other = disorder
    worse, better = (other, one) if solution.question.find == "smallest" else (one, other)
    wanted = "low" if solution.question.find == "smallest" else "high"
    yield (
        f"Beware: {name} is worse at {worse.value} than at {better.value}, so it does not only get "
        f"better on the way. Therefore values were looked at one after the other from the {wanted} "
        f"end on, all of them or {SCANNED} that lie evenly; those beyond the answer may not hold."
    )


def _open(solution: Solution) -> Iterator[str]:
    """Yield which points stayed open, and what would help."""
    if solution.end == "solved":
        return
    asked = solution.question
    undecided = [str(point.value) for point in solution.points if point.decision == "undecided"]
    if undecided:
        shown = ", ".join(undecided[:8]) + (", ..." if len(undecided) > 8 else "")
        yield f"Undecided after {asked.at_most} replications: {shown}."
    for point in solution.points:
        if point.decision == "no events" and point.is_final:
            needed = max(
                _needed(one, point.error, asked.at_most)
                for one in asked.constraints
                if point.checks[one.name].decision == "no events"
            )
            yield (
                f"At {point.value} no event was seen in {point.n} replications; {needed} without "
                f"any would be a proof, at most {asked.at_most} were allowed."
            )


def _needed(constraint: Constraint, error: float, at_most: int) -> int:
    """Return how many replications must be allowed so that none with an event is a proof."""
    while (needed := enough(constraint, error / len([*looks(at_most)]))) > at_most:
        at_most = needed
    return at_most
