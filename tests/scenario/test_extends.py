"""A scenario file that builds on another one."""

import pytest

from imgsim import ScenarioError, load

BASE = """\
imgsim: 1
name: base
run: {horizon: 1h, seed: 7}
regions:
  r:
    image_quota: 5
    snapshot_service: {slots: 2, duration: 5m}
instances:
  - {id: i-1, region: r, disks: [{kind: system, size: 40 GiB}]}
load:
  ci:
    arrivals: {poisson: {rate: 30/h}}
    mix: [{instances: {ids: [i-1]}}]
"""


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    write("base.yaml", BASE)
    return write


def faults(path):
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [one.replace(str(path.parent) + "/", "") for one in caught.value.messages]


def test_maps_are_merged_key_by_key(write):
    scenario = load(write("a.yaml", "extends: base.yaml\nname: a\nregions: {r: {image_quota: 9}}"))
    assert scenario.name == "a"
    assert scenario.run.seed == 7
    assert scenario.regions["r"].image_quota == 9
    assert scenario.regions["r"].snapshot_service.slots == 2


def test_lists_are_replaced(write):
    text = "extends: base.yaml\ninstances:\n- {id: i-1, region: r, disks: [{kind: system, size: 1 GiB}]}"
    scenario = load(write("a.yaml", text))
    assert [disk.size for disk in scenario.instances[0].disks] == [1]


def test_files_extend_in_chains_from_folder_to_folder(write):
    write("deep/b.yaml", "extends: ../base.yaml\nrun: {seed: 8}\nname: b")
    scenario = load(write("a.yaml", "extends: deep/b.yaml\nname: a"))
    assert (scenario.name, scenario.run.seed) == ("a", 8)


def test_a_data_file_is_sought_beside_the_file_that_names_it(write):
    write("deep/t.csv", "at_s\n1\n")
    write("deep/b.yaml", BASE.replace("poisson: {rate: 30/h}", "trace: {file: t.csv}"))
    scenario = load(write("a.yaml", "extends: deep/b.yaml\nname: a"))
    assert scenario.load["ci"].arrivals.file.name == "t.csv"


def test_messages_name_the_right_file(write):
    write("base.yaml", BASE.replace("slots: 2", "slots: two"))
    path = write("a.yaml", "extends: base.yaml\nname: a\nregions: {r: {image_quota: x}}")
    assert faults(path) == [
        "a.yaml:3:28: regions.r.image_quota: 'x' is not a whole number from 0 on; write for "
        "example 100",
        "base.yaml:7:31: regions.r.snapshot_service.slots: 'two' is not a whole number from 0 on, "
        "or unlimited",
    ]


def test_the_place_of_a_replaced_list_is_that_of_the_new_one(write):
    text = "extends: base.yaml\ninstances:\n- {id: i-1, region: q, disks: [{kind: system, size: 1 GiB}]}"
    (told,) = faults(write("a.yaml", text))
    assert told == "a.yaml:3:21: instances[0].region: unknown region 'q'; regions: r"


def test_a_circle_is_an_error(write):
    write("b.yaml", "extends: a.yaml")
    (told,) = faults(write("a.yaml", "name: x\nextends: b.yaml"))
    assert "extends: the files extend each other: a.yaml -> b.yaml -> a.yaml" in told
    (told,) = faults(write("c.yaml", "extends: c.yaml"))
    assert told == "c.yaml:1:10: extends: the files extend each other: c.yaml -> c.yaml"


def test_a_base_that_is_not_there_is_told_at_the_line_that_names_it(write):
    (told,) = faults(write("a.yaml", "name: x\nextends: none.yaml"))
    assert told.startswith("a.yaml:2:10: extends: none.yaml: cannot be read: No such file")


def test_a_fault_in_the_yaml_of_a_base_keeps_its_own_line(write):
    write("base.yaml", "imgsim: 1\nimgsim: 1\n")
    (told,) = faults(write("a.yaml", "extends: base.yaml"))
    assert told == "base.yaml:2:1: imgsim: the key stands twice, first in line 1; remove one"


@pytest.mark.parametrize("value", ["[base.yaml]", "7", "{}"])
def test_extends_takes_a_path(write, value):
    (told,) = faults(write("a.yaml", f"extends: {value}"))
    assert told == "a.yaml:1:10: extends: must be the path of a scenario file"
