"""The points of a sweep: a grid, a list, a Latin hypercube, or those of Sobol indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.stats import qmc

from imgsim.scenario.file import ScenarioError, override
from imgsim.scenario.naming import Fault, Path
from imgsim.scenario.paths import fault_of_path
from imgsim.scenario.spec import Scenario
from imgsim.scenario.sweep import Factor, LatinHypercube, Sobol, SweepSpec, Values
from imgsim.scenario.words import shown_path
from imgsim.study.case import Case
from imgsim.study.points import at
from imgsim.study.sample import Floats

_MOST_FAULTS: Final = 100


class Point(NamedTuple):
    """What is set at a point, and where the file says it."""

    values: Values
    place: Path
    places: Mapping[str, Path]


def points_of(spec: SweepSpec) -> list[Point]:
    """Return the points of a sweep in order; of a grid the last path changes fastest."""
    if spec.grid is not None:
        return [*_grid(spec.grid)]
    if spec.points is not None:
        return [*_listed(spec.points)]
    if spec.latin_hypercube is not None:
        design = spec.latin_hypercube
        return [*_drawn("latin-hypercube", design.ranges, _spread(design))]
    assert spec.sobol is not None
    return [*_drawn("sobol", spec.sobol.ranges, _saltelli(spec.sobol))]


def models_at(what: Scenario | Case, spec: SweepSpec) -> list[Scenario | Case]:
    """Return the model at each point; raise `ScenarioError` with all faults, or `ValueError`."""
    models, wrong = [], list[Fault]()
    for model, faults in _built(what, spec):
        models += [model] if model is not None else []
        wrong += faults
    if wrong:
        told = (f"{shown_path(path)}: {what}" for path, what in wrong[:_MOST_FAULTS])
        raise ScenarioError(told)
    return models


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with the points of a scenario's sweep, each thing once."""
    if scenario.sweep is not None:
        for _, wrong in _built(scenario, scenario.sweep):
            yield from wrong


def _built(
    what: Scenario | Case, spec: SweepSpec
) -> Iterator[tuple[Scenario | Case | None, list[Fault]]]:
    """Yield the model at each point, or what is wrong there and not said of a point before."""
    bare, plain = what, dict[str, Any]()
    if isinstance(what, Scenario):
        bare = what.model_copy(update={"solve": None, "sweep": None})
        plain = bare.plain()
    said: set[Fault] = set()
    for number, point in enumerate(points_of(spec)):
        wrong = [*_astray(point, plain)] if plain else []
        try:
            model = None if wrong else at(bare, point.values)
        except ScenarioError as error:
            model, wrong = None, [*_placed(point, error)]
        found = [fault for fault in wrong if fault not in said]
        said.update(found)
        yield model, [Fault(path, f"point {number}: {what}") for path, what in found]


def _astray(point: Point, plain: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the paths that lead nowhere, in the scenario or a block that the point itself sets."""
    for path in point.values:
        inside = any(path.startswith(f"{other}.") for other in point.values)
        if not inside and (fault := fault_of_path(plain, path)) is not None:
            yield Fault(point.places[path], fault)


def _placed(point: Point, error: ScenarioError) -> Iterator[Fault]:
    """Yield the faults of a point, at the value that is wrong or else at the point itself."""
    labels = {f"{override(path)}: ": place for path, place in point.places.items()}
    for message in error.messages:
        label = next(filter(message.startswith, labels), "scenario: ")
        yield Fault(labels.get(label, point.place), message.removeprefix(label))


def _grid(grid: Mapping[str, tuple[Any, ...]]) -> Iterator[Point]:
    for numbers in product(*(range(len(values)) for values in grid.values())):
        chosen = dict(zip(grid, numbers, strict=True))
        yield Point(
            {path: grid[path][number] for path, number in chosen.items()},
            ("sweep", "grid"),
            {path: ("sweep", "grid", path, number) for path, number in chosen.items()},
        )


def _listed(points: Sequence[Values]) -> Iterator[Point]:
    for number, point in enumerate(points):
        place = ("sweep", "list", number)
        yield Point(point, place, {path: (*place, path) for path in point})


def _drawn(design: str, ranges: Mapping[str, Factor], shares: Floats) -> Iterator[Point]:
    """Yield the points at shares of the ranges, of shape (points, factors)."""
    places = {path: ("sweep", design, "ranges", path) for path in ranges}
    for row in shares.tolist():
        drawn = zip(ranges.items(), row, strict=True)
        values = {path: factor.at(share) for (path, factor), share in drawn}
        yield Point(values, ("sweep", design), places)


def _spread(design: LatinHypercube) -> Floats:
    """Return points of which each factor has one in each part of its range (McKay et al., 1979)."""
    rng = np.random.default_rng(design.seed)
    return qmc.LatinHypercube(len(design.ranges), seed=rng).random(design.points)


def _saltelli(design: Sobol) -> Floats:
    """Return base points A and B, and for each factor those of A with its value from B.

    A and B are the halves of one scrambled Sobol sequence (Saltelli et al., "Variance based
    sensitivity analysis of model output", Computer Physics Communications 181, 2010).
    """
    d = len(design.ranges)
    sequence = qmc.Sobol(2 * d, seed=np.random.default_rng(design.seed))
    both = sequence.random_base2(design.base.bit_length() - 1)
    a, b = both[:, :d], both[:, d:]
    mixed = [np.where(np.arange(d) == factor, b, a) for factor in range(d)]
    return np.concatenate([a, b, *mixed])
