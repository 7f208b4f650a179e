"""ActionTrail events -> CreateImage calls, without a trace of who made them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from imgsim.logs.masking import mask
from imgsim.logs.shapes import Thing, UnreadableError, either
from imgsim.logs.texts import instant_of, text_of

PARAMETERS: Final = (
    "RegionId",
    "InstanceId",
    "SnapshotId",
    "ImageName",
    "ImageVersion",
    "Description",
    "ClientToken",
)
"""Request parameters that stand in no disk of a mapping."""
_SPELT: Final = {s: name for name in PARAMETERS for s in (name, name[0].lower() + name[1:])}
_DISK: Final = re.compile(r"DiskDeviceMapping\.(\d{1,9})\.(Size|SnapshotId)", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z_.-]{0,99}(?: status\.)?", re.ASCII)
_UNKNOWN_CODE: Final = "unreadable code"
_NEWER: Final = re.compile(
    r"(Tag|ImageFamily|Platform|Architecture|BootMode|ResourceGroupId|DetectionStrategy|Features"
    r"|DiskDeviceMapping)\b"
)
"""Documented parameters that the model does not know."""

Other = Literal["other", "delete", "dry run"]


@dataclass(frozen=True, slots=True)
class Call:
    """A CreateImage call: when, what was sent, its error code (None: accepted), and its ids.

    ``newer`` says whether it had documented parameters that the model does not know.
    """

    at: datetime
    parameters: dict[str, str]
    code: str | None
    ids: tuple[str, ...]
    newer: bool


def call_of(event: Thing, region: str | None = None) -> Call | Other:
    """Return the call of an event, or what else it is; raise `UnreadableError`.

    ``region`` stands in where the event names none.
    """
    name = either(event, "eventName")
    if name not in ("CreateImage", "DeleteImage"):
        if not isinstance(name, str):
            raise UnreadableError("eventName is no text")
        return "other"
    if not _of_ecs(event):
        return "other"
    if name == "DeleteImage":
        return "delete"
    sent = _sent(event)
    parameters, newer = _documented(sent)
    dry = either(sent, "DryRun")
    if dry is True or str(dry).lower() == "true":
        return "dry run"
    if not parameters.get("RegionId"):
        told = text_of(either(event, "acsRegion") or either(event, "regionId"), "acsRegion")
        if not (told or region):
            raise UnreadableError("no region in the event; give --region")
        parameters["RegionId"] = told or region or ""
    mask(parameters, event)
    ids = tuple(
        id for key in ("eventId", "requestId") if isinstance(id := either(event, key), str) and id
    )
    at = instant_of(either(event, "eventTime"), "eventTime")
    return Call(at, parameters, _code(event), ids, newer)


def _of_ecs(event: Thing) -> bool:
    """Say whether an event is one of ECS; raise `UnreadableError` when it does not tell."""
    service = either(event, "serviceName")
    if isinstance(service, str) and service:
        return service.lower() == "ecs"
    source = either(event, "eventSource")
    if isinstance(source, str) and source:
        return source.lower().startswith("ecs")
    raise UnreadableError("neither serviceName nor eventSource")


def _sent(event: Thing) -> dict[str, Any]:
    """Return the request parameters, which stand there as an object or as JSON text."""
    sent = either(event, "requestParameters")
    if sent in (None, "", {}):
        sent = either(event, "requestParameterJson") or sent
    if isinstance(sent, str) and sent:
        try:
            sent = json.loads(sent)
        except (ValueError, RecursionError):
            raise UnreadableError("requestParameters are a text that is no JSON") from None
    if sent is None or sent == "":
        raise UnreadableError("no requestParameters")
    if not isinstance(sent, dict):
        raise UnreadableError("requestParameters are no object")
    return sent


def _documented(sent: dict[str, Any]) -> tuple[dict[str, str], bool]:
    """Return the parameters of the model as they were sent, and whether there are newer ones."""
    parameters: dict[str, str] = {}
    newer = False
    for key, value in sent.items():
        name = _SPELT.get(key)
        if name is None and (disk := _DISK.fullmatch(key)):
            if not 1 <= int(disk[1]) <= 17:
                raise UnreadableError("a disk of the mapping beyond 17")
            name = f"DiskDeviceMapping.{int(disk[1])}.{disk[2]}"
        if name is None:
            newer = newer or _NEWER.match(key) is not None
        elif (text := text_of(value, name)) is not None:
            parameters.setdefault(name, text)
    return parameters, newer


def _code(event: Thing) -> str | None:
    """Return the error code; a text that looks like none may say anything and is not passed on."""
    code = either(event, "errorCode")
    if code is None or code == "":
        return None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else _UNKNOWN_CODE
