"""From files to a scenario that runs: shapes, privacy, counts."""

import gzip
import json
import subprocess
import sys
from collections import Counter

import pandas as pd
import pytest
from logs.invented import MARK, REGION, START, disks, event, images, instances, snapshots
from typer.testing import CliRunner

import imgsim
from imgsim.cli import app
from imgsim.logs.imported import read


def imported(folder, *values, text=None, **options):
    """Read one file of JSON lines, or of a text."""
    path = folder / "log.json"
    path.write_text(text if text is not None else "\n".join(map(json.dumps, values)))
    return read([path], **options)


def calls(found):
    return found.calls.table().to_pylist() if found.calls.number else []


def run_import(*words):
    done = CliRunner().invoke(app, ["import", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


EVENTS = [event(n) for n in range(7)]
WRAPPED = {
    "lines": "\n".join(map(json.dumps, EVENTS)),
    "windows lines": "\r\n".join(map(json.dumps, EVENTS)) + "\r\n",
    "list": json.dumps(EVENTS),
    "pretty list": json.dumps(EVENTS, indent=4),
    "pretty, one behind the other": "\n".join(json.dumps(e, indent=2) for e in EVENTS),
    "on one line": " ".join(map(json.dumps, EVENTS)),
    "lists one behind the other": json.dumps(EVENTS[:3]) + "\n" + json.dumps(EVENTS[3:]),
    "log service": "\n".join(
        json.dumps({"__topic__": "actiontrail_event", "event": e}) for e in EVENTS
    ),
    "log service, as text": "\n".join(json.dumps({"event": json.dumps(e)}) for e in EVENTS),
    "wrapped twice": json.dumps([{"data": {"event": json.dumps({"event": e})}} for e in EVENTS]),
    "answer of a search": json.dumps({"RequestId": "R", "Events": EVENTS}, indent=1),
    "texts": json.dumps([json.dumps(e) for e in EVENTS]),
}


@pytest.mark.parametrize("shape", WRAPPED)
def test_every_wrapping_gives_the_same_calls(tmp_path, shape):
    plain = calls(imported(tmp_path, text=WRAPPED["lines"]))
    found = imported(tmp_path, text=WRAPPED[shape])
    assert len(found.unread) == 0
    assert calls(found) == plain
    assert len(plain) == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_and_gzip_are_recognised_by_their_bytes(tmp_path, encoding, packed):
    named = event(1, {"ImageName": "构建-1"})
    data = json.dumps(named, ensure_ascii=False).encode(encoding)
    (tmp_path / "log").write_bytes(gzip.compress(data) if packed else data)
    found = read([tmp_path / "log"])
    assert [call["ImageName"] for call in calls(found)] == ["构建-1"]


def test_a_call_is_told_by_time_parameters_and_code(tmp_path):
    mapped = {
        "InstanceId": None,
        "DiskDeviceMapping.1.SnapshotId": "s-1",
        "DiskDeviceMapping.2.Size": 200,
        "ClientToken": "t-1",
    }
    found = imported(tmp_path, event(2, mapped, "QuotaExceed.Image"), event(1))
    first, second = calls(found)
    assert first == {
        "time": pd.Timestamp("2026-03-02T18:00:47Z").to_pydatetime(),
        "RegionId": REGION,
        "InstanceId": "i-bp1001",
        "ImageName": "build-1",
        "Description": "description 1",
        "ClientToken": None,
        "DiskDeviceMapping.1.SnapshotId": None,
        "DiskDeviceMapping.2.Size": None,
        "recorded_code": None,
    }
    assert second["DiskDeviceMapping.2.Size"] == "200"
    assert second["DiskDeviceMapping.1.SnapshotId"] == "s-1"
    assert second["InstanceId"] is None
    assert second["recorded_code"] == "QuotaExceed.Image"


def _pascal(thing):
    return {key[0].upper() + key[1:]: value for key, value in thing.items()}


def _without(thing, *keys):
    return {key: value for key, value in thing.items() if key not in keys}


SAME = {
    "pascal case": _pascal(event(1)),
    "parameters as text alone": _without(event(1), "requestParameters"),
    "parameters as text in their place": event(1)
    | {"requestParameters": event(1)["requestParameterJson"]},
    "empty parameters beside the text": event(1, requestParameters=""),
    "no code": _without(event(1), "errorCode"),
    "empty code": event(1, errorCode="", errorMessage=""),
    "null code": event(1, errorCode=None),
    "version as a number": event(1, eventVersion=1),
    "milliseconds": event(1, eventTime="2026-03-02T18:00:47.000+0000"),
    "another zone": event(1, eventTime="2026-03-03T02:00:47+08:00"),
    "seconds since 1970": event(1, eventTime=1772474447),
    "milliseconds since 1970": event(1, eventTime=1772474447000),
    "seconds since 1970 as text": event(1, eventTime="1772474447"),
    "region from the event": event(1, {"RegionId": None}),
    "service in small letters": event(1, serviceName="ecs"),
    "service from its address": _without(event(1), "serviceName"),
    "from the console": event(1, eventType="ConsoleOperation"),
}


@pytest.mark.parametrize("form", SAME)
def test_every_form_of_an_event_gives_the_same_call(tmp_path, form):
    found = imported(tmp_path, SAME[form])
    assert len(found.unread) == 0
    assert calls(found) == calls(imported(tmp_path, event(1)))


@pytest.mark.parametrize(
    ("value", "text"), [(40, "40"), (40.0, "40"), ("40", "40"), (True, "true"), (0.5, "0.5")]
)
def test_numbers_and_truth_values_become_the_text_that_was_sent(tmp_path, value, text):
    (call,) = calls(imported(tmp_path, event(1, {"DiskDeviceMapping.1.Size": value})))
    assert call["DiskDeviceMapping.1.Size"] == text


def test_other_events_dry_runs_and_duplicates_are_counted(tmp_path):
    other_id = {"eventId": "X", "requestId": event(1)["requestId"]}
    found = imported(
        tmp_path,
        event(1),
        event(1),
        event(1) | other_id,
        event(2, eventName="RunInstances"),
        event(3, serviceName="Ecd"),
        event(4, eventName="DeleteImage"),
        event(5, {"DryRun": True}, "DryRunOperation"),
        event(6, {"DryRun": "false"}),
    )
    assert [call["ImageName"] for call in calls(found)] == ["build-1", "build-6"]
    assert found.calls.duplicates == 2
    assert found.others == Counter({"other": 2, "delete": 1, "dry run": 1})
    assert found.calls.newer == 2
    assert len(found.unread) == 0


UNREADABLE = {
    "event: eventTime is no instant": event(1, eventTime="yesterday"),
    "event: eventTime is no plain value": event(1, eventTime=float("nan")),
    "event: no requestParameters": _without(event(1), "requestParameters", "requestParameterJson"),
    "event: requestParameters are a text that is no JSON": event(1, requestParameters="{a"),
    "event: requestParameters are no object": event(1, requestParameters=[1]),
    "event: InstanceId is no plain value": event(1, {"InstanceId": ["i-1"]}),
    "event: ImageName is no Unicode text": event(1, {"ImageName": "a\ud800"}),
    "event: a disk of the mapping beyond 17": event(1, {"DiskDeviceMapping.18.Size": 5}),
    "event: neither serviceName nor eventSource": _without(event(1), "serviceName", "eventSource"),
    "event: eventName is no text": event(1, eventName=7),
    "event: no region in the event; give --region": _without(
        event(1, {"RegionId": None}), "acsRegion"
    ),
    "neither an event nor a Describe answer": {"hello": MARK},
    "no JSON object": 7,
    "a text that is no JSON": MARK,
    "Images holds no list": {"Images": 7},
    "disk: Size is no size in GiB": disks("i-1", "many"),
    "disk: the disk is no object": {"Disks": [7]},
    "image: CreationTime is no instant": images("m-1", CreationTime=None),
    "image: Status is none that is known": images("m-1", Status="Great"),
    "snapshot: SnapshotId is no id that a scenario may use": snapshots("s-000000001"),
    "instance: InstanceId is no id that a scenario may use": instances("i 1"),
}


@pytest.mark.parametrize("reason", UNREADABLE)
def test_what_cannot_be_read_is_named_by_reason_and_line(tmp_path, reason):
    found = imported(tmp_path, event(8), UNREADABLE[reason], event(9))
    assert found.unread.reasons == {reason: 1}
    assert found.unread.first == {reason: f"{tmp_path / 'log.json'}:2"}
    assert found.calls.number == 2


def test_a_broken_line_costs_itself_alone(tmp_path):
    whole = json.dumps(event(2))
    lines = [json.dumps(event(1)), whole[: len(whole) // 2], json.dumps(event(3)), "{", "", "x"]
    lines += [json.dumps(event(4)), '{"a": ' + "[" * 5000, json.dumps(event(5)), whole[:-1]]
    found = imported(tmp_path, text="\n".join(lines))
    assert [call["ImageName"] for call in calls(found)] == [f"build-{n}" for n in (1, 3, 4, 5)]
    found.unread.write(tmp_path / "unread.csv")
    told = pd.read_csv(tmp_path / "unread.csv")
    assert told["line"].tolist() == [2, 4, 8, 10]
    assert told["last_line"].tolist() == [2, 6, 8, 10]
    assert told["reason"].tolist() == [
        "not JSON",
        "not JSON",
        "nested too deeply",
        "the file ends within a value: it was perhaps cut",
    ]


def test_a_broken_event_of_a_pretty_list_costs_itself_alone(tmp_path):
    within = {"additionalEventData": {"list": [{"a": 1}, {"b": {"c": [{}]}}]}}
    pretty = json.dumps([event(n, **within) for n in range(5)], indent=2)
    broken = pretty.replace('"eventId": "00000002', '"eventId" "00000002')
    found = imported(tmp_path, text=broken)
    assert [call["ImageName"] for call in calls(found)] == [f"build-{n}" for n in (0, 1, 3, 4)]
    assert found.unread.reasons == {"not JSON": 1}


def test_a_cut_list_is_told(tmp_path):
    found = imported(tmp_path, text="[" + ",\n".join(map(json.dumps, EVENTS)))
    assert found.calls.number == 7
    assert found.unread.reasons == {"the file ends within a list: it was perhaps cut": 1}


def test_a_cut_gzip_keeps_what_came_before(tmp_path):
    lines = "\n".join(json.dumps(event(n)) for n in range(3000))
    (tmp_path / "log.gz").write_bytes(gzip.compress(lines.encode())[:-5000])
    found = read([tmp_path / "log.gz"])
    assert 0 < found.calls.number < 3000
    assert "the gzip file is damaged or cut here" in found.unread.reasons


@pytest.mark.parametrize("size", [0, 3])
def test_a_file_without_values_is_told(tmp_path, size):
    assert imported(tmp_path, text=" \n\n"[:size]).unread.reasons == {
        "the file holds no JSON value": 1
    }


def test_values_over_piece_boundaries_are_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("imgsim.logs.values._PIECE", 37)
    for shape, text in WRAPPED.items():
        assert imported(tmp_path, text=text).calls.number == 7, shape
    long = json.dumps([event(1, userAgent="x" * 10_000), event(2)])
    assert imported(tmp_path, text=long).calls.number == 2


def test_calls_before_the_start_are_left_out(tmp_path):
    since = START.replace(minute=3)
    found = imported(tmp_path, *EVENTS, since=since)
    assert [call["time"] >= since for call in calls(found)] == [True] * 3
    assert found.calls.early == 4


def test_malformed_descriptions_stay_so_and_equal_ones_equal(tmp_path):
    texts = ["a", "a", "b", "https://x", "c" * 300, ""]
    found = imported(tmp_path, *(event(n, {"Description": t}) for n, t in enumerate(texts)))
    assert [call["Description"] for call in calls(found)] == [
        "description 1",
        "description 1",
        "description 2",
        "http://3",
        "http://4",
        "",
    ]


def test_anonymous_numbers_names_and_tokens(tmp_path):
    sent = [("web", "t"), ("web", "u"), ("-", "x" * 65), ("2fast", None)]
    events = [event(n, {"ImageName": i, "ClientToken": t}) for n, (i, t) in enumerate(sent)]
    found = imported(tmp_path, *events, anonymous=True)
    assert [(call["ImageName"], call["ClientToken"]) for call in calls(found)] == [
        ("image-1", "token-1"),
        ("image-1", "token-2"),
        ("-2", "é3"),
        ("-3", None),
    ]
    assert found.stand_ins.image_name("web") == "image-1"


def test_no_output_tells_who_made_a_call(tmp_path):
    everything = [
        *(event(n) for n in range(20)),
        event(30, code=f"Forbidden for {MARK}"),
        event(31, code="Forbidden.RAM"),
        *UNREADABLE.values(),
        {f"{MARK}": 1},
        *(images("m-1"), snapshots("s-of-m-1"), disks("i-bp1000", 40, 100)),
        instances("i-bp1000", "i-bp1001"),
    ]
    log = tmp_path / "log.json"
    log.write_text("\n".join(map(json.dumps, everything)) + f"\n{MARK} {{{MARK}")
    done = run_import(log, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert MARK in log.read_text()
    assert MARK not in done.output + done.stderr
    told = run_import(log, "--out", tmp_path / "json", "--json").output
    assert MARK not in told
    ran = CliRunner().invoke(
        app,
        ["run", str(tmp_path / "out" / "scenario.yaml"), "--out", str(tmp_path / "results")],
    )
    assert ran.exit_code == 0, ran.output
    assert MARK not in ran.output
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != log]
    assert len(written) > 10
    for path in written:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content = pd.read_parquet(path).to_csv().encode() + content
        assert MARK.encode() not in content, path
        assert b"203.0.113" not in content, path
        assert b"1234567890123456" not in content, path


def test_the_folder_runs_and_tells_recorded_against_simulated(tmp_path):
    log = [
        *(event(n) for n in range(10)),
        event(10, {"InstanceId": "i-gone"}, "InvalidInstanceId.NotFound"),
        event(11, {"ImageName": "build-1"}, "InvalidImageName.Duplicated"),
        event(12, code="Throttling.User"),
        event(13, {"RegionId": "xx"}, "InvalidRegionId.NotFound"),
    ]
    (tmp_path / "log").write_text("\n".join(map(json.dumps, log)))
    done = run_import(tmp_path / "log", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    scenario = imgsim.load(tmp_path / "out" / "scenario.yaml")
    run = imgsim.run(scenario)
    assert run.recorded.to_dict("records") == [
        {"recorded": "accepted", "simulated": "accepted", "calls": 10},
        {
            "recorded": "InvalidImageName.Duplicated",
            "simulated": "InvalidImageName.Duplicated",
            "calls": 1,
        },
        {
            "recorded": "InvalidInstanceId.NotFound",
            "simulated": "InvalidInstanceId.NotFound",
            "calls": 1,
        },
        {
            "recorded": "InvalidRegionId.NotFound",
            "simulated": "InvalidRegionId.NotFound",
            "calls": 1,
        },
        {"recorded": "Throttling.User", "simulated": "accepted", "calls": 1},
    ]
    assert list(scenario.regions) == [REGION]


def test_a_folder_that_holds_files_is_not_touched(tmp_path):
    (tmp_path / "log").write_text(json.dumps(event(1)))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    done = run_import(tmp_path / "log", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "holds files already" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.json"], "there is no such file"),
        (["."], "it is a folder or a device"),
        (["/dev/null"], "it is a folder or a device"),
        (["log", "--region", "a b"], "--region: 'a b' is no region"),
        (["log", "--start", "soon"], "--start: 'soon' is not a calendar instant"),
        (["log", "--assumed-disk", "40"], "--assumed-disk: '40' is not a size"),
        (["log", "--assumed-disk", "0 GiB"], "--assumed-disk: a disk has 1 GiB"),
        (["log", "--out", "/dev/null/x"], "cannot be read or written"),
        (["log", "--start", "2027-01-01"], "no CreateImage call of ECS was read"),
        (["empty"], "no CreateImage call of ECS was read"),
    ],
)
def test_wrong_use_exits_with_2_and_writes_nothing(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log").write_text(json.dumps(event(1)))
    (tmp_path / "empty").write_text("")
    done = run_import(*words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not (tmp_path / "imported").exists()


def test_ctrl_c_ends_with_130_and_writes_nothing(tmp_path):
    log = tmp_path / "log"
    lines = "\n".join(json.dumps(event(n)) for n in range(2000))
    log.write_text((lines + "\n") * 20)
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored from above\n"
        "from imgsim.logs import imported\n"
        "take = imported._take\n"
        "def stop(found, file, line, *rest):\n"
        "    if line == 5000: os.kill(os.getpid(), signal.SIGINT)\n"
        "    take(found, file, line, *rest)\n"
        "imported._take = stop\n"
        "from imgsim.cli import main\n"
        "main()\n"
    )
    words = ["import", str(log), "--out", str(tmp_path / "out")]
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stderr == "interrupted; nothing was written\n"
    assert not (tmp_path / "out").exists()
