"""Who made a call stays out of what was sent: names of people, accounts, keys and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from imgsim.logs.shapes import Thing, either

_TEXTS: Final = ("ImageName", "Description", "ClientToken")
"""Parameters in which people write what they like."""
_KEY: Final = re.compile(r"LTAI[A-Za-z0-9]{8,}")
"""An access key id."""
_WHO: Final = ("accountId", "principalId", "accessKeyId", "userName")
_SHORTEST: Final = 4


def mask(parameters: dict[str, str], event: Thing) -> None:
    """Put an x for each character that tells who called; lengths stay, which rules look at."""
    who = [*_who(event)]
    for name, text in parameters.items():
        masked = _KEY.sub(_crossed, text)
        for secret in who if name in _TEXTS else ():
            masked = masked.replace(secret, "x" * len(secret))
        parameters[name] = masked


def _crossed(match: re.Match[str]) -> str:
    return "x" * len(match[0])


def _who(event: Thing) -> Iterator[str]:
    """Yield what the event says of its caller, the longest first within its identity."""
    identity = either(event, "userIdentity")
    told = [either(identity, key) for key in _WHO] if isinstance(identity, dict) else []
    told.append(either(event, "sourceIpAddress"))
    found = {one for one in told if isinstance(one, str) and len(one) >= _SHORTEST}
    yield from sorted(found, key=len, reverse=True)
