"""Every column has its type, in empty tables too."""

from __future__ import annotations

import pandas as pd
import pytest

from imgsim import Scenario, Simulation
from imgsim.records.rows import TABLES

ASK = {"RegionId": "r", "InstanceId": "i"}
TIME, TEXT, WHOLE, BIG, REAL = "datetime64[us, UTC]", "string", "Int32", "Int64", "Float64"
TYPES = {
    "intents": {
        "intent": WHOLE,
        "stream": "category",
        "ordinal": BIG,
        "client": WHOLE,
        "region": "category",
        "arrived_at": TIME,
        "ended_at": TIME,
        "attempts": WHOLE,
        "outcome": "category",
        "image_id": TEXT,
        "polls": BIG,
        "images_left": WHOLE,
        "snapshots_left": WHOLE,
        "total_s": REAL,
    },
    "calls": {
        "intent": WHOLE,
        "attempt": WHOLE,
        "arrived_at": TIME,
        "region": "category",
        "approach": "category",
        "source": "category",
        "outcome": "category",
        "answer": "category",
        "rule": "category",
        "row": WHOLE,
        "code": "category",
        "http_status": WHOLE,
        "faults": "category",
        "unknown": WHOLE,
        "repeated": WHOLE,
        "image_id": TEXT,
        "disks": WHOLE,
        "gib": WHOLE,
        "ended_at": TIME,
        "turn_wait_s": REAL,
        "slot_wait_s": REAL,
        "snapshotting_s": REAL,
        "registering_s": REAL,
        "total_s": REAL,
        "began_at": TIME,
        "snapshotted_at": TIME,
    },
    "snapshots": {
        "snapshot_id": TEXT,
        "region": "category",
        "disk": "category",
        "kind": "category",
        "gib": WHOLE,
        "image_id": TEXT,
        "policy": "category",
        "status": "category",
        "created_at": TIME,
        "turn_at": TIME,
        "began_at": TIME,
        "transfer_at": TIME,
        "ended_at": TIME,
        "bytes": BIG,
        "increment_bytes": BIG,
        "deleted_at": TIME,
    },
    "images": {
        "image_id": TEXT,
        "region": "category",
        "name": TEXT,
        "source": "category",
        "intent": WHOLE,
        "status": "category",
        "created_at": TIME,
        "ended_at": TIME,
        "deleted_at": TIME,
        "orphaned_at": TIME,
    },
    "uses": {
        "used_at": TIME,
        "by": "category",
        "attempt": WHOLE,
        "action": "category",
        "image_id": "category",
        "region": "category",
        "intent": WHOLE,
        "outcome": "category",
        "http_status": WHOLE,
        "code": "category",
    },
    "ledger": {
        "booked_at": TIME,
        "cause": "category",
        "region": "category",
        "amount_cny": REAL,
        "balance_cny": REAL,
    },
    "states": {
        "changed_at": TIME,
        "kind": "category",
        "id": "category",
        "attribute": "category",
        "value": "category",
    },
}


def simulation():
    disks = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "tables",
                "start": "2026-03-01T12:00:00Z",
                "regions": {
                    "r": {"snapshot_service": {"bandwidth": "1 GiB/s", "incremental": False}}
                },
                "instances": [{"id": "i", "region": "r", "disks": disks}],
            }
        )
    )


@pytest.mark.parametrize("busy", [False, True], ids=["empty", "busy"])
def test_columns_have_their_types_in_empty_tables_too(busy):
    sim = simulation()
    if busy:
        sim.create_image(ASK)
        sim.create_image({})
        sim.use_image("RunInstances", "m-000000001")
        sim.lock("i", "security")
        sim.run()
    run = sim.finish()
    assert {table.name for table in TABLES} == TYPES.keys()
    for name, types in TYPES.items():
        frame = run.tables[name]
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == types
        assert isinstance(frame.index, pd.RangeIndex)
