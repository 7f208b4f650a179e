"""What all parts of a scenario have in common: strict models, ids and names."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from imgsim.cloud.cloud import ISSUED


def _not_issued(id: str) -> str:
    if ISSUED.fullmatch(id):
        raise PydanticCustomError(
            "id", "ids of the shape {id} are issued by the simulator; use another", {"id": id}
        )
    return id


Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]*$"),
    AfterValidator(_not_issued),
]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]


class Spec(BaseModel):
    """Strict and frozen: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
