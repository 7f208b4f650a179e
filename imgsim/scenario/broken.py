"""What is wrong with a text that is no YAML, in words by which it can be mended."""

from __future__ import annotations

import re
from typing import Any, Final

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

_QUOTE = 'put the whole text in quotes, such as "{n}"'
_NO_KEY = "this is not key: value; a key needs a colon and a blank after it"
_COLUMN = "begin it in the column of its neighbours"

_WORDS: Final = (
    (r"character '\\t'", "a tab stands here; indent with blanks"),
    (
        r"character '(.+)' that cannot start",
        "a value cannot begin with {0}; put it in quotes",
    ),
    (r"mapping keys are not allowed", "a value that begins with ? needs quotes"),
    (
        r"sequence entries are not allowed",
        f"a list item has a line of its own; {_COLUMN}",
    ),
    (
        r"but found '<scalar>'|but found '[{\[]'",
        f"more text stands behind a value that is complete; {_QUOTE}",
    ),
    (r"but found '([}\]])'", "{0} closes nothing here; remove it"),
    (r"expected <block end>|<document start>.*block", f"the indent fits no line above; {_COLUMN}"),
    (r"found '<stream end>'", "the file ends within a bracket"),
    (r"<document start>", "this does not belong to what stands above; a scenario begins imgsim: 1"),
    (r"undefined alias '(.*)'", 'a value that begins with * needs quotes around it: "*{0} ..."'),
    (r"unknown escape character '(.*)'", "\\{0} is no escape; use single quotes for a plain \\"),
    (r"another document", "a second document begins here; a scenario file holds one"),
    (r"incompatible YAML", "the version of YAML is 1.2; remove the line"),
)
"""What the parser says, and what we say instead."""


def place_and_problem(error: MarkedYAMLError, text: str) -> tuple[tuple[int, int] | None, str]:
    """Return line and column from 1, if they are known, and what is wrong there."""
    mark, problem = error.problem_mark or error.context_mark, error.problem or "not YAML"
    context = error.context or ""
    opened = error.context_mark
    if "mapping values are not allowed" in problem and mark is not None:
        return _stray_colon(mark, text.splitlines())
    if "could not find expected ':'" in problem and opened is not None:
        return _from_one(opened), _NO_KEY
    if "unexpected end of stream" in problem and "quoted" in context:
        return _from_one(opened or mark), "a quote begins here and never ends"
    if "scanning an alias" in context:
        return _from_one(
            opened or mark
        ), 'a value that begins with * needs quotes around it: "* ..."'
    if "scanning an anchor" in context:
        return _from_one(opened or mark), "a value that begins with & needs quotes"
    if "scanning a block scalar" in context:
        return _from_one(opened or mark), "a value that begins with | or > needs quotes"
    if wanted := re.match(r"expected ',' or '([}\]])'", problem):
        since = f" (the bracket that line {opened.line + 1} opens)" if opened is not None else ""
        return _from_one(mark), f"a comma or a closing {wanted[1]} is missing before this{since}"
    for pattern, words in _WORDS:
        if found := re.search(pattern, problem):
            return _from_one(mark), words if not found.groups() else _filled(words, found)
    return _from_one(mark), f"not YAML: {problem}" + (f" {context}" if context else "")


def _stray_colon(mark: Any, lines: list[str]) -> tuple[tuple[int, int], str]:
    """Return why a colon stands where no key can be, by the line and the one before it."""
    line = lines[mark.line] if mark.line < len(lines) else ""
    if ": " in line[: mark.column]:
        return (mark.line + 1, mark.column + 1), "a text that holds a colon needs quotes"
    number, before = next(
        (
            (number, lines[number])
            for number in range(min(mark.line, len(lines)) - 1, -1, -1)
            if lines[number].strip() and not lines[number].lstrip().startswith("#")
        ),
        (0, ""),
    )
    if not re.search(r":(\s|$)", before):
        column = len(before) - len(before.lstrip()) + 1
        return (number + 1, column), _NO_KEY
    column = len(line) - len(line.lstrip()) + 1
    return (mark.line + 1, column), f"the indent is not that of the lines above; {_COLUMN}"


def character(error: ReaderError, text: str) -> tuple[tuple[int, int], str]:
    """Return where a character stands that YAML has not, and which it is."""
    before = text[: error.position]
    line = before.count("\n") + 1
    column = error.position - (before.rfind("\n") + 1) + 1
    code = ord(error.character) if isinstance(error.character, str) else error.character
    return (line, column), f"the character #x{code:04x} may not stand in a text; remove it"


def _filled(words: str, found: re.Match[str]) -> str:
    for number, group in enumerate(found.groups()):
        words = words.replace(f"{{{number}}}", group or "")
    return words


def _from_one(mark: Any) -> tuple[int, int] | None:
    return None if mark is None else (mark.line + 1, mark.column + 1)
