"""A run made in pieces is the run made in one go."""

from __future__ import annotations

import pandas as pd

from imgsim import Simulation
from imgsim.records.rows import TABLES
from imgsim.units import format_duration


def demand_the_same_in_pieces(run, pieces):
    """Run the scenario of a run again, with stops at these shares of its horizon."""
    stepped = Simulation(run.scenario)
    for piece in sorted(pieces):
        stepped.run(until=format_duration(int(piece * run.scenario.run.horizon)))
    stepped.run()
    again = stepped.finish()
    for table in TABLES:
        pd.testing.assert_frame_equal(run.tables[table.name], again.tables[table.name])
    assert run.ended_at == again.ended_at
    assert {name: str(run.measures.of(name)) for name in run.measures} == {
        name: str(again.measures.of(name)) for name in again.measures
    }
