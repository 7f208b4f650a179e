"""Values on one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text_of(value: Any) -> str:
    """Return a value as a file says it, on one line."""
    if isinstance(value, Mapping):
        return f"{{{entries(value)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(text_of, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def entries(values: Mapping[str, Any]) -> str:
    """Return the entries of a mapping as a file says them, on one line."""
    return ", ".join(f"{key}: {text_of(item)}" for key, item in values.items())
