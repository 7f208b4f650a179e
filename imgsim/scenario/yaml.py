"""YAML 1.2 as plain data, with the place of every key and value.

The node tree is walked by ourselves, so that nothing is ever constructed, duplicate keys and
unknown tags are faults with their place, and a calendar instant stays the text that it is. What a
text may cost is bounded while it is read, and again where aliases repeat parts of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from imgsim.scenario.broken import character, place_and_problem

Path = tuple[str | int, ...]

LARGEST_FILE: Final = 10 * 2**20
"""Bytes; large tables belong in CSV or Parquet files."""
_MOST_NODES: Final = 200_000
_DEEPEST: Final = 100
_LONGEST_NUMBER: Final = 100
_TAG: Final = "tag:yaml.org,2002:"
_PLAIN: Final = ("str", "int", "float", "bool", "null", "timestamp")


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
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(document.source, 1 + error.object[: error.start].count(b"\n"), 1)
        document.faults.append((place, (), "the file is not UTF-8 text"))
        return document
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        document.faults.append((Place(document.source), (), f"cannot be read: {reason}"))
        return document
    return parse(text, document)


def _bytes(path: FilePath) -> bytes:
    if path.is_dir():
        raise OSError("it is a folder, not a file")
    if path.exists() and not path.is_file():
        raise OSError("it is a pipe or a device, not a file")
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise OSError("it is larger than 10 MiB; large tables belong in CSV or Parquet files")
    return content


def parse(text: str, document: Document) -> Document:
    """Parse YAML text into the document."""
    source = document.source
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    try:
        node = yaml.compose(text)
        if node is None:
            document.faults.append((Place(source, 1, 1), (), "the file is empty"))
        else:
            document.data = _Walk(document).value(node, ())
    except _RefusedError as refused:
        document.faults.append((_place(source, refused.node), refused.path[:8], refused.what))
    except MarkedYAMLError as error:
        mark, what = place_and_problem(error, text)
        document.faults.append((Place(source, *(mark or ())), (), what))
    except ReaderError as error:
        mark, what = character(error, text)
        document.faults.append((Place(source, *mark), (), what))
    except (YAMLError, ValueError, OverflowError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        document.faults.append((Place(source), (), f"not YAML: {reason}"))
    return document


def scalar(text: str) -> Any:
    """Return what a text means as a YAML value; a text that is no YAML means itself."""
    document = parse(text, Document("text"))
    return text if document.faults else document.data


class _RefusedError(Exception):
    """The text costs too much, or says what we do not read."""

    def __init__(self, what: str, node: Any, path: Path = ()) -> None:
        super().__init__(what)
        self.what = what
        self.node = node
        self.path = path


def _demand_bounds(nodes: int, depth: int, node: Any, path: Path = ()) -> None:
    if depth > _DEEPEST:
        raise _RefusedError(f"nested deeper than {_DEEPEST} levels", node, path)
    if nodes > _MOST_NODES:
        what = f"more than {_MOST_NODES} values; large tables belong in CSV or Parquet files"
        raise _RefusedError(what, node, path)


def _place(source: str, node: Any) -> Place:
    mark = node.start_mark
    return Place(source, mark.line + 1, mark.column + 1)


class _Composer(Composer):
    """Makes nodes, of which it allows so many and so deep."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self._nodes = 0
        self._depth = 0

    def compose_document(self) -> Any:
        event = self.parser.peek_event()
        if event.version not in (None, (1, 2)):
            raise _RefusedError("the version of YAML is 1.2; remove the line %YAML", event)
        return super().compose_document()

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._nodes += 1
        self._depth += 1
        _demand_bounds(self._nodes, self._depth - 1, self.parser.peek_event())
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Walk:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes = 0

    def value(self, node: Node, path: Path) -> Any:
        """Return the plain data of a node and note where it stands."""
        self._nodes += 1
        _demand_bounds(self._nodes, len(path), node, path)
        place = _place(self._document.source, node)
        self._document.values[path] = place
        if isinstance(node, MappingNode):
            self._demand_tag(node, path, "map")
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            self._demand_tag(node, path, "seq")
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        self._demand_tag(node, path, *_PLAIN)
        try:
            return _scalar(str(node.tag).removeprefix(_TAG), node.value)
        except ValueError as error:
            self._document.faults.append((place, path, str(error)))
            return None

    def _demand_tag(self, node: Node, path: Path, *known: str) -> None:
        tag = str(node.tag)
        if tag not in [_TAG + kind for kind in known]:
            what = f"the tag {tag.removeprefix(_TAG)[:40]} is not allowed; write the plain value"
            self._fault(node, path, what)

    def _fault(self, node: Node, path: Path, what: str) -> None:
        self._document.faults.append((_place(self._document.source, node), path, what))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._fault(key_node, path, "a key must be a plain text")
                continue
            key = key_node.value
            if str(key_node.tag) == f"{_TAG}merge":
                what = "merge keys are not read; write the keys out, or use extends: FILE"
                self._fault(key_node, path, what)
                continue
            self._demand_tag(key_node, path, *_PLAIN)
            if not _is_text(key):
                self._fault(key_node, path, "an escape in the key is no character")
                continue
            if key in data:
                first = self._document.keys[(*path, key)]
                what = f"the key stands twice, first in line {first.line}; remove one"
                self._fault(key_node, (*path, key), what)
                continue
            self._document.keys[(*path, key)] = _place(self._document.source, key_node)
            data[key] = self.value(value_node, (*path, key))
        return data


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _scalar(kind: str, text: str) -> Any:
    """Return the plain value; raise `ValueError` when it is none of its kind."""
    if kind in ("int", "float") and len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} characters is too long")
    if kind == "null":
        return None
    if kind == "bool":
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{text[:40]!r} is not a truth value; write true or false")
        return text.lower() == "true"
    try:
        if kind == "int":
            return _integer(text.replace("_", ""))
        if kind == "float":
            return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a number") from None
    if not _is_text(text):
        raise ValueError("an escape in the text is no character")
    return text


def _integer(text: str) -> int:
    """Read an integer of YAML 1.2: decimal (leading zeros are decimal too), 0o17 or 0x1F."""
    return int(text, 10 if text.lstrip("+-").isdecimal() else 0)
