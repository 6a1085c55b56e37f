"""How Meta's JSON becomes frozen typed values. Pure.

An answer has the API's names. What Meta sends beyond the known fields, or in another shape than the
documented one, is kept in `extra`, so that nothing is lost and a new field breaks nobody. Ids are
strings whatever Meta sends, times are aware UTC datetimes, and a list is a tuple whether Meta wraps
it in `{"data": […]}` or not.
"""

from __future__ import annotations

from collections.abc import Callable, KeysView, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec

T = TypeVar("T")
Reader = Callable[[Any], Any]


class UnfitError(ValueError):
    """A value is not what its field is documented to be; the text says which."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """Base of all that Meta answers with.

    Fields are attributes; `answer["field"]` and `answer.get("field")` work too, by Meta's names, for
    the known fields that have a value and for those in `extra`, as does `dict(answer)`.
    """

    extra: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """What Meta sent that no field here holds, as received."""

    def __getitem__(self, name: str) -> Any:
        field = None if name in self.extra else _names(type(self)).get(name)
        value = None if field is None else getattr(self, field)
        return self.extra[name] if value is None else value

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def keys(self) -> KeysView[str]:
        """Meta's names of everything that has a value."""
        present = {
            sent: None
            for sent, field in _names(type(self)).items()
            if getattr(self, field) is not None
        }
        return {**present, **dict.fromkeys(self.extra)}.keys()

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default


A = TypeVar("A", bound=Answer)


def read(kind: type[A], raw: Any) -> A:
    """`raw`, parsed JSON, as a value of `kind`; UnfitError when that cannot be."""
    if not isinstance(raw, Mapping):
        raise UnfitError(f"{kind.__name__} is {_shown(raw)}, not an object")
    known, values, extra = _fields(kind), dict[str, Any](), dict[str, Any]()
    for name, value in raw.items():
        field = known.get(name)
        if field is None:
            extra[name] = value
        elif value is not None:
            _put(field, value, values, extra)
    for name, field in known.items():
        if field.is_required and field.name not in values:
            raise UnfitError(f"{kind.__name__} has no usable {name}")
    return kind(**values, extra=extra)


class _Field(msgspec.Struct, frozen=True):
    name: str
    sent: str
    reader: Reader
    is_required: bool


def _put(field: _Field, value: Any, values: dict[str, Any], extra: dict[str, Any]) -> None:
    try:
        values[field.name] = field.reader(value)
    except (UnfitError, OverflowError):
        extra[field.sent] = value


@cache
def _fields(kind: type[Answer]) -> dict[str, _Field]:
    """The fields of `kind` by the name Meta sends."""
    return {
        field.encode_name: _Field(
            field.name, field.encode_name, reader_for(field.type), field.required
        )
        for field in msgspec.structs.fields(kind)
        if field.name != "extra"
    }


@cache
def _names(kind: type[Answer]) -> dict[str, str]:
    """The names of the fields here by the name Meta sends; of a generic kind too."""
    fields = msgspec.structs.fields(kind)
    return {field.encode_name: field.name for field in fields if field.name != "extra"}


@cache
def reader_for(kind: Any) -> Reader:
    """What turns parsed JSON into a `kind`, raising UnfitError; a type's own reader comes with it."""
    origin = get_origin(kind)
    if origin is Annotated:
        reader: Reader = get_args(kind)[1]
        return reader
    if origin in {Union, UnionType}:
        return _first_that_fits(
            [reader_for(arg) for arg in get_args(kind) if arg is not type(None)]
        )
    if origin is tuple:
        return _list_of(reader_for(get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, Answer):
        return lambda raw: read(kind, raw)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member_of(kind)
    return _PLAIN[origin or kind]


def _first_that_fits(readers: list[Reader]) -> Reader:
    if len(readers) == 1:
        return readers[0]

    def fit(raw: Any) -> Any:
        for reader in readers[:-1]:
            try:
                return reader(raw)
            except UnfitError:
                continue
        return readers[-1](raw)

    return fit


def _list_of(reader: Reader) -> Reader:
    def items(raw: Any) -> tuple[Any, ...]:
        if isinstance(raw, Mapping):
            raw = raw.get("data")
        if not isinstance(raw, list):
            raise UnfitError(f"{_shown(raw)} is no list")
        return tuple(reader(item) for item in raw)

    return items


def _member_of(kind: type[Enum]) -> Reader:
    known = {member.value: member for member in kind}

    def member(raw: Any) -> Any:
        if isinstance(raw, str) and raw in known:
            return known[raw]
        raise UnfitError(f"{_shown(raw)} is not known")

    return member


def _exactly(*kinds: type) -> Reader:
    def same(raw: Any) -> Any:
        if isinstance(raw, kinds) and (bool in kinds or not isinstance(raw, bool)):
            return raw
        raise UnfitError(f"{_shown(raw)} is no {kinds[0].__name__}")

    return same


def _text_of_id(raw: Any) -> str:
    if isinstance(raw, str) and raw:
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    raise UnfitError(f"{_shown(raw)} is no id")


def time_of(raw: Any) -> datetime:
    """Meta's `2023-10-17T05:42:03+0000` or any RFC 3339 time, as UTC; UnfitError for all else."""
    try:
        return _aware(datetime.fromisoformat(raw))
    except (TypeError, ValueError, OverflowError) as exc:
        raise UnfitError(f"{_shown(raw)} is no time") from exc


def _aware(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _time_of_seconds(raw: Any) -> datetime:
    if raw == 0:
        raise UnfitError("0 stands for never")
    try:
        return datetime.fromtimestamp(float(_number(raw)), UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise UnfitError(f"{_shown(raw)} is no time in seconds") from exc


def _time_of_milliseconds(raw: Any) -> datetime:
    return _time_of_seconds(_number(raw) / 1000)


def _shown(raw: Any) -> str:
    """What it is, not the value: that may be secret, or nested too deep to be shown."""
    return _WORDS.get(type(raw), "something else")


_WORDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    type(None): "null",
}


_number = _exactly(int, float)
_PLAIN: dict[Any, Reader] = {
    str: _exactly(str),
    int: _exactly(int),
    float: _number,
    bool: _exactly(bool),
    datetime: time_of,
    dict: _exactly(dict),
    Any: lambda raw: raw,
}

Id = Annotated[str, _text_of_id]
"""An id of Meta's: a string of digits, also where Meta sends a number."""
Seconds = Annotated[datetime, _time_of_seconds]
"""A time that Meta sends as unix seconds."""
Milliseconds = Annotated[datetime, _time_of_milliseconds]
"""A time that Meta sends as unix milliseconds."""
