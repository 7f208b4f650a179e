"""Every fault of a file, in one go, with its place and what would be right."""

from pathlib import Path

import pytest

from imgsim import Scenario, ScenarioError, load

GOOD = """\
imgsim: 1
name: small
run: {horizon: 1h}
regions:
  r:
    image_quota: 5
    snapshot_service: {slots: 2, duration: 5m}
instances:
  - {id: i-1, region: r, disks: [{kind: system, size: 40 GiB}]}
snapshots:
  - {id: s-1, region: r, kind: system, size: 40 GiB, created: 2020-01-01}
load:
  ci:
    arrivals: {poisson: {rate: 30/h}}
    mix:
      - instances: {ids: [i-1]}
"""


def messages(tmp_path: Path, text: str, overrides=None) -> list[str]:
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path, overrides)
    return [message.replace(f"{path}", "s.yaml") for message in caught.value.messages]


def test_the_good_one_is_good(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(GOOD)
    assert load(path).regions["r"].image_quota == 5


@pytest.mark.parametrize(
    ("slip", "mended", "message"),
    [
        (
            "image_quota: 5",
            "image_qouta: 5",
            "s.yaml:6:5: regions.r.image_qouta: unknown key; did you mean image_quota?",
        ),
        (
            "image_quota: 5",
            "image_quota: many",
            "s.yaml:6:18: regions.r.image_quota: 'many' is not a whole number from 0 on; write for "
            "example 100",
        ),
        (
            "duration: 5m",
            "duration: 5",
            "s.yaml:7:44: regions.r.snapshot_service.duration: the number 5 has no "
            "unit; write a duration such as 90s, 5m, 1h30m or 7d",
        ),
        (
            "duration: 5m",
            "duration: {lognormall: {mean: 5m, cv: 0.3}}",
            "s.yaml:7:45: regions.r.snapshot_service.duration.lognormall: unknown key; did you mean "
            "lognormal?",
        ),
        (
            "duration: 5m",
            "duration: {lognormal: {mean: 5m}}",
            "s.yaml:7:56: regions.r.snapshot_service.duration.lognormal: give mean and cv, or "
            "median and sigma",
        ),
        (
            ", duration: 5m",
            "",
            "s.yaml:7:23: regions.r.snapshot_service: give either duration or bandwidth",
        ),
        (
            "id: i-1, region: r",
            "id: i-1, region: q",
            "s.yaml:9:23: instances[0].region: unknown region 'q'; regions: r",
        ),
        (
            "ids: [i-1]",
            "ids: [i-2]",
            "s.yaml:16:27: load.ci.mix[0].instances.ids[0]: unknown instance 'i-2'; did you mean i-1?",
        ),
        (
            "rate: 30/h",
            "",
            "s.yaml:14:25: load.ci.arrivals.poisson.rate: is required and not there",
        ),
        (
            "poisson: {rate: 30/h}",
            'cron: {schedule: "61 * * * *"}',
            "s.yaml:14:22: load.ci.arrivals.cron: bad minute in the cron schedule; write for "
            'example "0 2 * * *" (minute, hour, day, month, weekday)',
        ),
        (
            "poisson: {rate: 30/h}",
            "poisson: {rate: 30/h}, cron: {schedule: 0 2 * * *}",
            "s.yaml:14:15: load.ci.arrivals: poisson and cron stand here together; give one of them",
        ),
        (
            "{poisson: {rate: 30/h}}",
            "poisson",
            "s.yaml:14:15: load.ci.arrivals: a load pattern is one of poisson, ",
        ),
        (
            "poisson: {rate: 30/h}",
            "trace: {file: nowhere.csv}",
            "there is no file",
        ),
        (
            "kind: system, size: 40 GiB}]",
            "kind: data, size: 40 GiB}]",
            "s.yaml:9:5: instances[0]: exactly one disk has kind: system",
        ),
        (
            "horizon: 1h",
            "seed: 2",
            "s.yaml:3:6: run: the load of ci never ends by itself; give a horizon such as "
            "horizon: 24h",
        ),
        (
            "id: s-1",
            "id: s-000000001",
            "s.yaml:11:10: snapshots[0].id: ids of the shape s-000000001 are issued by the "
            "simulator; use another",
        ),
        (
            "name: small",
            "name: small\nname: large",
            "s.yaml:3:1: name: the key stands twice, first in line 2; remove one",
        ),
        (
            "name: small",
            "name: small thing",
            "s.yaml:2:7: name: 'small thing' must be made of "
            "letters, digits, hyphens and underscores",
        ),
        ("imgsim: 1", "imgsim: 2", "s.yaml:1:9: imgsim: 2 is not one of 1"),
        ("name: small", "name: !!python/object:os.system x", "is not allowed"),
        (
            "created: 2020-01-01",
            "created: 2100-01-01",
            "s.yaml:11:63: snapshots[0].created: created after the scenario's start",
        ),
        (
            "- instances: {ids: [i-1]}",
            "- {name: '{what}', instances: {ids: [i-1]}}",
            "s.yaml:16:9: load.ci.mix[0]: name: {what} is no field; a template may hold {stream}, {n}, "
            "{source}, {client}, {date}, {time}",
        ),
        (
            "instances: {ids: [i-1]}",
            "instances: {ids: [i-1], choose: own}",
            "s.yaml:16:41: load.ci.mix[0].instances.choose: own is for a closed loop; use round-robin",
        ),
    ],
)
def test_a_slip_is_told_with_its_place(tmp_path, slip, mended, message):
    assert GOOD.count(slip) == 1
    told = messages(tmp_path, GOOD.replace(slip, mended))
    assert any(message in one for one in told), told


def test_all_faults_are_told_at_once(tmp_path):
    text = GOOD.replace("image_quota: 5", "image_quota: -5").replace("30/h", "30")
    text = text.replace("horizon: 1h", "horizon: 1 hour").replace("size: 40 GiB,", "size: 40 GB,")
    told = messages(tmp_path, text)
    assert len(told) == 4
    assert [one.split(":")[1] for one in told] == ["3", "6", "11", "14"]


def test_an_override_is_named_by_itself(tmp_path):
    told = messages(tmp_path, GOOD, {"regions.r.image_quota": "x", "load.ci.mix.0.weight": 0})
    assert told == [
        "override 'regions.r.image_quota': regions.r.image_quota: 'x' is not a whole number from 0 "
        "on; write for example 100",
        "override 'load.ci.mix.0.weight': load.ci.mix[0]: weight must be above 0",
    ]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("instances.7.status", "'7' is no place in a list of 1"),
        ("name.first", "there is nothing below the value before 'first'"),
        ("instances.0.disks.x", "'x' is no place in a list of 1"),
    ],
)
def test_an_override_that_leads_nowhere_is_told(tmp_path, path, why):
    assert why in messages(tmp_path, GOOD, {path: "1"})[0]


@pytest.mark.parametrize("text", ["", "- a list", "just text", "\t- x", "a: [", "a: &x [*x]"])
def test_what_is_no_scenario_is_told(tmp_path, text):
    (told, *_) = messages(tmp_path, text)
    assert told.startswith("s.yaml")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(ScenarioError, match="it is a folder"):
        load(tmp_path)


def test_bad_utf8_is_told_with_its_line(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"imgsim: 1\nname: \xff\n")
    with pytest.raises(ScenarioError, match=r"s\.yaml:2:1: the file is not UTF-8 text"):
        load(path)


def test_an_alias_bomb_is_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (told,) = messages(tmp_path, "\n".join(lines))
    assert "more than 200000 values" in told


def test_a_scenario_survives_writing_and_reading():
    from imgsim.scenario.file import dump
    from imgsim.scenario.yaml import Document, parse

    scenario = load(Path(__file__).parents[2] / "scenarios" / "nightly-golden-images.yaml")
    again = Scenario.from_mapping(parse(dump(scenario), Document("again")).data)
    assert again == scenario
    assert again.hash == scenario.hash


def test_the_hash_knows_what_matters(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(GOOD)
    plain = load(path).hash
    assert load(path, {"name": "other", "description": "What?"}).hash == plain
    assert load(path, {"run.seed": 2}).hash != plain
    assert load(path, {"regions.r.image_quota": 6}).hash != plain


def test_the_hash_takes_a_trace_by_its_content(tmp_path):
    text = GOOD.replace("poisson: {rate: 30/h}", "trace: {file: t.csv}")
    (tmp_path / "s.yaml").write_text(text)
    (tmp_path / "t.csv").write_text("at_s\n1\n2\n")
    first = load(tmp_path / "s.yaml").hash
    (tmp_path / "t.csv").write_text("at_s\n1\n3\n")
    assert load(tmp_path / "s.yaml").hash != first


def test_from_mapping_takes_what_a_file_takes():
    data = {
        "imgsim": 1,
        "name": "m",
        "regions": {
            "r": {"snapshot_service": {"duration": {"uniform": {"low": "1m", "high": "2m"}}}}
        },
    }
    scenario = Scenario.from_mapping(data, {"regions.r.image_quota": 7})
    assert scenario.regions["r"].image_quota == 7
    with pytest.raises(ScenarioError, match=r"scenario: nam: unknown key; did you mean name\?"):
        Scenario.from_mapping({**data, "nam": "x"})
