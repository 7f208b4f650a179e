"""``extends:`` a scenario file builds on another one.

Maps are merged key by key, lists and plain values replace what was there. A path of a data file
stays relative to the file that says it, and messages name the file that says what is wrong.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

from imgsim.scenario.yaml import Document, Path, Place, read

KEY = "extends"
_LONGEST_CHAIN = 50


def read_extended(path: FilePath) -> Document:
    """Read a file and all that it extends, as one document; faults stand in the document."""
    return _extended(read(path), path, ())


def _extended(document: Document, path: FilePath, above: tuple[FilePath, ...]) -> Document:
    if document.faults or not isinstance(document.data, dict) or KEY not in document.data:
        return document
    named = document.data.pop(KEY)
    place = document.values[(KEY,)]
    if not isinstance(named, str):
        document.faults.append((place, (KEY,), "must be the path of a scenario file"))
        return document
    base_path = path.parent / named
    chain = (*above, path.resolve())
    try:
        known = base_path.resolve() in chain
    except (OSError, ValueError, RuntimeError) as error:  # too long, no path, links in a circle
        document.faults.append((place, (KEY,), f"not the path of a file: {error}"))
        return document
    if len(chain) > _LONGEST_CHAIN:
        document.faults.append((place, (KEY,), f"more than {_LONGEST_CHAIN} files in a chain"))
        return document
    if known:
        round_trip = " -> ".join(one.name for one in (*chain, base_path))
        document.faults.append((place, (KEY,), f"the files extend each other: {round_trip}"))
        return document
    base = _extended(read(base_path), base_path, chain)
    if base.faults:
        if base.data is None and all(not fault[1] for fault in base.faults):
            what = f"{base.faults[0][0]}: {base.faults[0][2]}"
            base.faults = [(place, (KEY,), what)]
        document.faults.extend(base.faults)
        return document
    if not isinstance(base.data, dict):
        document.faults.append((place, (KEY,), f"{base_path} is not a mapping of keys"))
        return document
    _anchor(base.data, base_path.parent)
    document.data = _merged(base, document, base.data, document.data, ())
    document.keys = base.keys | document.keys
    document.values = base.values | document.values
    return document


def _anchor(data: Any, folder: FilePath) -> None:
    """Make the paths of data files absolute, which stand under the key ``file``."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        if isinstance(value, (dict, list)):
            _anchor(value, folder)
        elif key == "file" and isinstance(value, str):
            data[key] = str((folder / value).resolve())


def _merged(base: Document, top: Document, below: Any, above: Any, path: Path) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        merged = dict(below)
        for key, value in above.items():
            there = key in below
            merged[key] = _merged(base, top, below[key], value, (*path, key)) if there else value
        return merged
    _forget(base.keys, path)
    _forget(base.values, path)
    return above


def _forget(places: dict[Path, Place], path: Path) -> None:
    """Forget the places of what was replaced, below its path."""
    gone = [one for one in places if one[: len(path)] == path and len(one) > len(path)]
    for one in gone:
        del places[one]
