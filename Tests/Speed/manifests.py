"""How fast manifests are made, beside what others make them with.

    python manifests.py DROID BIN [SERVICES] [ROUNDS]

DROID is a release build, BIN the folder that Tests/tools/install prints; SERVICES, 1000 unless told, each ask four others.
Whole processes run in turn, round by round: droid, which makes every object of the system and compares what it wrote before;
`kubectl kustomize` over those same files; and programs in Jsonnet and KCL (`peers`) that print the Deployments and Services
alone, and must print the same ones. It is a measurement and no test: nothing here fails for being slow.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
JSONNET = "import rjsonnet, sys; sys.stdout.write(rjsonnet.evaluate_file('manifests.jsonnet'))"
KCL = "import kcl_lib.api as kcl, sys; sys.stdout.write(kcl.API().exec_program(kcl.ExecProgramArgs(k_filename_list=['manifests.k'])).json_result)"


def peers_python(folder: Path) -> Path:
    """An environment of their own, made once."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", PEERS / "requirements.txt"], check=True)
    return python


def systems(services: list[dict[str, Any]]) -> str:
    lines = ["droid 1", "system many"]
    lines += [f'component {each["name"]}: Service {{ language = go  in api: REST {{ get "/" list() }} }}' for each in services]
    lines += [f"connect {each['name']} -> {callee}" for each in services for callee in each["calls"]]
    return "\n".join(lines) + "\n"


def seconds(command: list[Any], folder: Path) -> tuple[float, str]:
    begin = time.perf_counter()
    said = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - begin, said


def objects(items: Any) -> dict[tuple[str, str], Any]:
    return {(each["kind"], each["metadata"]["name"]): each for each in items if each["kind"] in ("Deployment", "Service")}


def main() -> None:
    droid, bin_folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    python = peers_python(bin_folder.parents[1] / "peers")
    names = [f"s{number}" for number in range(count)]
    services = [
        {"name": name, "calls": sorted(names[(index + step) % count] for step in (1, 7, 31, 127))} for index, name in enumerate(names)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="droid-speed-") as name:
        folder = Path(name)
        (folder / "many.droid").write_text(systems(services))
        (folder / "services.json").write_text(json.dumps(services))
        for program in ("manifests.jsonnet", "manifests.k"):
            (folder / program).write_bytes((PEERS / program).read_bytes())
        ways: dict[str, list[Any]] = {
            "droid": [droid, "build", "many.droid", "-o", "out", "--target", "kubernetes"],
            "kubectl kustomize": ["kubectl", "kustomize", "out/kubernetes/base"],
            "Jsonnet": [python, "-c", JSONNET],
            "KCL": [python, "-c", KCL],
        }
        took: dict[str, list[float]] = {way: [] for way in ways}
        said: dict[str, str] = {}
        seconds(ways["droid"], folder)
        for _ in range(rounds):
            for way, command in ways.items():
                time_taken, said[way] = seconds(command, folder)
                took[way].append(time_taken)
        ours = objects(yaml.load_all((folder / "out/kubernetes/rendered/base.yaml").read_text(), yaml.CSafeLoader))
        for way in ("Jsonnet", "KCL"):
            theirs = objects(json.loads(said[way])["items"])
            if other := [each for each in ours.keys() | theirs.keys() if ours.get(each) != theirs.get(each)]:
                raise SystemExit(f"{way} makes others: {ours.get(other[0])}\nis {theirs.get(other[0])}")
    print(f"{count} services, {len(ours)} Deployments and Services, {rounds} rounds; medians of whole processes\n")
    print("| | seconds | times as long as droid |\n| --- | --- | --- |")
    for way, each in took.items():
        ratio = statistics.median(other / own for other, own in zip(each, took["droid"], strict=True))
        print(f"| {way} | {statistics.median(each):.3f} | {ratio:.1f} |")


main()
