"""Checks the compose file that `droid build` wrote: against the specification, and that what it names is there.

    python compose.py OUT BIN

Prints a line for each check and ends with 1 if one failed.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

ROOT = Path(sys.argv[1]).resolve()
OUT = ROOT / "compose"
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
STYLE = YamlLintConfig("{extends: default, rules: {line-length: disable, document-start: disable, indentation: {indent-sequences: false}}}")
failures = 0

Json = dict[str, Any]


def report(name: str, problems: list[str]) -> None:
    global failures
    print(f"{'FAIL ' if problems else 'ok   '} {name}", flush=True)
    for problem in problems[:40]:
        print(f"      {problem}")
    failures += bool(problems)


def schema_problems(file: Path) -> Iterator[str]:
    program = shutil.which("check-jsonschema", path=PATH)
    if program is None:
        sys.exit("check-jsonschema is missing: Tests/tools/install gets it")
    done = subprocess.run([program, "--builtin-schema", "vendor.compose-spec", file], capture_output=True, text=True, check=False)
    if done.returncode:
        yield from (done.stdout + done.stderr).splitlines()


def start_problems(services: Json) -> Iterator[str]:
    """Everything waits for what is there, tells that it is well where that is waited for, and nothing waits for itself."""
    after: dict[str, set[str]] = {}
    for name, service in services.items():
        after[name] = set(service.get("depends_on", {}))
        for other, how in service.get("depends_on", {}).items():
            if other not in services:
                yield f"{name} waits for {other}, which is not there"
            elif how["condition"] == "service_healthy" and "healthcheck" not in services[other]:
                yield f"{name} waits until {other} is well, which never tells"
    while free := [name for name, waits in after.items() if not waits & set(after)]:
        for name in free:
            del after[name]
    if after:
        yield f"a circle: {sorted(after)}"


def wiring_problems(services: Json, volumes: Json) -> Iterator[str]:
    published = [port.rsplit(":", 1)[0] for service in services.values() for port in service.get("ports", [])]
    for twice in {one for one in published if published.count(one) > 1}:
        yield f"{twice} is taken twice"
    used = set()
    for name, service in services.items():
        if any(not port.startswith("127.0.0.1:") for port in service.get("ports", [])):
            yield f"{name} is open to the network of the laptop"
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            used.add(source)
            if not source.startswith("/") and source not in volumes:
                yield f"{name} mounts {source}, which is not there"
        for variable, value in service.get("environment", {}).items():
            for host, port in re.findall(r"(?:://|@|^)([a-z][a-z0-9-]*):(\d+)(?=/|$)", value):
                if host not in services and host != "localhost":
                    yield f"{name}: {variable} is at {host}, which is not there"
                listening = [one.rsplit(":", 1)[1] for one in services.get(host, {}).get("ports", [])]
                if "build" in services.get(host, {}) and port not in listening:
                    yield f"{name}: {variable} asks {host} at {port}, where nothing listens"
        told = " ".join(service.get("environment", {}).values())
        for other in service.get("depends_on", {}):
            if "build" not in services[other] and not re.search(rf"(^|[/@ ]){other}:", told):
                yield f"{name} waits for {other}, and is not told where it is"
        if "build" in service:
            folder = OUT / service["build"]
            source = ROOT / "services" / folder.name
            if source.exists() and not (folder / "Dockerfile").is_file():
                yield f"{name} is built from {service['build']}, where nothing is"
    for idle in set(volumes) - used:
        yield f"nothing mounts {idle}"


def variable_problems(text: str) -> Iterator[str]:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+):\?", text))
    example = OUT / ".env.example"
    told = set(re.findall(r"^(\w+)=$", example.read_text(), re.MULTILINE)) if example.exists() else set()
    if asked != told:
        yield f"asked: {sorted(asked)}, in .env.example: {sorted(told)}"
    if bare := re.findall(r"(?<!\$)\$(?!\$|\{\w+:\?)", text.replace("$$", "")):
        yield f"{len(bare)} variables that may be missing"


def main() -> None:
    file = OUT / "compose.yaml"
    if not file.exists():
        print("ok    nothing that runs, so no compose file")
        return
    text = file.read_text()
    document = yaml.safe_load(text)
    services, volumes = document["services"], document.get("volumes", {})
    report(f"compose.yaml: specification, {len(services)} services", list(schema_problems(file)))
    report("compose.yaml: yamllint", [f"{one.line}: {one.desc}" for one in linter.run(text, STYLE, str(file))])
    report("compose.yaml: order of start", list(start_problems(services)))
    report("compose.yaml: wiring", list(wiring_problems(services, volumes)))
    report("compose.yaml: variables", list(variable_problems(text)))
    sys.exit(1 if failures else 0)


main()
