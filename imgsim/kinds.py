"""One of several kinds, named by its key: ``{lognormal: {mean: 5m, cv: 0.3}}``.

A registry (name -> dataclass) is the only place where a kind is added; reading, writing and
describing a choice follow from it. pydantic is imported only when a file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


@dataclass(frozen=True, eq=False)
class OneOf:
    """The kinds a field may hold.

    Generic kinds have the parameters of the type that is annotated. ``bare`` names the kind, and
    its only field, that a plain value stands for: with ``("constant", "value")`` both ``5m`` and
    ``{constant: 5m}`` are read.
    """

    what: str
    kinds: Mapping[str, type[Any]]
    bare: tuple[str, str] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        from pydantic_core import core_schema as cs

        fields = {
            name: cs.typed_dict_field(
                self._inner(name, handler.generate_schema(_parametrised(kind, source))),
                required=False,
            )
            for name, kind in self.kinds.items()
        }
        keyed = cs.typed_dict_schema(fields, extra_behavior="forbid")
        return cs.no_info_before_validator_function(
            self._as_mapping,
            cs.no_info_after_validator_function(lambda chosen: next(iter(chosen.values())), keyed),
            serialization=cs.wrap_serializer_function_ser_schema(self._write(), schema=keyed),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> Any:
        keyed = handler(schema["schema"]["schema"])
        keyed |= {"minProperties": 1, "maxProperties": 1, "description": self.what}
        return {"anyOf": [keyed, {"type": ["string", "number"]}]} if self.bare else keyed

    def _inner(self, name: str, schema: Any) -> Any:
        from pydantic_core import core_schema as cs

        if self.bare is None or name != self.bare[0]:
            return schema
        field = self.bare[1]
        return cs.no_info_before_validator_function(
            lambda value: value if isinstance(value, Mapping) else {field: value}, schema
        )

    def _as_mapping(self, value: object) -> object:
        from pydantic_core import PydanticCustomError

        if isinstance(value, Mapping) and len(value) == 1:
            return value
        if self.bare is not None and not isinstance(value, (Mapping, list)):
            return {self.bare[0]: value}
        raise PydanticCustomError(
            "one_of",
            "{reason}",
            {"reason": f"{self.what} is one of {', '.join(self.kinds)}, with its fields under it"},
        )

    def _write(self) -> Callable[[Any, Any], Any]:
        names = {kind: name for name, kind in self.kinds.items()}
        return lambda chosen, handler: handler({names[type(chosen)]: chosen})


def _parametrised(kind: Any, source: Any) -> Any:
    return kind[get_args(source)] if getattr(kind, "__parameters__", ()) else kind
