"""Values as they travel: JSON in, Python out, and back.

JSON has fewer types than Python, so each type here says exactly which JSON it takes: a number is
never read from a string, a boolean is never a number, and what is written is what was read.
"""

import base64
import binascii
import datetime
import decimal
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Final
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    AllowInfNan,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    Strict,
)
from pydantic_core import from_json

DEEPEST = 100


class Masked:
    """Marks a field that logs and `repr` must not show."""


MASKED: Final = Masked()


class Model(BaseModel):
    """A record: unknown fields are refused, and masked ones are never printed."""

    model_config = ConfigDict(
        extra="forbid",
        validate_assignment=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )
    # Code calls fields by their names in Python, and mypy reads that it may. What travels has the
    # names of the wire and no others, so it is only where a record is made by code that they count.
    model_config["validate_by_name"] = False

    def __init__(self, /, **values: Any) -> None:
        self.__pydantic_validator__.validate_python(values, self_instance=self, by_name=True)

    # Records that are read are not made by `__init__`.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        fields = type(self).model_fields
        for name, value in super().__repr_args__():
            masked = name in fields and MASKED in fields[name].metadata and value is not None
            yield name, "***" if masked else value


class NotJSON(ValueError):
    """What came is no JSON that we read; and where, as far as it can be told."""

    def __init__(self, detail: str, place: tuple[str | int, ...] = ()) -> None:
        super().__init__(detail)
        self.place = place


# A number whose digits a binary fraction may have no room for.
_LONG_NUMBER = re.compile(rb"[0-9]{16,}\.[0-9]")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def read_json(content: bytes) -> Any:
    """The value of a JSON text that comes from outside."""
    # Few texts have that many brackets at all.
    if content.count(b"[") + content.count(b"{") > DEEPEST and _depth(content) > DEEPEST:
        raise NotJSON(f"It nests deeper than {DEEPEST} levels")
    try:
        value = from_json(content, allow_inf_nan=False)
    except ValueError as error:
        raise NotJSON("It is no JSON") from error
    if _LONG_NUMBER.search(content):
        value = json.loads(content, parse_float=_exact)
    # Not in the texts of any database of ours, so not in any text.
    if b"\\u0000" in content and (place := next(_nul(value), None)) is not None:
        raise NotJSON("A text holds no NUL", place)
    return value


class _Fraction(float):
    """A number that is not whole, which its binary form does not show any more."""

    def is_integer(self) -> bool:
        return False


def _exact(text: str) -> float:
    whole, _, fraction = text.partition(".")
    if fraction.isdecimal() and len(whole) > 15:
        return _Fraction(text) if fraction.strip("0") else int(whole)
    return float(text)


def _depth(content: bytes) -> int:
    depth = deepest = 0
    for token in _TOKEN.finditer(content):
        match content[token.start()]:
            case 0x5B | 0x7B:
                depth += 1
                deepest = max(deepest, depth)
            case 0x5D | 0x7D:
                depth -= 1
    return deepest


def _nul(value: Any, *place: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where texts hold NUL."""
    if isinstance(value, str):
        if "\0" in value:
            yield place
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _nul(each, *place, index)
    elif isinstance(value, dict):
        for name, each in value.items():
            if "\0" in name:
                yield place
            yield from _nul(each, *place, name)


def _text(pattern: str, meaning: str, *instances: type) -> Callable[[Any], Any]:
    """A check that lets through text of a form, and values that are already what we want."""
    form = re.compile(pattern)

    def check(value: Any) -> Any:
        if isinstance(value, str) and form.fullmatch(value):
            return value
        if isinstance(value, instances):
            return value
        raise ValueError(f"Input should be {meaning}")

    return check


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("A text holds no NUL")
    return value


def _present(value: JsonValue) -> JsonValue:
    if value is None:
        raise ValueError("Input should be present: null is read as absent")
    return value


def _bytes_of_base64(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise ValueError("Input should be base64") from error


def _whole(value: Any) -> Any:
    """In JSON 1.0 is an integer too; a boolean is none."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _seconds(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | datetime.timedelta):
        raise ValueError("Input should be a number of seconds")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", value):
        return float(value)
    if isinstance(value, int | float | datetime.timedelta) and not isinstance(value, bool):
        return value
    raise ValueError("Input should be a number")


def _utc(value: datetime.datetime) -> datetime.datetime:
    return value.astimezone(datetime.UTC)


_MOST = datetime.timedelta(days=100_000)

_DECIMAL = r"-?[0-9]+(\.[0-9]+)?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = _DATE + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_CHARACTER = r"([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_HOST = r"(\[[0-9A-Fa-f:.]+\]|([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)"
_AUTHORITY = rf"//(([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{{2}})*@)?{_HOST}(:[0-9]*)?"
_PATH = rf"({_AUTHORITY}(/{_CHARACTER}*)*|/?({_CHARACTER}+(/{_CHARACTER}*)*)?)"
_REST = rf"({_CHARACTER}|[/?])*"
_URL = rf"[A-Za-z][A-Za-z0-9+.-]*:{_PATH}(\?{_REST})?(#{_REST})?"
_LABEL = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*"

Bool = Annotated[bool, Strict()]
Int = Annotated[int, Strict(), BeforeValidator(_whole), Field(ge=-(2**63), le=2**63 - 1)]
Float = Annotated[float, Strict(), AllowInfNan(False)]
Decimal = Annotated[
    decimal.Decimal,
    BeforeValidator(_text(_DECIMAL, "a decimal number as text", decimal.Decimal)),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
]
UUID = Annotated[uuid.UUID, BeforeValidator(_text(_UUID, "a UUID", uuid.UUID))]
Date = Annotated[datetime.date, BeforeValidator(_text(_DATE, "a date", datetime.date))]
Time = Annotated[
    AwareDatetime,
    BeforeValidator(_text(_TIME, "an RFC 3339 time", datetime.datetime)),
    AfterValidator(_utc),
]
Duration = Annotated[
    datetime.timedelta,
    BeforeValidator(_seconds),
    Field(ge=-_MOST, le=_MOST),
    PlainSerializer(lambda value: value.total_seconds(), return_type=float, when_used="json"),
]
URL = Annotated[str, BeforeValidator(_text(_URL, "an absolute URL"))]
Email = Annotated[str, BeforeValidator(_text(_EMAIL, "an e-mail address")), Field(max_length=254)]
Binary = Annotated[
    bytes,
    BeforeValidator(_bytes_of_base64),
    PlainSerializer(
        lambda value: base64.b64encode(value).decode(), return_type=str, when_used="json"
    ),
]
JSON = Annotated[JsonValue, AfterValidator(_present)]

# A parameter is text on the wire, so these read what the types above refuse.
StringText = Annotated[str, AfterValidator(_without_nul)]
BoolText = Annotated[bool, BeforeValidator(_text("true|false", "true or false", bool))]
IntText = Annotated[
    int,
    BeforeValidator(_text(r"-?[0-9]+(\.0+)?", "an integer", int)),
    Field(ge=-(2**63), le=2**63 - 1),
]
FloatText = Annotated[float, BeforeValidator(_number), AllowInfNan(False)]
DurationText = Annotated[datetime.timedelta, BeforeValidator(_number), Field(ge=-_MOST, le=_MOST)]


def as_text(value: Any) -> str:
    """A value as it stands in a path, query or header."""
    match value:
        case bool():
            return "true" if value else "false"
        case decimal.Decimal():
            return format(value, "f")
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
        case datetime.timedelta():
            return str(value.total_seconds())
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return str(value)


def segment(value: Any) -> str:
    """A value as a part of a path."""
    return quote(as_text(value), safe=":" if isinstance(value, datetime.datetime) else "")
