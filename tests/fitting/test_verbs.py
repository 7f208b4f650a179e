"""``imgsim fit`` from the outside."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from imgsim.cli import app

RALLY = Path(__file__).parents[1] / "data" / "rally_filesystem.csv"
SERIES = ("--column", "create_s", "--where", "series=filesystem-40")


def call(*words, code=0):
    told = CliRunner().invoke(app, ["fit", *map(str, words)])
    assert told.exit_code == code, told.output
    assert "Traceback" not in told.output
    return told


def test_durations_as_a_table_a_picture_and_json(tmp_path):
    picture = tmp_path / "qq.png"
    told = call("durations", RALLY, *SERIES, "--picture", picture)
    assert "duration: {weibull: {shape: 6.203, scale: 37.52s}}" in told.stdout
    lines = [line for line in told.stdout.splitlines() if str(picture) not in line]
    assert max(map(len, lines)) <= 80
    assert picture.read_bytes().startswith(b"\x89PNG")
    facts = json.loads(call("durations", RALLY, *SERIES, "--json").stdout)
    assert facts["best"] == "weibull"
    assert facts["block"] == {"weibull": {"shape": 6.203, "scale": "37.52s"}}
    assert facts["candidates"][0]["parameters"]["shape"]["low"] < 6.2


def test_exit_3_and_the_column_itself_where_nothing_fits(tmp_path):
    series = pd.read_csv(RALLY).query("series == 'filesystem-30'")
    series[["create_s"]].to_csv(tmp_path / "times.csv", index=False)
    told = call("durations", tmp_path / "times.csv", code=3)
    assert f"duration: {{empirical: {{file: {tmp_path}/times.csv" in told.stdout.replace(
        "\n  ", " "
    )
    assert "no candidate fits" in told.stderr
    assert "Where a gap of 6.1% does not matter: duration: {lognormal:" in told.stderr


def test_lower_bounds_units_and_texts_with_units(tmp_path):
    rng = np.random.default_rng(4)
    minutes = rng.gamma(4, 1.5, 200).round(4)
    frame = pd.DataFrame({"m": np.minimum(minutes, 8), "over": minutes > 8})
    frame["text"] = [f"{one:.4f}min" for one in frame.m]
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.assign(m=pd.to_timedelta(frame.m, unit="min")).to_parquet(tmp_path / "t.parquet")
    bounds = ("--censored", "over", "--json")
    facts = [
        json.loads(call("durations", tmp_path / file, *words, *bounds).stdout)
        for file, words in (
            ("t.csv", ("--column", "m", "--unit", "min")),
            ("t.csv", ("--column", "text")),
            ("t.parquet", ("--column", "m")),
        )
    ]
    assert facts[0]["lower_bounds"] == int((minutes > 8).sum()) > 0
    assert facts[0]["block"] == facts[1]["block"] == facts[2]["block"]
    mean = next(c for c in facts[0]["candidates"] if c["distribution"] == "gamma")["parameters"][
        "mean"
    ]
    assert mean["low"] <= 360 <= mean["high"]


def test_arrivals_of_any_column(tmp_path):
    rng = np.random.default_rng(4)
    at = np.cumsum(rng.exponential(120, 400))
    times = pd.Timestamp("2026-01-05", tz="UTC") + pd.to_timedelta(at, unit="s")
    pd.DataFrame({"eventTime": times.strftime("%Y-%m-%dT%H:%M:%SZ"), "who": "x"}).to_csv(
        tmp_path / "log.csv", index=False
    )
    told = call("arrivals", tmp_path / "log.csv", "--column", "eventTime")
    assert "arrivals: {poisson: {rate: " in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 90
    pd.DataFrame({"at_s": at}).to_parquet(tmp_path / "log.parquet")
    told = call("arrivals", tmp_path / "log.parquet", "--json")
    assert json.loads(told.stdout)["best"] == "poisson"
    assert "say --start INSTANT" in told.stderr


def test_a_trace_is_replayed_where_no_pattern_fits(tmp_path):
    rng = np.random.default_rng(4)
    begins = np.cumsum(rng.exponential(3600, 60))
    at = np.sort((begins[:, None] + rng.uniform(0, 60, (60, 8))).ravel())
    pd.DataFrame({"at_s": at}).to_csv(tmp_path / "log.csv", index=False)
    told = call("arrivals", tmp_path / "log.csv", code=3)
    assert f"arrivals: {{trace: {{file: {tmp_path}/log.csv}}}}" in told.stdout.replace("\n  ", " ")
    assert "replay the trace itself" in told.stderr


@pytest.mark.parametrize(
    ("verb", "words", "said"),
    [
        ("durations", ("--column", "creates"), "has no column 'creates'; columns: a, b"),
        ("durations", (), "say --column"),
        ("durations", ("--column", "word"), "row 2 of the column 'word' in log.csv holds 'often'"),
        ("durations", ("--column", "a", "--unit", "weeks"), "no unit; units are us"),
        ("durations", ("--column", "a", "--where", "b=9"), "no row has b=9; values: 1, 2"),
        ("durations", ("--column", "a", "--where", "b"), "is not COLUMN=VALUE"),
        ("durations", ("--column", "minus"), "row 3 of the column 'minus' in log.csv holds '-3'"),
        ("durations", ("--column", "nought"), "row 1 of the column 'nought'"),
        ("durations", ("--column", "inf"), "row 2 of the column 'inf'"),
        ("durations", ("--column", "gap"), "row 2 of the column 'gap' in log.csv is empty"),
        ("durations", ("--column", "same"), "write duration: 7s"),
        ("durations", ("--column", "a", "--censored", "word"), "'5m'; write true or false"),
        ("durations", ("--column", "a", "--censored", "yes"), "only a lower bound"),
        ("durations", ("--column", "a"), "6 complete durations are few"),
        ("durations", ("--column", "a", "--picture", "x.doc"), "must end in .png"),
        ("durations", ("--column", "a", "--picture", "no/x.png"), "cannot be written"),
        ("arrivals", (), "no column 'time'"),
        ("arrivals", ("--column", "word"), "column 'word': time is '5m' in row 1"),
        ("arrivals", ("--column", "a"), "6 arrivals are too few"),
        ("arrivals", ("--column", "a", "--zone", "Mars"), "unknown time zone 'Mars'"),
        ("arrivals", ("--column", "a", "--start", "noon"), "not a calendar instant"),
    ],
)
def test_wrong_input_is_said_with_what_would_be_right(verb, words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(
        "a,b,word,minus,nought,inf,gap,same,yes\n"
        "1,1,5m,1,0,1,4,7,true\n2,2,often,2,1,inf,,7,true\n3,1,5m,-3,1,1,4,7,1\n"
        "4,1,5m,1,1,1,4,7,yes\n5,1,5m,1,1,1,4,7,True\n9,1,5m,1,1,1,4,7,true\n"
    )
    code = 0 if "are few" in said else 2
    assert said in call(verb, "log.csv", *words, code=code).stderr


@pytest.mark.parametrize("verb", ["durations", "arrivals"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.csv", None),
        ("empty.csv", b""),
        ("head.csv", b"time\n"),
        ("bytes.csv", b"time\n\xff\xfe\x00\n"),
        ("ragged.csv", b"time\n1,2\n3\n"),
        ("not.parquet", b"time\n1\n"),
    ],
)
def test_files_that_cannot_be_read(verb, name, content, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert name in call(verb, tmp_path / name, "--column", "time", code=2).stderr
