"""Checks what `droid build` wrote for GitHub: the workflow and the rules of Dependabot against their schemas, and what a reviewer
of a delivery asks for.

    python github.py OUT BIN

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
OUT = ROOT / "github"
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
STYLE = YamlLintConfig("{extends: default, rules: {line-length: disable, document-start: disable, indentation: {indent-sequences: false}}}")
failures = 0

# The newest major version of each action that we know to be there.
ACTIONS = {
    "actions/checkout@v5",
    "actions/setup-go@v6",
    "actions/setup-node@v5",
    "actions/setup-python@v6",
    "docker/build-push-action@v6",
    "docker/login-action@v3",
    "docker/setup-buildx-action@v3",
}

Json = dict[str, Any]


def report(name: str, problems: list[str]) -> None:
    global failures
    print(f"{'FAIL ' if problems else 'ok   '} {name}", flush=True)
    for problem in problems[:40]:
        print(f"      {problem}")
    failures += bool(problems)


def schema_problems(schema: str, file: Path) -> Iterator[str]:
    program = shutil.which("check-jsonschema", path=PATH)
    if program is None:
        sys.exit("check-jsonschema is missing: Tests/tools/install gets it")
    done = subprocess.run([program, "--builtin-schema", schema, file], capture_output=True, text=True, check=False)
    if done.returncode:
        yield from (done.stdout + done.stderr).splitlines()


def style_problems(file: Path) -> list[str]:
    return [f"{one.line}: {one.desc}" for one in linter.run(file.read_text(), STYLE, str(file))]


def order_problems(jobs: Json) -> Iterator[str]:
    before: dict[str, set[str]] = {}
    for name, job in jobs.items():
        needs = job.get("needs", [])
        for missing in set(needs) - set(before):
            yield f"{name} needs {missing}, which does not stand before it"
        before[name] = set(needs).union(*(before.get(one, set()) for one in needs))
    everything = set(jobs) - {"production"}
    if before["production"] != everything:
        yield f"production does not wait for {sorted(everything - before['production'])}"


def review_problems(workflow: Json) -> Iterator[str]:
    if workflow["permissions"] != {"contents": "read"} or "concurrency" not in workflow:
        yield "the workflow may do more than read, or runs beside itself"
    for name, job in workflow["jobs"].items():
        allowed = job.get("permissions", {})
        if set(allowed) - {"contents", "packages"} or (allowed and name != "images") or allowed.get("contents") == "write":
            yield f"{name} may {allowed}"
        if not job.get("timeout-minutes"):
            yield f"{name} may run for ever"
        deploys = "environment" in job or name == "images"
        if deploys != (job.get("if") == "github.event_name == 'push'"):
            yield f"{name}: a pull request must not deploy, and must test"
        for step in job["steps"]:
            if "uses" in step and step["uses"] not in ACTIONS:
                yield f"{name} uses {step['uses']}"
            if step.get("uses", "").startswith("actions/checkout") and step["with"] != {"persist-credentials": False}:
                yield f"{name} leaves credentials behind"
            # What a stranger may have written is never part of a script.
            if re.search(r"\$\{\{\s*(github\.(event|head_ref|ref_name|actor)|secrets\.|inputs\.)", step.get("run", "")):
                yield f"{name}: {step['name']} puts a value into its script"
            if "run" in step:
                done = subprocess.run(
                    ["bash", "-n"], input=re.sub(r"\$\{\{.*?\}\}", "X", step["run"]), capture_output=True, text=True, check=False
                )
                if done.returncode:
                    yield f"{name}: {step['name']}: {done.stderr}"
    images = workflow["jobs"].get("images")
    if images:
        build = next(step["with"] for step in images["steps"] if step.get("uses", "").startswith("docker/build-push"))
        if not build["sbom"] or build["provenance"] != "mode=max":
            yield "images without a list of what is in them, or of how they came to be"
    if workflow["jobs"]["production"].get("environment", {}).get("name") != "production":
        yield "production is not a protected environment"


def content_problems(workflow: Json) -> Iterator[str]:
    """What the workflow names is there."""
    generated = {folder.name for folder in (ROOT / "services").glob("*")}
    tested = {service for job in workflow["jobs"].values() for service in job.get("strategy", {}).get("matrix", {}).get("service", [])}
    built = {entry["service"] for entry in workflow["jobs"].get("images", {}).get("strategy", {}).get("matrix", {}).get("include", [])}
    if tested != built or generated - tested:
        yield f"tested: {sorted(tested)}, built: {sorted(built)}, generated: {sorted(generated)}"
    tests = workflow["jobs"].get("integration-tests", {})
    for entry in tests.get("strategy", {}).get("matrix", {}).get("include", []):
        if not (ROOT / "openapi" / f"{entry['contract']}.json").is_file():
            yield f"there is no contract {entry['contract']}"
        manifest = ROOT / "kubernetes" / "base" / f"{entry['service']}.yaml"
        services = [one for one in yaml.safe_load_all(manifest.read_text()) if one["kind"] == "Service"]
        if entry["port"] not in [port["port"] for one in services for port in one["spec"]["ports"]]:
            yield f"{entry['service']} has no port {entry['port']}"
    for name in ("staging", "production"):
        for step in workflow["jobs"].get(name, {}).get("steps", []):
            if step.get("name") != "Deploy":
                continue
            release = yaml.safe_load(re.search(r"<< END\n(.*?)\nEND\n", step["run"], re.DOTALL)[1])
            folder = release["resources"][0].removeprefix("../out/")
            if not (ROOT / folder / "kustomization.yaml").is_file():
                yield f"{name}: there is no {folder}"
                continue
            kubectl = shutil.which("kubectl", path=PATH)
            if kubectl is None:
                sys.exit("kubectl is missing: Tests/tools/install gets it")
            done = subprocess.run([kubectl, "kustomize", ROOT / folder], capture_output=True, text=True, check=False)
            for image in release.get("images", []):
                if not re.search(rf"image: {re.escape(image['name'])}[:@]", done.stdout):
                    yield f"{name}: no pod runs {image['name']}"
            if f"--namespace {namespace(done.stdout)} " not in step["run"]:
                yield f"{name}: looks at another namespace than {namespace(done.stdout)}"


def namespace(manifests: str) -> str:
    return str(next(one["metadata"]["name"] for one in yaml.safe_load_all(manifests) if one["kind"] == "Namespace"))


def owner_problems(file: Path) -> Iterator[str]:
    for line in file.read_text().splitlines():
        if line.startswith("#"):
            continue
        pattern, owner = line.split()
        if not re.fullmatch(r"@[\w-]+/[\w-]+|[^@\s]+@[^@\s]+", owner):
            yield f"{owner} is nobody on GitHub"
        path = ROOT / pattern.removeprefix("/out/")
        # Some languages are not generated yet.
        if pattern != "*" and not path.exists() and "/services/" not in pattern:
            yield f"there is no {pattern}"


def main() -> None:
    (file,) = (OUT / "workflows").glob("*.yaml")
    workflow = yaml.safe_load(file.read_text().replace('"on":', '"triggers":'))
    report(f"{file.name}: schema of workflows", list(schema_problems("vendor.github-workflows", file)))
    report(f"{file.name}: yamllint", style_problems(file))
    report(f"{file.name}: {len(workflow['jobs'])} jobs, one after the other", list(order_problems(workflow["jobs"])))
    report(f"{file.name}: review", list(review_problems(workflow)))
    report(f"{file.name}: names what is there", list(content_problems(workflow)))
    dependabot = OUT / "dependabot.yml"
    report("dependabot.yml: schema", list(schema_problems("vendor.dependabot", dependabot)) + style_problems(dependabot))
    if (OUT / "CODEOWNERS").exists():
        report("CODEOWNERS", list(owner_problems(OUT / "CODEOWNERS")))
    sys.exit(1 if failures else 0)


main()
