"""The Arrow schema of a record, made from the model and never inferred from the first rows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import inspect

from dictcrawler.model import Record

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_fields(kind: type[Record]) -> list[pa.Field]:
    """The fields of a record, under their names in the feed, with a field for the tag that names the version."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    info = inspect.type_info(kind)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{kind} is no record")
    tag = [] if info.tag_field is None else [pa.field(info.tag_field, pa.string(), nullable=False)]
    return tag + [_field(field) for field in info.fields]


def _field(field: inspect.Field) -> pa.Field:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    return pa.field(field.encode_name, _type(field.type), nullable=_is_optional(field.type))


def _is_optional(info: inspect.Type) -> bool:
    return isinstance(info, inspect.UnionType) and info.includes_none


# Arrow's names for types without members.
_SIMPLE: Mapping[type[inspect.Type], str] = MappingProxyType(
    {
        inspect.StrType: "string",
        inspect.LiteralType: "string",
        inspect.EnumType: "string",
        inspect.IntType: "int64",
        inspect.FloatType: "double",
        inspect.BoolType: "bool",
    }
)


def _type(info: inspect.Type) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    if type(info) in _SIMPLE:
        return pa.type_for_alias(_SIMPLE[type(info)])
    match info:
        case inspect.VarTupleType(item_type=item):
            found = pa.list_(pa.field("item", _type(item), nullable=False))
        case inspect.DictType(key_type=key, value_type=value):
            found = pa.map_(_type(key), _type(value))
        case inspect.StructType(fields=fields):
            found = pa.struct([_field(each) for each in fields])
        case inspect.DateTimeType():
            found = pa.timestamp("ms", "UTC")
        case inspect.UnionType(types=types):
            found = _common([_type(each) for each in types if not isinstance(each, inspect.NoneType)])
        case inspect.Metadata(type=inner):
            found = _type(inner)
        case _:
            raise TypeError(f"no Arrow type for {info}")
    return found


def _common(types: list[pa.DataType]) -> pa.DataType:
    """The type for values of any of these types; text can hold all of them."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    return types[0] if all(each == types[0] for each in types) else pa.string()
