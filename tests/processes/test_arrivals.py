"""When calls arrive: by the calendar, and as a trace tells."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

import imgsim
from imgsim import Scenario
from imgsim.units import parse_duration

DISK = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}
OLD = {"region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}


def run(arrivals, mix, horizon="3h"):
    region = {"snapshot_service": {"duration": "60s"}}
    return imgsim.run(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "arrivals",
                "run": {"horizon": horizon},
                "regions": {"r": region, "q": region},
                "instances": [
                    {"group": "g", "count": 4, "region": "r", "disks": [DISK]},
                    {"id": "lone", "region": "q", "disks": [DISK]},
                ],
                "snapshots": [OLD | {"id": "old"}],
                "load": {"s": {"arrivals": arrivals, "mix": mix}},
            }
        )
    )


def seconds(run, table, column):
    instants = getattr(run, table)[column] - pd.Timestamp(run.scenario.start)
    return [None if pd.isna(i) else i.total_seconds() for i in instants]


ROWS = [
    {"at": 7200.5, "RegionId": "r", "InstanceId": "g-2", "ImageName": "b-1"},
    {"at": 30.0, "RegionId": "r", "InstanceId": "g-1", "ImageName": "NA"},
    {"at": 30.0, "RegionId": "r", "SnapshotId": "old", "ImageName": None},
    {"at": 10800.0, "RegionId": "r", "InstanceId": "g-1", "ImageName": "at-the-horizon"},
    {"at": -1.0, "RegionId": "r", "InstanceId": "g-1", "ImageName": "before-the-start"},
]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("column", ["at_s", "time"])
def test_a_trace_tells_instants_and_parameters_row_by_row(tmp_path, ending, column):
    frame = pd.DataFrame(ROWS)
    at = frame.pop("at")
    if column == "time":
        at = pd.Timestamp("2026-01-05T00:00:00Z") + pd.to_timedelta(at, "s")
    frame.insert(0, column, at)
    file = tmp_path / f"calls.{ending}"
    if ending == "csv":
        frame.to_csv(file, index=False)
    else:
        frame.to_parquet(file)
    result = run({"trace": {"file": str(file)}}, [])
    assert seconds(result, "calls", "arrived_at") == [30, 30, 7200.5]
    assert result.calls["source"].tolist() == ["g-1", "old", "g-2"]
    assert result.images["name"].astype(object).fillna("none").tolist() == ["NA", "none", "b-1"]


def test_what_a_trace_does_not_tell_comes_from_the_mix(tmp_path):
    file = tmp_path / "calls.csv"
    file.write_text("at_s,RegionId,InstanceId,ImageName\n1,,,\n2,q,lone,mine\n3,,,\n4,r,g-2,\n")
    mix = [{"instances": {"ids": ["lone", "g-1"]}, "name": "{source}-{n}"}]
    result = run({"trace": {"file": str(file)}}, mix)
    assert result.calls["source"].tolist() == ["lone", "lone", "lone", "g-2"]
    assert result.images["name"].tolist() == ["lone-1", "mine", "lone-3", "g-2-4"]


CALENDAR = [
    ("*/20 * * * *", "2h"),
    ("15 3 * * *", "60h"),
    ("0 0 1 * *", "100d"),
    ("0 12 * 3 *", "90d"),
    ("30 4 * * 1-5", "15d"),
    ("0 0 13 * 5", "60d"),
]


def fits(text, instant):
    """Say whether a cron expression names the minute, by the book (day or weekday)."""

    def among(field, value):
        for part in field.split(","):
            span, _, step = part.partition("/")
            low, _, high = span.partition("-")
            begin = 0 if span == "*" else int(low)
            end = 99 if span == "*" else int(high or low)
            if begin <= value <= end and (value - begin) % int(step or 1) == 0:
                return True
        return False

    minute, hour, day, month, weekday = text.split()
    days = [among(day, instant.day), among(weekday, instant.isoweekday() % 7)]
    either = any(days) if "*" not in (day, weekday) else all(days)
    inside = among(minute, instant.minute) and among(hour, instant.hour)
    return inside and among(month, instant.month) and either


@pytest.mark.parametrize(("schedule", "horizon"), CALENDAR)
def test_cron_calls_at_every_minute_that_its_five_fields_name(schedule, horizon):
    mix = [{"snapshots": {"ids": ["old"]}}]
    result = run({"cron": {"schedule": schedule}}, mix, horizon=horizon)
    start = datetime(2026, 1, 5)
    minutes = parse_duration(horizon) // 60_000_000
    named = [60 * n for n in range(minutes) if fits(schedule, start + timedelta(minutes=n))]
    assert seconds(result, "calls", "arrived_at") == named
