"""The JSON Schema beside the scenarios is what a file may say."""

import json
from pathlib import Path

import pytest
from jsonschema import ValidationError
from jsonschema.validators import validator_for

from imgsim.cli.schema import text
from imgsim.scenario.yaml import Document, parse

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(SCENARIOS.glob("*.yaml"))
SCHEMA = json.loads(text())
VALID = validator_for(SCHEMA)(SCHEMA)


def data(path):
    return parse(path.read_text(), Document(str(path))).data


def test_the_committed_schema_is_in_step():
    assert (SCENARIOS / "scenario.schema.json").read_text() == text() + "\n"


def test_it_is_a_json_schema():
    VALID.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_names_the_schema_first_and_its_question_next(path):
    first, second, *_ = path.read_text().splitlines()
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert second.startswith("# ")
    assert second.rstrip().endswith("?")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_is_valid_by_the_schema(path):
    VALID.validate(data(path))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("regions", "cn-hangzhou", "image_qouta"), 5),
        (("regions", "cn-hangzhou", "image_quota"), "5"),
        (("load", "builds", "arrivals", "poisson", "rate"), 30),
        (("load", "builds", "arrivals", "bursts"), {}),
        (("instances", 0, "status"), "Walking"),
        (("imgsim",), 2),
    ],
)
def test_the_schema_refuses_what_a_file_may_not_say(path, value):
    wrong = data(SCENARIOS / "quickstart.yaml")
    target = wrong
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(ValidationError):
        VALID.validate(wrong)


def test_a_file_that_extends_needs_nothing_else():
    VALID.validate({"extends": "quickstart.yaml"})
    with pytest.raises(ValidationError):
        VALID.validate({"name": "x"})


def test_every_field_is_described():
    def undescribed(node, path):
        for name, field in node.get("properties", {}).items():
            if not (field.get("description") or "$ref" in field):
                yield (*path, name)

    found = [where for name, d in SCHEMA["$defs"].items() for where in undescribed(d, (name,))]
    found += list(undescribed(SCHEMA, ()))
    kinds = {"lognormal", "poisson"}  # keys of a choice are described by what they lead to
    assert [where for where in found if where[-1] not in kinds] == []
