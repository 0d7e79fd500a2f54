"""Checks Alertmanager's file with amtool: that it is accepted, who is told of each alert, and that no two alerts silence each other;
and that each alert has a runbook whose links lead somewhere.

    python alertmanager.py OUT BIN

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

OUT = Path(sys.argv[1]).resolve()
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
failures = 0


def report(name: str, problems: list[str]) -> None:
    global failures
    print(f"{'FAIL ' if problems else 'ok   '} {name}", flush=True)
    for problem in problems[:20]:
        print(f"      {problem}")
    failures += bool(problems)


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("amtool", path=PATH)
    if program is None:
        sys.exit("amtool is missing: Tests/tools/install gets it")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def alerts(rules: Path) -> list[dict[str, Any]]:
    groups = yaml.safe_load(rules.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def route_problems(file: Path, rules: list[dict[str, Any]]) -> Iterator[str]:
    """A page goes to the pager of its team, or to its chat where there is none; a ticket to its chat; all else to nobody."""
    receivers = {receiver["name"] for receiver in yaml.safe_load(file.read_text())["receivers"]}
    for labels in {tuple(sorted(rule["labels"].items())) for rule in rules}:
        said = dict(labels)
        team, severity = said.get("team"), said["severity"]
        wanted = {"page": [f"{team}-page", f"{team}-ticket"], "ticket": [f"{team}-ticket"]}.get(severity, [])
        expected = next((name for name in wanted if name in receivers), "nobody")
        pairs = [f"{name}={value}" for name, value in labels]
        told = amtool("config", "routes", "test", f"--config.file={file}", *pairs).stdout.strip()
        if told != expected:
            yield f"{pairs}: {told} is told, and {expected} is right"


def silenced(rule: dict[str, Any], labels: dict[str, str], side: str) -> bool:
    def holds(matcher: str) -> bool:
        name, sign, value = re.fullmatch(r'(\w+)(=~|!=|=)"(.*)"', matcher).groups()  # type: ignore[union-attr]
        there = labels.get(name, "")
        if sign == "=~":
            return re.fullmatch(value.replace("\\\\", "\\"), there) is not None
        return (there == value) == (sign == "=")

    return all(holds(matcher) for matcher in rule[f"{side}_matchers"])


def inhibition_problems(file: Path, rules: list[dict[str, Any]]) -> Iterator[str]:
    """Whatever fires together, somebody hears of it: who silences whom has no loop."""
    by: dict[str, set[str]] = {}
    for rule in yaml.safe_load(file.read_text())["inhibit_rules"]:
        sources = [each for each in rules if silenced(rule, each["labels"], "source")]
        targets = [each for each in rules if silenced(rule, each["labels"], "target")]
        if rule.get("equal") is None and not (sources and targets):
            yield f"a rule that silences nothing: {rule}"
        for source in sources:
            for target in targets:
                same = all(source["labels"].get(name) == target["labels"].get(name) for name in rule.get("equal", []))
                if same and source is not target:
                    by.setdefault(target["alert"], set()).add(source["alert"])
    for start in by:
        reached, waiting = set(), list(by[start])
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += by.get(name, ())
        if start in reached:
            yield f"{start} silences itself"


def runbook_problems(rules: list[dict[str, Any]]) -> Iterator[str]:
    for rule in rules:
        page = OUT / "runbooks" / f"{rule['alert']}.md"
        if not page.is_file():
            yield f"{rule['alert']} has no runbook"
            continue
        text = page.read_text()
        # In an environment it may say another namespace than in the page.
        if not any(each["expr"].strip() in text for each in rules if each["alert"] == rule["alert"]):
            yield f"{page.name} shows another expression"
        for link in re.findall(r"\]\((\S+\.md)\)", text):
            if not (page.parent / link).is_file():
                yield f"{page.name} links to {link}, which is not there"
        if rule["annotations"]["runbook_url"].rpartition("/")[2] != page.name and "://" not in rule["annotations"]["runbook_url"]:
            yield f"{rule['alert']} points to {rule['annotations']['runbook_url']}"


def main() -> None:
    all_rules = sorted((OUT / "prometheus").glob("*.rules.yaml"))
    declared = [rule for file in all_rules for rule in alerts(file)]
    report(f"runbooks of {len(declared)} alerts", list(runbook_problems(declared)))
    for file in sorted((OUT / "alertmanager").glob("*.yaml")):
        done = amtool("check-config", str(file))
        report(f"{file.name}: amtool check-config", [] if done.returncode == 0 else [done.stdout + done.stderr])
        report(f"{file.name}: who is told", list(route_problems(file, declared)))
        report(f"{file.name}: somebody hears of it", list(inhibition_problems(file, declared)))
    sys.exit(1 if failures else 0)


main()
