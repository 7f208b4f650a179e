"""What pydantic finds wrong, in words by which it can be mended; and the schema of the files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from imgsim.scenario.extends import KEY
from imgsim.scenario.spec import Scenario
from imgsim.scenario.yaml import Path, scalar

UNKNOWN: Final = ("extra_forbidden", "unexpected_keyword_argument")
MISSING: Final = ("missing", "missing_argument")
_NO_MAPPING: Final = (
    "model_type",
    "dataclass_type",
    "dict_type",
    "mapping_type",
    "model_attributes_type",
)
_LONGEST_NAME: Final = 60
_MOST_NAMES: Final = 1_000
_LONGEST_LINE: Final = 1_000


def told(detail: ErrorDetails) -> str:
    """Say what is wrong with a value, and what would be right."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    path = tuple(detail["loc"])
    if kind in UNKNOWN:
        return _unknown_key(path)
    if kind in MISSING:
        said = _node_at(path[:-1]).get("properties", {}).get(path[-1], {}).get("description", "")
        what = re.split(r"[.:;]\s|[.]$", said)[0].replace("\n", " ")
        return "is required and not there" + (f": {what[:1].lower()}{what[1:]}" if what else "")
    if kind == "value_error":
        return str(context["error"])
    if kind in ("literal_error", "enum"):
        return _none_of(value, str(context["expected"]))
    if kind in ("tuple_type", "list_type"):
        return _no_list(value)
    if kind in _NO_MAPPING:
        return _no_mapping(value, _keys_at(path))
    if kind == "one_of" and isinstance(value, Mapping) and {*value} <= {*_keys_at(path)}:
        return f"{' and '.join(value)} stand here together; give one of them"
    if kind == "unit" and isinstance(value, str) and not isinstance(scalar(value), str):
        what = detail["msg"]
        bare = re.search("whole number|plain number|truth value", what)
        return f"{what.partition(';')[0]}; remove the quotes" if bare else what
    if kind == "string_type":
        return _no_text(value)
    if kind == "string_pattern_mismatch":
        return f"{shown(value)} must be made of letters, digits, hyphens and underscores"
    if kind in ("too_short", "string_too_short"):
        return "must not be empty"
    if kind == "string_too_long":
        return f"must have at most {context['max_length']} characters"
    return detail["msg"][:1].lower() + detail["msg"][1:]


def told_of_block(block: str, error: ValidationError) -> str:
    """Say what is wrong with a block that was given without its scenario, a line for each fault."""
    lines = []
    for detail in error.errors(include_url=False):
        place = (block, *detail["loc"])
        lines.append(f"{shown_path(place)}: {told({**detail, 'loc': place})}")
    return "\n".join(lines)


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the known name that was perhaps meant."""
    spelt = {name.lower(): name for name in islice(known, _MOST_NAMES)}
    close = difflib.get_close_matches(wanted[:_LONGEST_NAME].lower(), spelt, n=1)
    return spelt[close[0]] if close else None


def shown(value: object) -> str:
    """Return a value as a message shows it: short, and on one line."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of very many digits"
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "..."


def shown_path(path: Path) -> str:
    """Return a path as a message shows it: ``load.ci.mix[0]``."""
    parts = [
        f"[{part}]"
        if isinstance(part, int)
        else f".{part}"
        if len(str(part)) <= _LONGEST_NAME
        else f".{str(part)[:_LONGEST_NAME]}..."
        for part in path
    ]
    return "".join(parts).lstrip(".")


def plain(line: str) -> str:
    """Return a message without what would break its line or play with the terminal."""
    if len(line) > 2 * _LONGEST_LINE:
        line = line[:_LONGEST_LINE] + line[-_LONGEST_LINE:]
    if not line.isprintable():
        line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
    return line if len(line) <= _LONGEST_LINE else f"{line[:700]} ... {line[-250:]}"


def _unknown_key(path: Path) -> str:
    key, known = str(path[-1]), _keys_at(path[:-1])
    if path == (KEY,):
        return f"{KEY} is read from a file alone"
    if (close := nearest(key, known)) is not None:
        return f"unknown key; did you mean {close}?"
    return f"unknown key; known here: {', '.join(known)}" if known else "unknown key"


def _none_of(value: object, expected: str) -> str:
    known = re.findall(r"'([^']*)'", expected)
    close = nearest(value, known) if isinstance(value, str) else None
    hint = f"; did you mean {close}?" if close is not None else ""
    return f"{shown(value)} is not one of {', '.join(known) or expected}{hint}"


def _no_mapping(value: object, known: list[str]) -> str:
    example = f"; write {known[0]}: and so on" if known else ""
    if isinstance(value, list):
        return f"must be a mapping of keys to values, not a list{example}, without hyphens"
    if isinstance(value, str) and " " in value:
        return f"must be a mapping of keys to values{example}, with a colon after each key"
    return f"must be a mapping of keys to values{example}"


def _no_list(value: object) -> str:
    if isinstance(value, str) and value.startswith("-"):
        return "must be a list; put a blank after each hyphen"
    if isinstance(value, (str, int, float)):
        return f"must be a list; write [{shown(value).strip(chr(39))}]"
    return "must be a list; put it in [ ], or begin each item with a hyphen"


def _no_text(value: object) -> str:
    if isinstance(value, dict):
        only = next(iter(value), None)
        is_field = len(value) == 1 and value[only] is None
        written = f'"{{{only}}}"' if is_field else '"{n}"'
        return f"must be a text; one that begins with {{ needs quotes, such as {written}"
    if isinstance(value, list):
        return "must be a text, not a list"
    if value is None:
        return "must be a text, and there is none"
    written = str(value).lower() if isinstance(value, bool) else shown(value)
    return f'must be a text; write "{written}"'


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files."""
    made = Scenario.model_json_schema()
    made["properties"][KEY] = {
        "description": "Path of a scenario file that this one builds on: maps are merged, lists "
        "replaced.",
        "type": "string",
    }
    made["anyOf"] = [{"required": made.pop("required")}, {"required": [KEY]}]
    return made


def _keys_at(path: Path) -> list[str]:
    """Return the keys that the schema knows at a path."""
    return list(_node_at(path).get("properties", {}))


def _node_at(path: Path) -> dict[str, Any]:
    node: Any = schema()
    for part in path:
        node = _resolved(node)
        properties = node.get("properties", {})
        if part in properties:
            node = properties[part]
        elif isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("additionalProperties") or next(
                iter(node.get("patternProperties", {}).values()), {}
            )
        if not isinstance(node, dict):
            return {}
    resolved: dict[str, Any] = _resolved(node)
    return resolved


def _resolved(node: Any) -> Any:
    while True:
        if "$ref" in node:
            node = schema()["$defs"][node["$ref"].rpartition("/")[2]]
        elif "anyOf" in node and "properties" not in node:
            node = next((n for n in node["anyOf"] if n.get("type") != "null"), {})
        else:
            return node
