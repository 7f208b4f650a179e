"""Mutations of shipped scenarios: of their text, and of the tree that they are."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from random import Random
from typing import Any

from imgsim.scenario.yaml import Document, parse

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NASTY = [
    "", " ", "~", "null", "true", "on", "-1", "0", "-0", "1", "7", "1e999", "-1e999", ".nan", ".inf",
    "0x10", "0o17", "9" * 40, "9" * 5000, "1e-300", "0.1", "'", '"', "[", "]", "{", "}", "[]", "{}", ":",
    ": ", "-", "- ", "?", "? ", "*a", "&a x", "&a", "!!python/object:os.system", "!x", "!!int x", "%",
    "@", "`", "#", " #", "|", ">", "\t", "\0", "\x1b[2J", "\u2028", "\ufeff", "\ud7ff", "é", "\U0001d54f", "<<: *a",
    "---", "...", "%YAML 1.1", "{n}", "{", "{{n}}", "{date:%Y}", "{source!r}", "5m", "5 minutes", "1h30m",
    "0s", "1us", "36525d", "999999999d", "1w", "40 GiB", "40 GB", "0 GiB", "1 B", "1024 TiB", "9999999 TiB",
    "0 MiB/s", "1 B/s", "1%", "100%", "101%", "0%", "2%/d", "0.0001%/w", "200 CNY", "-5 CNY", "30/h",
    "0/h", "1000000/s", "0.000001/w", "unlimited", "Running", "Pending", "Stopped", "progressing", "failed",
    "Creating", "CreateFailed", "security", "each", "own", "random", "round-robin", "per-intent", "data",
    "system", "2026-01-05", "1969-12-31", "9998-12-31", "9999-01-01", "1970-01-01T00:00:00Z", "2012-06-01",
    "0 2 * * *", "* * * * *", "0 0 29 2 *", "0 0 31 2 *", "0 0 29 2 1", "61 * * * *", "@daily", "0 0 L * *",
    "* * * * * *", "UTC", "Asia/Shanghai", "../etc/passwd", "/dev/zero", "s-000000001", "web-1", "x" * 129,
    "quickstart.yaml", "{poisson: {rate: 1/s}}", "{constant: 5m}", "{lognormal: {mean: 5m, cv: 1000}}",
    "{gamma: {mean: 1us, cv: 30}}", "{exponential: {mean: 999999999d}}", "{empirical: {values: []}}",
    "{uniform: {low: 5m, high: 1m}}", "{cron: {schedule: '0 0 29 2 *'}}", "{trace: {file: x.csv}}",
    "{closed-loop: {clients: 3, calls: 9}}", "{burst: {calls: 1000}}", "{renewal: {gap: 1us}}",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 17, 18, 10**6, 10**12, 2**62, 2**63, -(2**63), 10**30, 10**5000,
    0.0, -0.0, 0.5, 1e-300, 1e300, float("inf"), float("nan"), [], [None], [[]], [1, "a"], {}, {"": {}},
    {"a": 1}, {None: 1}, {1: 2}, (), b"bytes", "a\nb", "\x1b[2J", "\ud800", [[[[[[[]]]]]]],
]  # fmt: skip


LIKE = [
    ["0s", "1us", "1s", "5m", "1h30m", "10d", "100000d", "50000000d", "0.5s"],
    ["1 GiB", "40 GiB", "1 TiB", "1024 TiB", "1 B", "0 B", "500 MiB"],
    ["1 B/s", "0 B/s", "100 MiB/s", "5 TiB/s"],
    ["0%", "0.001%", "1%", "50%", "100%"],
    ["0.000001%/w", "2%/d", "100%/us", "99999%/s"],
    ["30/h", "1/w", "0.00001/w", "1000/s", "999999/s"],
    [0, 1, 2, 3, 7, 100, 4000, 2**20, 2**62],
    [0.1, 0.5, 1, 1.0, 2.5, 0.001, 1000, 1e-300, 1e18],
    [True, False],
    ["0 2 * * *", "* * * * *", "0 0 29 2 *", "0 0 29 2 1", "*/7 3 1,15 * 1-5"],
    ["1970-01-01", "2012-06-01", "2026-01-01T00:00:00Z", "9998-01-01"],
    ["round-robin", "random", "each", "own"],
    ["Pending", "Running", "Stopped", "Starting", "Stopping", "Expired"],
    ["x-{n}", "{source}-{date}-{time}", "{stream}{client}", "same", "{{}}", "ab"],
]  # fmt: skip


def _like(value: Any, luck: Random) -> Any:
    """Return a value that can stand where the other one stands, if one of those listed can."""
    shape = re.sub(r"[0-9.]+", "9", str(value))
    for group in LIKE:
        if any(
            re.sub(r"[0-9.]+", "9", str(other)) == shape and isinstance(other, type(value))
            for other in group
        ):
            return luck.choice(group)
    return value


def bases() -> dict[str, str]:
    """Return the text of every shipped scenario."""
    return {
        path.name: path.read_text(encoding="utf-8") for path in sorted(SCENARIOS.glob("*.yaml"))
    }


def mutated_text(text: str, luck: Random) -> str:
    """Return the text with one to four changes."""
    for _ in range(luck.choice((1, 1, 1, 2, 2, 3, 4))):
        text = luck.choice(_ON_TEXT)(text, luck)
    return text


def _lines(change):
    def on_text(text: str, luck: Random) -> str:
        lines = text.split("\n")
        change(lines, luck)
        return "\n".join(lines)

    return on_text


def _delete_line(lines, luck):
    del lines[luck.randrange(len(lines))]
    lines.append("")


def _double_line(lines, luck):
    lines.insert(luck.randrange(len(lines)), luck.choice(lines))


def _swap_lines(lines, luck):
    a, b = luck.randrange(len(lines)), luck.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]


def _indent_line(lines, luck):
    at = luck.randrange(len(lines))
    lines[at] = luck.choice((" ", "  ", "\t", "- ")) + lines[at]


def _outdent_line(lines, luck):
    at = luck.randrange(len(lines))
    lines[at] = lines[at].removeprefix(luck.choice((" ", "  ")))


def _delete_character(text, luck):
    at = luck.randrange(len(text) + 1)
    return text[:at] + text[at + luck.choice((1, 1, 2, 5)) :]


def _insert(text, luck):
    at = luck.randrange(len(text) + 1)
    return text[:at] + luck.choice((*NASTY, chr(luck.randrange(0x20, 0x7F)))) + text[at:]


def _swap_characters(text, luck):
    at = luck.randrange(max(1, len(text) - 1))
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def _replace_token(text, luck):
    lines = text.split("\n")
    at = luck.choice([n for n, line in enumerate(lines) if line.split()] or [0])
    words = lines[at].split(" ")
    places = [n for n, word in enumerate(words) if word.strip(":-")] or [0]
    words[luck.choice(places)] = luck.choice(NASTY)
    lines[at] = " ".join(words)
    return "\n".join(lines)


def _change_number(text, luck):
    found = list(re.finditer(r"[0-9]+", text)) or [re.match("", text)]
    number = luck.choice(found)
    new = luck.choice(("0", "1", "2", "3", "10", "77", "1000", "100000", "0.5"))
    return text[: number.start()] + new + text[number.end() :]


def _take_word(text, luck):
    words = list(re.finditer(r"[A-Za-z0-9%/.-]+", text)) or [re.match("", text)]
    word, other = luck.choice(words), luck.choice(words)
    return text[: word.start()] + other[0] + text[word.end() :]


def _replace_value(text, luck):
    lines = text.split("\n")
    at = luck.choice([n for n, line in enumerate(lines) if ":" in line] or [0])
    key, _, _ = lines[at].partition(":")
    lines[at] = f"{key}: {luck.choice(NASTY)}"
    return "\n".join(lines)


_ON_TEXT = (
    *map(_lines, (_delete_line, _double_line, _swap_lines, _indent_line, _outdent_line)),
    _delete_character,
    _insert,
    _swap_characters,
    *[_replace_token, _replace_value, _take_word] * 4,
    *[_change_number] * 10,
)


def mutated_tree(text: str, luck: Random) -> Any:
    """Return the plain data with one to three changes."""
    data = copy.deepcopy(parse(text, Document("base")).data)
    for _ in range(luck.choice((1, 1, 2, 3))):
        holders = list(_holders(data))
        holder = luck.choice(holders)
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            continue
        key = luck.choice(keys)
        kind = luck.randrange(16)
        if kind == 0:
            del holder[key]
        elif kind == 1 and isinstance(holder, dict):
            holder[luck.choice(("x", "", str(key)[:-1], str(key).upper(), *NASTY[:20]))] = (
                holder.pop(key)
            )
        elif kind == 1:
            holder.append(copy.deepcopy(holder[key]))
        elif kind == 2:
            other = luck.choice(holders)
            holder[key] = copy.deepcopy(
                other if luck.random() < 0.5 else luck.choice(_leaves(data))
            )
        elif kind == 3:
            holder[key] = luck.choice(VALUES)
        elif kind > 5:
            holder[key] = _like(holder[key], luck)
        else:
            said = parse(luck.choice(NASTY), Document("token"))
            holder[key] = said.data if not said.faults else luck.choice(NASTY)
    return data


def _holders(data: Any):
    if isinstance(data, (dict, list)):
        yield data
        for value in data.values() if isinstance(data, dict) else data:
            yield from _holders(value)


def _leaves(data: Any) -> list[Any]:
    found = [
        value
        for holder in _holders(data)
        for value in (holder.values() if isinstance(holder, dict) else holder)
        if not isinstance(value, (dict, list))
    ]
    return found or [None]
