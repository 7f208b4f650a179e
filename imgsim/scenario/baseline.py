"""What is kept of a scenario's numbers, to be compared with later ones."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import model_validator

from imgsim.fields import Count, Flag
from imgsim.scenario.base import Spec
from imgsim.scenario.tolerance import AsTolerance


class Baseline(Spec):
    """What a file beside the scenario keeps; `imgsim test --update-baselines` writes it."""

    measures: Mapping[str, AsTolerance] = {}
    """What difference matters, by name of the measure: a number in its unit, a time such as 30s, or
    a percentage of the number that is kept."""
    replications: Count = 20
    """From so many the measures are found, those that are kept and those that are compared."""
    exact: Flag = True
    """Whether digests of all tables of replication 0 are kept too, and compared while scenario,
    seed, and the versions of imgsim, numpy and scipy are the same."""

    @model_validator(mode="after")
    def _keeps_something(self) -> Baseline:
        if not self.measures and not self.exact:
            raise ValueError("nothing is kept; name measures, such as measures: {calls: 5%}")
        if self.replications < 2:
            raise ValueError("replications must be 2 or more: one tells nothing of its own luck")
        return self
