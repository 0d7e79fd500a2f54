"""Settings come from the environment, and are right before anything starts."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings


def _beginning(*schemes: str) -> AfterValidator:
    """A URL with one of these schemes, which may hold a password."""

    def check(url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(schemes):
            raise ValueError(f"should begin with {schemes[0]}")
        return url

    return AfterValidator(check)


def _collector(url: str) -> str | None:
    return _http(url) if url else None


def _http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("should begin with http:// or https://")
    return url.rstrip("/")


def _addresses(text: SecretStr) -> SecretStr:
    for each in text.get_secret_value().split(","):
        host, _, port = each.strip().rpartition(":")
        if not host or "/" in host or not port.isdecimal():
            raise ValueError("should be host:port, with commas between several")
    return text


def _credentials(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value().find(":") < 1:
        raise ValueError("should be name:password")
    return secret


Port = Annotated[int, Field(ge=0, le=65535)]
# An empty one is none, as everywhere in OpenTelemetry.
CollectorURL = Annotated[str | None, AfterValidator(_collector)]
HTTPURL = Annotated[str, AfterValidator(_http)]
PostgresURL = Annotated[SecretStr, _beginning("postgresql://", "postgres://")]
RedisURL = Annotated[SecretStr, _beginning("redis://", "rediss://")]
KafkaAddresses = Annotated[SecretStr, AfterValidator(_addresses)]
NatsURL = Annotated[SecretStr, _beginning("nats://", "tls://")]
Secret = Annotated[SecretStr, Field(min_length=1)]
Credentials = Annotated[SecretStr, AfterValidator(_credentials)]
SettingsType = TypeVar("SettingsType", bound=BaseSettings)


def load(settings: type[SettingsType]) -> SettingsType:
    """Read the settings, or end the process and name every one that is wrong."""
    try:
        return settings()
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(step) for step in each['loc']).upper()}: {each['msg']}"
            for each in error.errors()
        ]
        raise SystemExit("\n".join(["the environment is not right:", *lines])) from None
