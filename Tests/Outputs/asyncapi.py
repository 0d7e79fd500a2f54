"""Checks the contracts of events that `droid build` wrote: AsyncAPI 3.0 by the models of the PyPI package asyncapi3, payloads that
are JSON Schemas, every reference met, and both ends of a topic of one mind.

    python asyncapi.py OUT BIN

Prints a line for each check and ends with 1 if one failed.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
from asyncapi3 import AsyncAPI3
from pydantic import ValidationError

failures = 0
documents = {
    path: json.loads(path.read_text(encoding="utf-8")) for path in sorted((Path(sys.argv[1]) / "asyncapi").glob("*.json"))
}


def check(name: str, problems: Iterator[str] | list[str]) -> None:
    global failures
    found = list(problems)
    failures += bool(found)
    print(f"{'FAIL' if found else 'ok':4}  {name}" + "".join(f"\n      {problem}" for problem in found[:10]))


def model(document: Any) -> Iterator[str]:
    try:
        AsyncAPI3.model_validate(document)
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())


def references(document: Any) -> Iterator[str]:
    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for each in value.values():
                yield from walk(each)
        elif isinstance(value, list):
            for each in value:
                yield from walk(each)

    for reference in walk(document):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(place, dict) else None
        if place is None:
            yield f"{reference} leads nowhere"


def schemas(document: Any) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield f"{name}: {error.message}"


def topics() -> Iterator[str]:
    """Who sends to an address and who receives from it say the same of what travels."""
    payloads: dict[str, tuple[Path, Any]] = {}
    for path, document in documents.items():
        for channel in document["channels"].values():
            for name in channel["messages"]:
                said = document["components"]["schemas"][name]
                first, other = payloads.setdefault(channel["address"], (path, said))
                if other != said:
                    yield f"{first.name} and {path.name} differ in what travels through {channel['address']}"


for path, document in documents.items():
    check(f"{path.name}: AsyncAPI 3.0", model(document))
    check(f"{path.name}: references", references(document))
    check(f"{path.name}: schemas", schemas(document))
check("topics", topics())
print("all is well" if not failures else f"{failures} failed")
sys.exit(failures > 0)
