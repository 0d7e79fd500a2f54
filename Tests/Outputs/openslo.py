"""Checks the objectives that `droid build` wrote in OpenSLO v1: the parts that its specification asks for, that every reference is
met, that queries parse, and that they promise what the rules of Prometheus hold.

    python openslo.py OUT BIN

Prints a line for each check and ends with 1 if one failed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

ROOT = Path(sys.argv[1]).resolve()
OUT = ROOT / "openslo"
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
STYLE = YamlLintConfig("{extends: default, rules: {line-length: disable, document-start: disable, indentation: {indent-sequences: false}}}")
failures = 0

Json = dict[str, Any]
NAME = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63}
TEXT = {"type": "string", "maxLength": 1050}
DURATION = {"type": "string", "pattern": "^[1-9][0-9]*[mhdwMQY]$"}


def exactly(required: Json, optional: Json | None = None) -> Json:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


def one(item: Json) -> Json:
    return {"type": "array", "minItems": 1, "maxItems": 1, "items": item}


METRIC = exactly(
    {"metricSource": exactly({"metricSourceRef": NAME, "type": {"const": "Prometheus"}, "spec": exactly({"query": {"type": "string"}})})}
)
# As the specification has it, for what we write.
SPECS = {
    "DataSource": exactly({"type": {"const": "Prometheus"}, "connectionDetails": {"type": "object"}}),
    "Service": exactly({"description": TEXT}),
    "SLI": exactly(
        {
            "ratioMetric": {
                "oneOf": [
                    exactly({"counter": {"type": "boolean"}, "good": METRIC, "total": METRIC}),
                    exactly({"counter": {"type": "boolean"}, "bad": METRIC, "total": METRIC}),
                ]
            }
        }
    ),
    "SLO": exactly(
        {
            "service": NAME,
            "indicatorRef": NAME,
            "timeWindow": one(exactly({"duration": DURATION, "isRolling": {"const": True}})),
            "budgetingMethod": {"const": "Occurrences"},
            "objectives": one(
                exactly({"displayName": TEXT, "targetPercent": {"type": "number", "minimum": 0, "exclusiveMaximum": 100}})
            ),
        },
        {"description": TEXT, "alertPolicies": {"type": "array", "minItems": 1, "items": exactly({"alertPolicyRef": NAME})}},
    ),
    "AlertCondition": exactly(
        {
            "severity": {"enum": ["page", "ticket"]},
            "condition": exactly(
                {
                    "kind": {"const": "burnrate"},
                    "op": {"enum": ["lte", "gte", "lt", "gt"]},
                    "threshold": {"type": "number", "exclusiveMinimum": 0},
                    "lookbackWindow": DURATION,
                    "alertAfter": DURATION,
                }
            ),
        }
    ),
    "AlertPolicy": exactly(
        {
            "description": TEXT,
            "alertWhenBreaching": {"type": "boolean"},
            "alertWhenResolved": {"type": "boolean"},
            "alertWhenNoData": {"type": "boolean"},
            "conditions": one(exactly({"conditionRef": NAME})),
            "notificationTargets": one(exactly({"targetRef": NAME})),
        }
    ),
    "AlertNotificationTarget": exactly({"target": {"type": "string", "minLength": 1}}),
}
REFERENCES = {
    "metricSourceRef": "DataSource",
    "service": "Service",
    "indicatorRef": "SLI",
    "alertPolicyRef": "AlertPolicy",
    "conditionRef": "AlertCondition",
    "targetRef": "AlertNotificationTarget",
}


def report(name: str, problems: list[str]) -> None:
    global failures
    print(f"{'FAIL ' if problems else 'ok   '} {name}", flush=True)
    for problem in problems[:40]:
        print(f"      {problem}")
    failures += bool(problems)


def name_of(document: Json) -> str:
    return f"{document['kind']}/{document['metadata']['name']}"


def schema_problems(documents: list[Json]) -> Iterator[str]:
    for document in documents:
        shape = exactly(
            {
                "apiVersion": {"const": "openslo/v1"},
                "kind": {"enum": list(SPECS)},
                "metadata": exactly({"name": NAME}, {"displayName": TEXT}),
                "spec": SPECS[document["kind"]],
            }
        )
        for error in jsonschema.Draft202012Validator(shape).iter_errors(document):
            yield f"{name_of(document)}: {'.'.join(map(str, error.path))}: {error.message[:200]}"


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in REFERENCES and isinstance(value, str):
                yield f"{REFERENCES[key]}/{value}"
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def reference_problems(documents: list[Json]) -> Iterator[str]:
    names = [name_of(document) for document in documents]
    for twice in {one for one in names if names.count(one) > 1}:
        yield f"{twice} is there twice"
    used = {target for document in documents for target in references(document["spec"])}
    for missing in sorted(used - set(names)):
        yield f"{missing} is not there"
    for idle in sorted(set(names) - used - {name for name in names if name.startswith("SLO/")}):
        yield f"nothing uses {idle}"


def query_problems(documents: list[Json]) -> Iterator[str]:
    promtool = shutil.which("promtool", path=PATH)
    if promtool is None:
        sys.exit("promtool is missing: Tests/tools/install gets it")
    queries = [
        part["metricSource"]["spec"]["query"]
        for document in documents
        if document["kind"] == "SLI"
        for part in document["spec"]["ratioMetric"].values()
        if isinstance(part, dict)
    ]
    rules = [{"record": f"query:{index}", "expr": query} for index, query in enumerate(queries)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.yaml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
        done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)
    if done.returncode:
        yield done.stdout + done.stderr


def promise_problems(file: Path, documents: list[Json]) -> Iterator[str]:
    """Each objective is one of the rules, with the same budget and the same factors."""
    rules = ROOT / "prometheus" / file.name.replace(".yaml", ".rules.yaml")
    groups = {group["name"].split("-slo-", 1)[-1]: group["rules"] for group in yaml.safe_load(rules.read_text())["groups"]}
    by_name = {name_of(document): document["spec"] for document in documents}
    promised = [document for document in documents if document["kind"] == "SLO"]
    found = {document["metadata"]["displayName"] for document in promised}
    if wanted := {name for name in groups if not name.endswith(("-alerts", "-components"))} ^ found:
        yield f"only in one of the two: {sorted(wanted)}"
    for document in promised:
        name, spec = document["metadata"]["displayName"], document["spec"]
        objective = next(float(rule["expr"][7:-1]) for rule in groups[name] if rule.get("record") == "slo:objective:ratio")
        if abs(objective * 100 - spec["objectives"][0]["targetPercent"]) > 1e-9:
            yield f"{name}: the rules promise {objective}"
        policies = [by_name["AlertPolicy/" + policy["alertPolicyRef"]] for policy in spec.get("alertPolicies", [])]
        burns = [by_name["AlertCondition/" + policy["conditions"][0]["conditionRef"]]["condition"] for policy in policies]
        conditions = {(burn["lookbackWindow"], burn["threshold"]) for burn in burns}
        alerts = " ".join(rule["expr"] for rule in groups[name] if "alert" in rule)
        in_rules = {(window, float(factor)) for window, factor in re.findall(r"rate(\w+)\{[^}]*\} > \((\S+) \* \S+\)\)\s+\)", alerts)}
        if conditions != in_rules:
            yield f"{name}: alerts at {sorted(conditions)}, the rules at {sorted(in_rules)}"


def main() -> None:
    files = sorted(OUT.glob("*.yaml"))
    if not files:
        print("ok    no objectives, so nothing to say")
    for file in files:
        documents = list(yaml.safe_load_all(file.read_text()))
        report(f"{file.name}: {len(documents)} documents", list(schema_problems(documents)))
        report(f"{file.name}: references", list(reference_problems(documents)))
        report(f"{file.name}: queries", list(query_problems(documents)))
        report(f"{file.name}: as in the rules", list(promise_problems(file, documents)))
        report(f"{file.name}: yamllint", [f"{one.line}: {one.desc}" for one in linter.run(file.read_text(), STYLE, str(file))])
    sys.exit(1 if failures else 0)


main()
