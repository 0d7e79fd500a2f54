"""Checks the dashboards that `droid build` wrote: their shape, that every expression parses and asks for series that exist,
and that every link leads to a dashboard.

    python grafana.py OUT BIN

Prints a line for each check and ends with 1 if one failed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

ROOT = Path(sys.argv[1]).resolve()
OUT = ROOT / "grafana"
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
STYLE = YamlLintConfig("{extends: default, rules: {line-length: disable, document-start: disable, indentation: {indent-sequences: false}}}")
failures = 0

# What generated services, the kubelet and kube-state-metrics tell.
SERIES = re.compile(
    r"http_(server|client)_request_duration_seconds_(count|bucket)|http_server_active_requests|droid_attempts_total|droid_breaker_open"
    r"|db_client_connection_(count|max)|droid_events_(handled_total|dead_total|lag|oldest_seconds)"
    r"|kube_(pod_container_(resource_(requests|limits)|status_(ready|restarts_total))|pod_status_(ready|phase)|cronjob_status_last_successful_time)"
    r"|container_(cpu_usage_seconds_total|memory_working_set_bytes)|kubelet_volume_stats_(used|capacity)_bytes"
)
# A counter is asked for its rate, a gauge never.
COUNTER = re.compile(r"_(total|count|bucket)$")
UNITS = {"reqps", "percentunit", "s", "short", "eps", "cps", "bytes", "bool_yes_no"}

Json = dict[str, Any]


def report(name: str, problems: list[str]) -> None:
    global failures
    print(f"{'FAIL ' if problems else 'ok   '} {name}", flush=True)
    for problem in problems[:40]:
        print(f"      {problem}")
    failures += bool(problems)


def shape_problems(name: str, board: Json) -> Iterator[str]:
    if board["uid"] != name or not re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", board["uid"]):
        yield f"{name}: the uid is {board['uid']}"
    if board["schemaVersion"] < 39 or "id" in board or not board["title"] or board["editable"]:
        yield f"{name}: not as a provisioned dashboard is"
    ids = [panel["id"] for panel in board["panels"]]
    if len(ids) != len(set(ids)):
        yield f"{name}: two panels have one id"
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place, title = panel["gridPos"], f"{name}: {panel['title']}"
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        if cells & taken or place["x"] + place["w"] > 24:
            yield f"{title}: over another panel, or beside the grid"
        taken |= cells
        if panel["type"] == "row":
            continue
        if panel["type"] not in ("timeseries", "stat", "table") or not panel["targets"]:
            yield f"{title}: a {panel['type']} with {len(panel['targets'])} queries"
        defaults = panel["fieldConfig"]["defaults"]
        if defaults["unit"] not in UNITS:
            yield f"{title}: the unit {defaults['unit']}"
        steps = [step["value"] for step in defaults["thresholds"]["steps"]]
        if steps[0] is not None or steps[1:] != sorted(set(steps[1:])):
            yield f"{title}: the thresholds {steps}"
        letters = [target["refId"] for target in panel["targets"]]
        if len(letters) != len(set(letters)):
            yield f"{title}: two queries have one letter"
        for item in [panel, *panel["targets"]]:
            if item["datasource"] != {"type": "prometheus", "uid": "${datasource}"}:
                yield f"{title}: another source of data"
    if not any(panel["type"] != "row" for panel in board["panels"]):
        yield f"{name}: nothing to see"


def expressions(board: Json) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def variable_problems(name: str, board: Json) -> Iterator[str]:
    known = {variable["name"] for variable in board["templating"]["list"]} | {"__rate_interval"}
    for expression in expressions(board):
        for used in re.findall(r"\$(\w+)", expression):
            if used not in known:
                yield f"{name}: ${used} is no variable"


def as_prometheus_sees_it(expression: str) -> str:
    return expression.replace("$__rate_interval", "1m").replace("$namespace", "default")


def syntax_problems(boards: dict[str, Json]) -> Iterator[str]:
    promtool = shutil.which("promtool", path=PATH)
    if promtool is None:
        sys.exit("promtool is missing: Tests/tools/install gets it")
    all_of_them = sorted({as_prometheus_sees_it(one) for board in boards.values() for one in expressions(board)})
    rules = [{"record": f"expression:{index}", "expr": one} for index, one in enumerate(all_of_them)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.yaml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
        done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)
    if done.returncode:
        yield done.stdout + done.stderr


def recorded() -> tuple[set[str], set[str]]:
    """The names that rules record, and the objectives that they are of."""
    names, objectives = set(), set()
    for file in (ROOT / "prometheus").glob("*.rules.yaml"):
        for group in yaml.safe_load(file.read_text())["groups"]:
            for rule in group["rules"]:
                names.add(rule.get("record"))
                objectives.add(rule.get("labels", {}).get("sloth_id"))
    return names, objectives


def containers() -> set[str]:
    """The names of the containers that the manifests describe; those of operators are not among them."""
    found = set()
    for file in (ROOT / "kubernetes" / "base").glob("*.yaml"):
        for one in yaml.safe_load_all(file.read_text()):
            spec = one.get("spec", {})
            template = spec.get("jobTemplate", {}).get("spec", spec).get("template", {})
            found |= {container["name"] for container in template.get("spec", {}).get("containers", [])}
    return found


def series_problems(boards: dict[str, Json]) -> Iterator[str]:
    names, objectives = recorded()
    described = containers()
    components = {board["title"].split(": ", 1)[1] for board in boards.values() if "component" in board["tags"]}
    own = re.compile("|".join(re.sub("[.-]", "_", one) + r"_\w+" for one in components) or "$^", re.IGNORECASE)
    for name, board in boards.items():
        for expression in expressions(board):
            plain = as_prometheus_sees_it(expression)
            for series, selector in re.findall(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}", plain):
                if series.startswith("slo:"):
                    if series not in names:
                        yield f"{name}: nothing records {series}"
                elif not SERIES.fullmatch(series) and not own.fullmatch(series):
                    yield f"{name}: nothing tells {series}"
                for component in re.findall(r'(?:component|peer|store)="([^"]*)"', selector):
                    if component not in components:
                        yield f"{name}: no component is called {component}"
                for container in re.findall(r'container="([^"]+)"', selector):
                    if container not in described and "pod=~" not in selector:
                        yield f"{name}: no container is called {container}"
                for objective in re.findall(r'sloth_id="([^"]*)"', selector):
                    if objective not in objectives:
                        yield f"{name}: no rule is about {objective}"
            for series, asked in re.findall(r"([a-zA-Z_]\w*)\{[^}]*\}(\[?)", plain):
                if bool(COUNTER.search(series)) != bool(asked) and not series.endswith("connection_count"):
                    yield f"{name}: {series} is {'a counter without a rate' if not asked else 'a gauge with one'}"


def link_problems(boards: dict[str, Json]) -> Iterator[str]:
    uids = {board["uid"] for board in boards.values()}
    if len(uids) != len(boards):
        yield "two dashboards have one uid"
    ways: dict[str, set[tuple[str, str]]] = {"from": set(), "to": set()}
    for name, board in boards.items():
        for link in board["links"]:
            if link["type"] == "dashboards":
                if not any(set(link["tags"]) <= set(other["tags"]) for other in boards.values()):
                    yield f"{name}: no dashboard has the tags {link['tags']}"
                continue
            target = link["url"].removeprefix("/d/")
            if target not in uids:
                yield f"{name}: {link['title']} leads nowhere"
            word = link["title"].split(" ")[0]
            if word in ways and "component" in board["tags"]:
                ways[word].add((name, target) if word == "to" else (target, name))
        for match in re.findall(r'"url": "/d/([^"]*)\$\{__value.text\}', json.dumps(board)):
            answering = next(one for one in expressions(board) if "component=~" in one)
            for component in re.findall(r'component=~"([^"]*)"', answering)[0].split("|"):
                if match + component not in uids:
                    yield f"{name}: the table leads to {match}{component}, which is not there"
    for way in sorted(ways["from"] ^ ways["to"]):
        yield f"{way[0]} -> {way[1]} is a link at one end only"


def main() -> None:
    files = sorted((OUT / "dashboards").glob("*.json"))
    if not files:
        sys.exit(f"no dashboards in {OUT}")
    boards: dict[str, Json] = {file.stem: json.loads(file.read_text()) for file in files}
    report(f"{len(boards)} dashboards: shape", [one for name, board in boards.items() for one in shape_problems(name, board)])
    report("variables", [one for name, board in boards.items() for one in variable_problems(name, board)])
    report("every expression parses", list(syntax_problems(boards)))
    report("series that exist", list(series_problems(boards)))
    report("links", list(link_problems(boards)))
    for file in sorted((OUT / "provisioning").glob("*.yaml")):
        problems = [f"{one.line}: {one.desc}" for one in linter.run(file.read_text(), STYLE, str(file))]
        provider = yaml.safe_load(file.read_text())["providers"][0]
        if provider["type"] != "file" or not provider["options"]["path"].startswith("/"):
            problems.append("no provider of files")
        report(f"provisioning/{file.name}", problems)
    sys.exit(1 if failures else 0)


main()
