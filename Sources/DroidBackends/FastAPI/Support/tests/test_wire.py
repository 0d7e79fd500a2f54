"""Values as they travel: what is read, what is refused, and how it is written."""

import datetime
import decimal
import uuid
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from a_service.runtime import wire


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (wire.Bool, True, "true"),
        (wire.Int, 1.0, 1.5),
        (wire.Int, 9007199254740993, True),
        (wire.Float, 1.5, "1.5"),
        (wire.Decimal, "1.50", 1.5),
        (wire.UUID, "00000000-0000-4000-8000-000000000001", "1"),
        (wire.Date, "2026-01-31", "31.1.2026"),
        (wire.Time, "2026-01-31T12:00:00+01:00", "2026-01-31"),
        (wire.Duration, 1.5, True),
        (wire.URL, "https://a.example/b?c#d", "a"),
        (wire.Email, "ann@example.com", "ann"),
        (wire.Binary, "YQ==", "?"),
        (wire.Binary, b"a", 1),
        (wire.JSON, {"a": [1, None]}, None),
        (wire.StringText, "a", "\0"),
        (wire.BoolText, "true", "yes"),
        (wire.IntText, "1.0", "1.5"),
        (wire.FloatText, "1.5e3", "one"),
        (wire.FloatText, 1, True),
        (wire.DurationText, "1.5", ""),
    ],
)
def test_what_is_read_and_refused(kind: Any, good: object, bad: object) -> None:
    values = TypeAdapter[Any](kind)
    values.validate_python(good)
    with pytest.raises(ValidationError):
        values.validate_python(bad)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (wire.Decimal, "1.50", '"1.50"'),
        (wire.Time, "2026-01-31T12:00:00+01:00", '"2026-01-31T11:00:00Z"'),
        (wire.Duration, 1.5, "1.5"),
        (wire.Binary, "YQ==", '"YQ=="'),
    ],
)
def test_how_it_is_written(kind: Any, value: object, text: str) -> None:
    values = TypeAdapter[Any](kind)
    assert values.dump_json(values.validate_python(value)).decode() == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (decimal.Decimal("1.50"), "1.50"),
        (datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC), "2026-01-31T00:00:00Z"),
        (datetime.timedelta(seconds=1.5), "1.5"),
        (b"a", "YQ=="),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_how_it_stands_in_a_path(value: object, text: str) -> None:
    assert wire.as_text(value) == text


def test_a_part_of_a_path_is_escaped() -> None:
    assert wire.segment("a/b c") == "a%2Fb%20c"


@pytest.mark.parametrize(
    "text", ["{", "NaN", "[" * 101 + "]" * 101, '["\\u0000"]', '{"a": {"\\u0000": 1}}']
)
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(wire.NotJSON):
        wire.read_json(text.encode())


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("9007199254740993.0", True),
        ("9007199254740993.5", False),
        ("1.50000000000000000000", False),
    ],
)
def test_long_numbers_are_exact(text: str, is_whole: bool) -> None:
    value = wire.read_json(f"[1234567890123456.5, {text}]".encode())[1]
    assert (isinstance(value, int) or value.is_integer()) is is_whole


class Person(wire.Model):
    """A record with something to hide."""

    name: Annotated[str, wire.MASKED]
    age: wire.Int = 0


def test_what_is_masked_is_not_printed() -> None:
    assert repr(Person(name="Ann")) == "Person(name='***', age=0)"
