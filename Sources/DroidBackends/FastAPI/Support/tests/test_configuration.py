"""Settings: all that is wrong is said at once."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_settings import BaseSettings

from a_service.runtime import configuration


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("CollectorURL", "http://collector:4318/", "collector:4318"),
        ("Credentials", "name:password", ":password"),
        ("HTTPURL", "https://orders", "ftp://orders"),
        ("KafkaAddresses", "one:9092, two:9092", "one"),
        ("NatsURL", "nats://bus", "http://bus"),
        ("Port", "8080", "65536"),
        ("PostgresURL", "postgresql://app@db/app", "mysql://db"),
        ("RedisURL", "redis://cache", "cache:6379"),
        ("Secret", "secret", ""),
    ],
)
def test_what_a_setting_may_be(kind: str, good: str, bad: str) -> None:
    setting = TypeAdapter[Any](getattr(configuration, kind))
    setting.validate_python(good)
    with pytest.raises(ValidationError):
        setting.validate_python(bad)


def test_an_empty_collector_is_none() -> None:
    assert TypeAdapter[Any](configuration.CollectorURL).validate_python("") is None


class Two(BaseSettings):
    """Settings that nobody has."""

    droid_first: int
    droid_second: int = 2


def test_all_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROID_SECOND", "many")
    with pytest.raises(SystemExit) as failure:
        configuration.load(Two)
    assert "DROID_FIRST" in str(failure.value) and "DROID_SECOND" in str(failure.value)
    monkeypatch.setenv("DROID_FIRST", "1")
    monkeypatch.setenv("DROID_SECOND", "2")
    assert configuration.load(Two).droid_first == 1
