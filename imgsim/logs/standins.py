"""Texts that stand for others: as different from each other, as malformed, and without a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from imgsim.api.call import Call
from imgsim.api.request import CreateImageRequest
from imgsim.api.rule import Rule
from imgsim.api.rules.request import (
    description_is_malformed,
    image_name_is_malformed,
    token_is_malformed,
)
from imgsim.cloud.account import Account
from imgsim.cloud.cloud import Cloud

_STAND_INS: Final[Mapping[str, tuple[Rule, str, str]]] = {
    "Description": (description_is_malformed, "description {}", "http://{}"),
    "ImageName": (image_name_is_malformed, "image-{}", "-{}"),
    "ClientToken": (token_is_malformed, "token-{}", "\u00e9{}"),
}
"""For each parameter the rule that it may break, and a text that does not, and one that does."""


class StandIns:
    """Numbered texts in the place of descriptions and, if asked, of names and tokens too."""

    def __init__(self, *, anonymous: bool = False) -> None:
        self._replaced = tuple(_STAND_INS) if anonymous else ("Description",)
        self._known: dict[str, dict[str, str]] = {name: {} for name in self._replaced}
        self._nowhere = Cloud(Account(0, 0, token_lifetime=0))

    def replace(self, parameters: dict[str, str]) -> None:
        """Replace what stands there: equal texts by equal ones, malformed by malformed ones."""
        for name in self._replaced:
            if text := parameters.get(name):
                parameters[name] = self._stand_in(name, text)

    def image_name(self, name: str | None) -> str | None:
        """Return what an ImageName is replaced by, if it is."""
        parameters = {"ImageName": name} if name else {}
        self.replace(parameters)
        return parameters.get("ImageName")

    def _stand_in(self, name: str, text: str) -> str:
        known = self._known[name]
        if text not in known:
            rule, plain, broken = _STAND_INS[name]
            call = Call(CreateImageRequest.of({name: text}), self._nowhere, 0, 0)
            known[text] = (broken if rule(call) else plain).format(len(known) + 1)
        return known[text]
