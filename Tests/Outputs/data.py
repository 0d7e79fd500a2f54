"""Checks the map of personal and secret data and the page of controls that `droid build` wrote: that the page and the JSON say one
thing, that what they name is there, and that each claim is seen where the page says.

    python data.py OUT BIN

Prints a line for each check and ends with 1 if one failed.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(sys.argv[1]).resolve()
OUT = ROOT / "data"
failures = 0

Json = dict[str, Any]
SECTIONS = ["Encryption in transit", "Encryption at rest", "Secrets", "Access", "Audit", "Availability"]


def report(name: str, problems: list[str]) -> None:
    global failures
    print(f"{'FAIL ' if problems else 'ok   '} {name}", flush=True)
    for problem in problems[:40]:
        print(f"      {problem}")
    failures += bool(problems)


def map_problems(data: Json, page: str) -> Iterator[str]:
    fields = {field["name"] for field in data["fields"]}
    used = {
        name
        for key, lists in {"carriers": ["receives", "answers"], "flows": ["sent", "answered"], "places": ["fields"]}.items()
        for entry in data[key]
        for part in lists
        for name in entry[part]
    }
    for name in sorted(used - fields):
        yield f"{name} is on a way, and no field"
    for name in sorted(fields):
        if f"`{name}`" not in page:
            yield f"{name} is not on the page"
    for entry in data["carriers"]:
        if not entry["receives"] and not entry["answers"]:
            yield f"{entry['name']} carries nothing"
    for entry in data["flows"]:
        if not entry["sent"] and not entry["answered"]:
            yield f"{entry['from']} -> {entry['to']} carries nothing"
        if "through" in entry and entry["answered"]:
            yield f"{entry['from']} -> {entry['to']}: a broker answers nothing"
    for section, key in {"Ways": "flows", "Places": "places", "Fields": "fields"}.items():
        rows = re.search(rf"## {section}\n\n(.*?)(\n\n|\Z)", page, re.DOTALL)
        if len(rows[1].strip().splitlines()) - 2 != len(data[key]) if rows else data[key]:
            yield f"the page and the JSON have other {key}"


def contract_problems(data: Json) -> Iterator[str]:
    """Every operation that carries some is in a contract, if its component has one."""
    contracts = {file.stem: file for file in (ROOT / "openapi").glob("*.json")}
    for entry in data["carriers"]:
        owners = [one for one in contracts if entry["name"].startswith(f"{one}.")]
        if not owners:
            continue
        owner = max(owners, key=len)
        operation = entry["name"].removeprefix(f"{owner}.").partition(".")[2]
        files = [contracts[one] for one in contracts if one == owner or one.startswith(f"{owner}.")]
        files += [ROOT / "graphql" / f"{owner}.graphql"] if (ROOT / "graphql" / f"{owner}.graphql").exists() else []
        named = re.compile(rf'[".]{re.escape(operation)}"|^  {re.escape(operation)}[(:]', re.MULTILINE)
        if operation and not any(named.search(file.read_text()) for file in files):
            yield f"no contract has {entry['name']}"


def is_seen(path: Path, name: str) -> bool:
    if not path.is_file():
        return False
    if path.parts[-3:-1] == ("kubernetes", "base"):
        objects = [f"{one['kind']}/{one['metadata']['name']}" for one in yaml.safe_load_all(path.read_text())]
        return name in objects
    document = yaml.safe_load(path.read_text())
    if name.startswith("jobs."):
        return name.removeprefix("jobs.") in document["jobs"]
    return name in [group["name"] for group in document["groups"]]


def claim_problems(page: str) -> Iterator[str]:
    titles = re.findall(r"^## (.*)$", page, re.MULTILINE)
    if titles != SECTIONS:
        yield f"the sections are {titles}"
    for row in re.findall(r"^\| (.*) \|$", page, re.MULTILINE):
        claim, seen = row.rsplit(" | ", 1)
        if claim in ("what holds", "---"):
            continue
        cited = re.findall(r"\[([^\]]+)\]\(\.\./\1\) `([^`]+)`", seen)
        if not cited:
            yield f"nothing shows: {claim}"
        for file, name in cited:
            if not is_seen(ROOT / file, name):
                yield f"{file} has no {name}: {claim}"


def secret_problems(page: str) -> Iterator[str]:
    """Each secret that a manifest hands over is on the page."""
    for file in (ROOT / "kubernetes" / "base").glob("*.yaml"):
        for name, key in re.findall(r"secretKeyRef:\s+name: (\S+)\s+key: (\S+)", file.read_text()):
            if f"Secret `{name}`, key `{key}`" not in page and f"secret `{name}/{key}`" not in page and f"`{name}` is run by" not in page:
                yield f"{file.name} reads {name}/{key}, which is not on the page"


def main() -> None:
    data = json.loads((OUT / "data-map.json").read_text())
    page, controls = (OUT / "data-map.md").read_text(), (OUT / "controls.md").read_text()
    report(f"data map: {len(data['fields'])} fields, {len(data['flows'])} ways", list(map_problems(data, page)))
    report("data map: contracts", list(contract_problems(data)))
    report("controls: every claim is seen", list(claim_problems(controls)))
    report("controls: secrets", list(secret_problems(controls)))
    sys.exit(1 if failures else 0)


main()
