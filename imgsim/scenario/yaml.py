"""YAML 1.2 as plain data, with the place of every key and value.

The node tree is walked by ourselves, so that nothing is ever constructed, duplicate keys and
unknown tags are faults with their place, and a calendar instant stays the text that it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]

LARGEST_FILE: Final = 10 * 2**20
"""Bytes; large tables belong in CSV or Parquet files."""
_MOST_NODES: Final = 200_000
_DEEPEST: Final = 100
_TAG: Final = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file (or other source), and line and column from 1."""

    source: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.source
        return f"{self.source}:{self.line}:{self.column}"


@dataclass
class Document:
    """Plain data, where each path stands, and what is wrong with the text itself."""

    source: str
    data: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    faults: list[tuple[Place, Path, str]] = field(default_factory=list)


def read(path: FilePath) -> Document:
    """Read a YAML file; what is wrong with it stands in the document's faults."""
    document = Document(str(path))
    try:
        if path.is_dir():
            raise OSError("it is a folder, not a file")
        if path.stat().st_size > LARGEST_FILE:
            raise OSError("it is larger than 10 MiB; large tables belong in CSV or Parquet files")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(document.source, 1 + error.object[: error.start].count(b"\n"), 1)
        document.faults.append((place, (), "the file is not UTF-8 text"))
        return document
    except OSError as error:
        reason = error.strerror or str(error)
        document.faults.append((Place(document.source), (), f"cannot be read: {reason}"))
        return document
    return parse(text, document)


def parse(text: str, document: Document) -> Document:
    """Parse YAML text into the document."""
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(document.source, mark.line + 1, mark.column + 1) if mark else Place("")
        document.faults.append((place, (), _problem(error)))
    except (YAMLError, ValueError) as error:
        document.faults.append((Place(document.source), (), f"not YAML: {_first_line(error)}"))
    except RecursionError:
        document.faults.append((Place(document.source), (), "nested too deeply"))
    else:
        if node is None:
            document.faults.append((Place(document.source, 1, 1), (), "the file is empty"))
        else:
            document.data = _Walk(document).value(node, ())
    return document


def scalar(text: str) -> Any:
    """Return what a text means as a YAML value; a text that is no YAML means itself."""
    document = parse(text, Document("text"))
    return text if document.faults else document.data


def _problem(error: MarkedYAMLError) -> str:
    problem = error.problem or "not YAML"
    if "\\t" in problem or "'\t'" in problem:
        return "a tab begins the line or a value; indent with blanks"
    return f"not YAML: {problem}" + (f" {error.context}" if error.context else "")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _Walk:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes = 0

    def value(self, node: Node, path: Path) -> Any:
        """Return the plain data of a node and note where it stands."""
        self._nodes += 1
        place = self._place(node)
        self._document.values[path] = place
        if self._nodes > _MOST_NODES or len(path) > _DEEPEST:
            if not self._document.faults:
                what = "nested too deeply" if len(path) > _DEEPEST else "too many values"
                self._document.faults.append((place, path[:8], what))
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node, path, place)

    def _place(self, node: Node) -> Place:
        mark = node.start_mark
        return Place(self._document.source, mark.line + 1, mark.column + 1)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, ScalarNode):
                self._document.faults.append((place, path, "a key must be a plain text"))
                continue
            key = key_node.value
            if key in data:
                first = self._document.keys[(*path, key)]
                what = f"the key stands twice, first in line {first.line}; remove one"
                self._document.faults.append((place, (*path, key), what))
                continue
            self._document.keys[(*path, key)] = place
            data[key] = self.value(value_node, (*path, key))
        return data

    def _scalar(self, node: ScalarNode, path: Path, place: Place) -> Any:
        tag, text = str(node.tag), node.value
        kind = tag.removeprefix(_TAG)
        if tag == kind or kind not in ("str", "int", "float", "bool", "null", "timestamp"):
            self._document.faults.append((place, path, f"the tag {tag} is not allowed"))
            return None
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        try:
            if kind == "int":
                return _integer(text.replace("_", ""))
            if kind == "float":
                return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            self._document.faults.append((place, path, f"{text[:40]!r} is not a number"))
            return None
        return text


def _integer(text: str) -> int:
    """Read an integer of YAML 1.2: decimal (leading zeros are decimal too), 0o17 or 0x1F."""
    return int(text, 10 if text.lstrip("+-").isdecimal() else 0)
