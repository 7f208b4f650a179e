import json
from math import nan

import numpy as np
import pandas as pd
import pytest
from fitting.service_logs import DESIGNS, LUCK, TEST_LOGS
from typer.testing import CliRunner

import imgsim
from imgsim.cli import app
from imgsim.fitting.blocks import data_rate
from imgsim.fitting.service import find
from imgsim.fitting.service_reading import Columns, series_of
from imgsim.fitting.service_series import ClosedLoop, Parameters, Replay, met
from imgsim.units import parse_data_rate


def is_inside(found, service, name):
    low, high = getattr(found.low, name), getattr(found.high, name)
    return low <= getattr(service, name) <= high


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_a_simulated_service_is_found_again(design):
    service, make, told = DESIGNS[design]
    found = find(make(service, 100), confidence=0.99)
    assert found.fits
    for name in told:
        assert is_inside(found, service, name), (name, found)
        assert getattr(found.high, name) < np.inf


@pytest.mark.long
@pytest.mark.parametrize("design", DESIGNS)
def test_90_percent_intervals_hold_the_true_parameters_in_85_of_100_logs(design):
    service, make, told = DESIGNS[design]
    found = [find(make(service, number)) for number in TEST_LOGS]
    held = {name: sum(is_inside(one, service, name) for one in found) for name in told}
    print(design, held)
    assert min(held.values()) >= 85, held


def test_a_closed_loop_is_simulated_as_the_model_says():
    alone = ClosedLoop("one", 1, np.ones(5), np.ones(5))
    made = alone.simulate(Parameters(setup=2.0, alone=4.0, shared=1.0, cv=0.0), 0)
    assert made.durations == pytest.approx([6.0] * 5, abs=1e-5)
    assert made.lasted == pytest.approx(30.0, abs=1e-4)
    five = ClosedLoop("five", 5, np.ones(5), np.full(5, 2.0))
    made = five.simulate(Parameters(setup=2.0, alone=4.0, shared=1.0, cv=0.0), 0)
    assert made.durations == pytest.approx([2.0 + 5 * 2.0] * 5, abs=1e-5)


def test_a_replay_starts_when_the_log_says():
    log = Replay("pairs", np.array([0.0, 1.0, 100.0]), np.ones(3), np.array([1.0, 1.0, 3.0]))
    made = log.simulate(Parameters(setup=0.0, alone=0.0, shared=2.0, cv=0.0), 0)
    assert made.durations == pytest.approx([3.0, 3.0, 6.0], abs=1e-5)
    assert made.lasted == pytest.approx(106.0, abs=1e-4)


def test_the_length_of_a_closed_loop_is_told_by_its_rows():
    rows = pd.read_csv("tests/data/rally_filesystem.csv").query("series == 'filesystem-30'")
    columns = Columns(clients="concurrency", create="create_s", delete="delete_s")
    (series,) = series_of(rows, columns)
    assert series.lasted == pytest.approx(rows["load_duration_s"].iloc[0], abs=0.1)


def test_how_many_were_under_way_counts_each_one_itself():
    starts, ends = np.array([0.0, 0.0, 1.0]), np.array([2.0, 1.0, 3.0])
    assert met(starts, ends) == pytest.approx([2.0, 2.0, 1.5])


def test_more_luck_than_the_logs_is_not_that_of_the_fit():
    assert LUCK + TEST_LOGS[-1] < 10**6


GOOD = pd.DataFrame({"n": 2, "c": 1.0, "d": 0.5, "s": range(30), "e": 40.0, "gib": 1.0})
LOOP = {"clients": "n", "create": "c"}
PAIRS = {"start": "s", "end": "e"}


@pytest.mark.parametrize(
    ("change", "columns", "message"),
    [
        ({}, {}, "give clients and create"),
        ({}, LOOP | PAIRS, "give clients and create"),
        ({}, LOOP | {"create": "cc"}, "there is no column 'cc'"),
        ({}, LOOP | {"clients": 0}, "0 clients cannot create 30 images"),
        ({}, LOOP | {"size": "big"}, "neither a size such as 20 GiB nor a column"),
        ({"gib": [1.0, *[2.0] * 29]}, LOOP | {"size": "gib"}, "must be of one size"),
        ({"c": [*[1.0] * 29, nan]}, LOOP, "row 30 of the column 'c' is empty"),
        ({"c": [*[1.0] * 29, -1.0]}, LOOP, "row 30 of the column 'c' holds '-1.0'"),
        ({"c": ["x"] * 30}, LOOP, "row 1 of the column 'c' holds 'x', not seconds"),
        ({"n": [2] * 29 + [3]}, LOOP, "must hold one whole number of clients"),
        ({"e": 20.0}, PAIRS, "row 21 of the column 'e' is not after the start"),
        ({"s": ["soon"] * 30}, PAIRS, "row 1 of the column 's' holds 'soon', not seconds or an"),
        ({"e": [nan] * 25 + [40.0] * 5}, PAIRS, "fewer than 20 ends were seen"),
        ({}, LOOP, "all images took the same time"),
        ({"s": [*range(29), nan]}, PAIRS, "row 30 of the column 's' is empty"),
    ],
)
def test_what_cannot_be_fitted_is_said(change, columns, message):
    with pytest.raises(ValueError, match=r".*") as raised:
        imgsim.fit_service(GOOD.assign(**change), **columns)
    assert message in str(raised.value)


def test_few_rows_are_refused():
    with pytest.raises(ValueError, match="19 rows; a fit takes 20 or more"):
        imgsim.fit_service(GOOD.head(19), **LOOP)


@pytest.mark.parametrize("text", ["2026-01-05T00:00:{:02d}Z", "2026-01-05 00:00:{:02d}", "{}"])
def test_starts_are_seconds_or_instants(text):
    frame = GOOD.assign(s=[text.format(s) for s in range(30)], e=[text.format(50)] * 30)
    (series,) = series_of(frame, Columns(**PAIRS))
    assert series.starts.tolist() == list(range(30))
    assert series.durations.tolist() == [50.0 - s for s in range(30)]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (None, ["--clients", "2", "--create", "c"], "there is no file"),
        ("", ["--clients", "2", "--create", "c"], "cannot be read"),
        ("c\n1\n", ["--clients", "2", "--create", "c"], "1 rows; a fit takes 20 or more"),
        ("c\n1\n", ["--clients", "2", "--create", "k"], "no column 'k'"),
        ("c\n1\n", [], "give clients and create"),
        ("c\n" + "1\n" * 30, ["--clients", "2", "--create", "c", "--fit-on", "x"], "no series 'x'"),
    ],
)
def test_the_verb_ends_with_2_and_a_message(content, options, message, tmp_path):
    file = tmp_path / "log.csv"
    if content is not None:
        file.write_text(content)
    told = CliRunner().invoke(app, ["fit", "service", str(file), *options])
    assert told.exit_code == 2
    assert message in told.stderr
    assert "Traceback" not in told.output


@pytest.mark.slow
def test_the_verb_tells_the_same_as_json_and_draws(tmp_path):
    picture = tmp_path / "fit.png"
    options = ["--clients", "concurrency", "--create", "create_s", "--delete", "delete_s"]
    options += ["--series", "series", "--fit-on", "ceph-5", "--picture", str(picture), "--json"]
    told = CliRunner().invoke(app, ["fit", "service", "tests/data/rally_ceph.csv", *options])
    assert told.exit_code == 3, told.output
    assert told.stderr == "no service fits; the block is the nearest\n"
    facts = json.loads(told.stdout)
    assert facts["fits"] is False
    assert {one["series"]: one["fitted"] for one in facts["series"]} == {
        "ceph-5": True,
        "ceph-10": False,
    }
    region = {"r": {"snapshot_service": facts["block"]["snapshot_service"]}}
    imgsim.Scenario.from_mapping({"imgsim": 1, "name": "fitted", "regions": region})
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("mib", "said"),
    [(1053.2, "1053 MiB/s"), (217.93, "217.875 MiB/s"), (1.003, "1027 KiB/s"), (2.5, "2.5 MiB/s")],
)
def test_a_rate_of_data_is_said_in_whole_bytes(mib, said):
    assert data_rate(mib) == said
    assert parse_data_rate(said) == pytest.approx(mib * 2**20, rel=0.006)
