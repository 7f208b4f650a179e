"""The answer to a call, as a value: accepted, replayed or denied; and the documented bodies."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal
from xml.sax.saxutils import escape

from imgsim.api.rule import Rule
from imgsim.shown import Shown, Shows, Table

if TYPE_CHECKING:
    from imgsim.cloud.image import Image

HOST: Final = "ecs.aliyuncs.com"
Status = Literal["accepted", "replayed", "denied"]


@dataclass(slots=True, eq=False)
class Verdict(Shows):
    """What the entry point answers; ``number`` counts the calls of a run, replies included."""

    status: ClassVar[Status]
    number: int

    @property
    def image(self) -> Image | None:
        """The image, when there is one."""
        return None

    @property
    def rule(self) -> Rule | None:
        """The rule that denied, when one did."""
        return None

    @property
    def faults(self) -> tuple[str, ...]:
        """Names of every fault a denied call had, the reported one first in checking order."""
        return ()

    @property
    def image_id(self) -> str | None:
        """Id of the image, or None when denied."""
        return self.image.id if self.image is not None else None

    @property
    def row(self) -> int | None:
        """Row of the denying rule on the page, or None."""
        return self.rule.row if self.rule is not None else None

    @property
    def code(self) -> str | None:
        """Error code as documented, or None."""
        return self.rule.code if self.rule is not None else None

    @property
    def message(self) -> str | None:
        """Error message as documented, or None."""
        return self.rule.message if self.rule is not None else None

    @property
    def http_status(self) -> int:
        """HTTP status: 200 unless denied."""
        return self.rule.http_status if self.rule is not None else 200

    @property
    def request_id(self) -> str:
        """A RequestId of the documented shape, derived from the call's number."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.number}.{HOST}")).upper()

    def body(self) -> dict[str, str]:
        """Return the fields of the documented answer in their order."""
        if self.rule is None:
            return {"RequestId": self.request_id, "ImageId": self.image_id or ""}
        return {
            "RequestId": self.request_id,
            "HostId": HOST,
            "Code": self.rule.code,
            "Message": self.rule.message,
        }

    def to_json(self) -> str:
        """Return the documented JSON body."""
        return json.dumps(self.body(), ensure_ascii=False)

    def to_xml(self) -> str:
        """Return the documented XML body."""
        root = "CreateImageResponse" if self.rule is None else "Error"
        fields = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in self.body().items())
        return f"<{root}>{fields}</{root}>"

    def shown(self) -> Shown:
        """Return the answer with the rule behind it, and whether waiting cures it."""
        rows = [["ImageId", self.image_id or "-"], ["HTTP status", str(self.http_status)]]
        if (rule := self.rule) is not None:
            page = "not from the page" if rule.row is None else f"row {rule.row} of the error table"
            rows = [
                ["code", rule.code],
                ["message", rule.message],
                ["HTTP status", str(rule.http_status)],
                ["rule", rule.name],
                ["page", page],
                ["waiting", "cures it" if rule.waiting_cures else "does not cure it"],
                ["all faults", "\n".join(self.faults)],
            ]
        return Shown(self.status, [], [Table(["", ""], rows, left=(0, 1), folded=(1,))])

    def __repr__(self) -> str:
        what = self.image_id if self.rule is None else f"{self.http_status} {self.code}"
        return f"<{self.status} {what}>"


@dataclass(slots=True, eq=False, repr=False)
class Accepted(Verdict):
    """The call made a new image."""

    status: ClassVar[Status] = "accepted"
    made: Image

    @property
    def image(self) -> Image:
        """The new image."""
        return self.made


@dataclass(slots=True, eq=False, repr=False)
class Replayed(Verdict):
    """The call got the answer of the first one with its token; nothing new happened."""

    status: ClassVar[Status] = "replayed"
    first: Image

    @property
    def image(self) -> Image:
        """The image of the first call, whatever became of it."""
        return self.first


@dataclass(slots=True, eq=False, repr=False)
class Denied(Verdict):
    """The call was refused; ``had`` holds every rule whose fault it had, in checking order."""

    status: ClassVar[Status] = "denied"
    had: tuple[Rule, ...]

    @property
    def rule(self) -> Rule:
        """The first rule that denied."""
        return self.had[0]

    @property
    def faults(self) -> tuple[str, ...]:
        """Names of every fault the call had, the reported one first."""
        return tuple(rule.name for rule in self.had)
