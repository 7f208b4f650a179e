"""Files that mean harm, or are broken: a clear error or the right result, soon, in little memory."""

import os
import re
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scenario.hostile import GOOD, REFUSED, TRACES, arrivals, good, parquet
from typer.testing import CliRunner

import imgsim
from imgsim.cli import app
from imgsim.workload.trace import Trace

START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*words):
        begin = time.process_time()
        done = CliRunner().invoke(app, [str(word) for word in words])
        took = time.process_time() - begin
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done, took

    call("check", "nothing.yaml")  # what is imported once is no part of the time
    return call


def demand_refused(call, verb, wanted):
    done, took = call(verb, "s.yaml")
    assert done.exit_code == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert all(re.match(r"s\.yaml(:\d+:\d+)?: |\.\.\. and more", line) for line in lines), lines
    assert all(line.isprintable() and len(line) < 1100 for line in lines)
    assert len(lines) <= 101
    assert wanted in done.stderr, done.stderr[:2000]
    assert took < 2


@pytest.mark.parametrize("verb", ["check", "run"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused(call, name, verb):
    content, wanted = REFUSED[name]
    Path("s.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    demand_refused(call, verb, wanted)


@pytest.mark.parametrize("verb", ["check", "run"])
@pytest.mark.parametrize("name", TRACES)
def test_a_hostile_trace_is_refused_at_its_line(call, name, verb):
    file, content, wanted = TRACES[name]
    Path("s.yaml").write_text(arrivals(f"{{trace: {{file: {file}}}}}"))
    Path(file).write_bytes(content)
    demand_refused(call, verb, wanted)
    assert call(verb, "s.yaml")[0].stderr.startswith("s.yaml:12:")


@pytest.mark.parametrize("verb", ["check", "run"])
def test_what_is_no_file_is_refused(call, verb):
    file = Path("s.yaml")
    demand_refused(call, verb, "cannot be read: No such file or directory")
    file.symlink_to("nowhere.yaml")
    demand_refused(call, verb, "cannot be read: No such file or directory")
    file.unlink()
    file.symlink_to("s.yaml")
    demand_refused(call, verb, "cannot be read: Too many levels of symbolic links")
    file.unlink()
    os.mkfifo(file)
    demand_refused(call, verb, "cannot be read: it is a pipe or a device, not a file")
    file.unlink()
    file.mkdir()
    folder = {"check": "there is no scenario file", "run": "it is a folder, not a file"}
    demand_refused(call, verb, folder[verb])
    file.rmdir()
    file.symlink_to("/proc/self/mem")
    demand_refused(call, verb, "cannot be read: Input/output error")


def test_a_file_that_may_not_be_read_is_refused(call, monkeypatch):
    Path("s.yaml").write_text(GOOD)

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    demand_refused(call, "check", "s.yaml: cannot be read: Permission denied")


RIGHT = {
    "byte-order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "lines of Windows": GOOD.replace("\n", "\r\n").encode(),
    "minus nothing": good("quota: 5", "quota: -0").encode(),
    "plain data by its tag": good("small", "!!str small").encode(),
    "an alias": good("1h", "&x 1h").replace("5m", "*x").encode(),
    "the largest name": good("small", "x" * 100).encode(),
    "a late year": good("run:", "start: 9898-01-01\nrun:").encode(),
    "a burst without end": arrivals("{burst: {calls: 3, every: 30m}}").encode(),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_only_looks_hostile_is_read(call, name):
    Path("s.yaml").write_bytes(RIGHT[name])
    for verb, words in (("check", ()), ("run", ("--quiet",))):
        done, took = call(verb, "s.yaml", *words)
        assert done.exit_code == 0, done.stderr
        assert took < 2


def rows_of(call, file, horizon="1h"):
    text = arrivals(f"{{trace: {{file: {file}}}}}").replace("horizon: 1h", f"horizon: {horizon}")
    Path("s.yaml").write_text(text)
    done, took = call("check", "s.yaml")
    assert (done.exit_code, took < 2) == (0, True), (done.stderr, took)
    return imgsim.run(imgsim.load("s.yaml")).calls


def seconds(calls):
    return (
        (calls["arrived_at"] - calls["arrived_at"].iloc[0].normalize()).dt.total_seconds().tolist()
    )


def test_rows_in_any_order_with_gaps_are_read_right(call):
    Path("t.csv").write_text(
        "at_s,InstanceId,ImageName\n1000,,bbb\n600,i-1,\n\n1000.5,i-2,ccc\n1000,i-1,aaa\n-5,,xxx\n"
        "3600,,yyy\n-0,,zzz\n"
    )
    calls = rows_of(call, "t.csv")
    assert seconds(calls) == [0, 600, 1000, 1000, 1000.5]
    assert calls["source"].tolist() == ["i-1", "i-1", "i-1", "i-1", "i-2"]
    made = imgsim.run(imgsim.load("s.yaml")).images["name"].astype(object).fillna("-").tolist()
    assert made == ["zzz", "-", "bbb", "aaa"]


@pytest.mark.parametrize("dates", [
    ["2026-01-05T00:00:10Z", "2026-01-05T00:00:20+00:00", "1969-01-01T00:00:00Z", "9998-01-01T00:00:00Z"],
    ["2026-01-05 00:00:10", "2026-01-05T00:00:20", "1969-01-01", "9998-01-01"],
    ["2026-01-05T08:00:10+08:00", "2026-01-05T00:00:20", "1970-01-01", "9998-01-01Z".removesuffix("Z")],
])  # fmt: skip
def test_instants_with_and_without_zones_are_read_right(call, dates):
    Path("t.csv").write_text("time\n" + "\n".join(dates) + "\n")
    assert seconds(rows_of(call, "t.csv")) == [10, 20]


def test_rows_of_one_instant_stay_in_the_order_of_the_file(tmp_path):
    file = tmp_path / "t.csv"
    lines = [f"{number % 3},n{number}" for number in range(3000)]
    file.write_text("at_s,ImageName\n" + "\n".join(lines))
    instants, rows = Trace(file).rows(START, None)
    assert instants == [second * 1_000_000 for second in range(3) for _ in range(1000)]
    assert [row["ImageName"] for row in rows] == [
        f"n{number}" for second in range(3) for number in range(second, 3000, 3)
    ]


def test_columns_of_any_width_and_kind_are_read_right(call):
    plain = pa.array(["i-1", None, "i-1"]).dictionary_encode()
    Path("t.parquet").write_bytes(
        parquet(at_s=pa.array([3, 1, 2], pa.int8()), InstanceId=plain, Description=[1.5, 2.0, None])
    )
    assert seconds(rows_of(call, "t.parquet")) == [1, 2, 3]


def test_a_trace_without_rows_has_no_calls(call):
    Path("t.csv").write_text("at_s,ImageName\n")
    assert len(rows_of(call, "t.csv")) == 0


def test_a_million_rows_are_read_right(call):
    drawn = np.random.default_rng(1).permutation(1_000_000)
    pa.csv.write_csv(pa.table({"at_s": drawn, "ImageName": [f"n{n}" for n in drawn]}), "t.csv")
    assert seconds(rows_of(call, "t.csv", "5s")) == [0, 1, 2, 3, 4]
    assert imgsim.run(imgsim.load("s.yaml")).images["name"].tolist()[0] == "n0"


@pytest.mark.slow
def test_all_of_them_take_little_memory(tmp_path):
    files = []
    for number, (content, _) in enumerate(REFUSED.values()):
        files.append(tmp_path / f"s{number}.yaml")
        files[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
    for number, (file, content, _) in enumerate(TRACES.values()):
        own = tmp_path / f"{number}-{file}"
        own.write_bytes(content)
        files.append(tmp_path / f"t{number}.yaml")
        files[-1].write_text(arrivals(f"{{trace: {{file: {own.name}}}}}"))
    program = (
        "import resource, sys\n"
        "from imgsim.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "check", *files],
        capture_output=True, text=True, check=True, cwd=tmp_path, preexec_fn=_no_core,
    )  # fmt: skip
    code, kibibytes = map(int, done.stdout.split())
    assert code == 2
    assert len(
        {line.split(":")[0] for line in done.stderr.splitlines()} - {"... and more faults"}
    ) == len(files)
    assert kibibytes < 500 * 1024, kibibytes
    assert "Traceback" not in done.stderr


def _no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
