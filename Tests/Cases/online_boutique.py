"""Compares the Kubernetes base of examples/online-boutique with the facts of the reference system, field by field.

    python online_boutique.py OUT

Whatever is not in online_boutique.yaml, and is no addition that is listed there, is a failure.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

BASE = Path(sys.argv[1]) / "kubernetes" / "base"
FACTS = yaml.safe_load((Path(__file__).resolve().parent / "online_boutique.yaml").read_text())
ADDITIONS = FACTS["additions"]
failures: list[str] = []
compared = 0


def same(what: str, found: Any, wanted: Any) -> None:
    global compared
    compared += 1
    if found != wanted:
        failures.append(f"{what}: {found!r}, and not {wanted!r}")


def objects() -> dict[tuple[str, str], dict[str, Any]]:
    result = {}
    for path in sorted(BASE.glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            if document and "metadata" in document:
                result[document["kind"], document["metadata"]["name"]] = document
    return result


def probe(what: str, found: dict[str, Any] | None, wanted: dict[str, Any] | None) -> None:
    if found is None or wanted is None:
        same(what, found, wanted)
        return
    if "http" in wanted:
        same(f"{what} path", found["httpGet"]["path"], wanted["http"])
        same(f"{what} port", found["httpGet"]["port"], wanted["port"])
        same(f"{what} headers", [each["name"] for each in found["httpGet"]["httpHeaders"]], ["Cookie"])
    elif "grpc" in wanted:
        same(f"{what} port", found["grpc"]["port"], wanted["grpc"])
    else:
        same(f"{what} port", found["tcpSocket"]["port"], wanted["tcp"])
    same(f"{what} delay", found.get("initialDelaySeconds", 0), wanted.get("delay", 0))
    same(f"{what} period", found.get("periodSeconds", 10), wanted.get("period", 10))


def workload(name: str, facts: dict[str, Any], found: dict[str, Any]) -> None:
    template = found["spec"]["template"]
    pod = template["spec"]
    [container] = pod["containers"]
    same(f"{name} image", container["image"], facts.get("image", FACTS["images"].format(name=name)).replace("redis:", "docker.io/redis:"))
    same(f"{name} container ports", [each["containerPort"] for each in container.get("ports", [])], facts["ports"])
    same(f"{name} env", {each["name"]: each.get("value") for each in container.get("env", [])}, facts["env"])
    for kind in ("requests", "limits"):
        sizes = {key: value for key, value in container["resources"][kind].items() if key != "ephemeral-storage"}
        same(f"{name} {kind}", sizes, facts[kind])
    probe(f"{name} readiness", container.get("readinessProbe"), facts.get("ready"))
    probe(f"{name} liveness", container.get("livenessProbe"), facts.get("live"))
    same(f"{name} grace", pod["terminationGracePeriodSeconds"], facts.get("grace", 30))
    same(f"{name} account", pod.get("serviceAccountName"), name if facts.get("account", True) else None)
    same(f"{name} init containers", len(pod.get("initContainers", [])), facts.get("waits", 0))
    security = container["securityContext"]
    same(f"{name} read-only root", security["readOnlyRootFilesystem"], True)
    same(f"{name} escalation", security["allowPrivilegeEscalation"], False)
    same(f"{name} capabilities", security["capabilities"], {"drop": ["ALL"]})
    same(f"{name} user", pod["securityContext"]["runAsUser"], FACTS["user"])
    empty = {each["name"] for each in pod.get("volumes", []) if "emptyDir" in each}
    mounts = {each["mountPath"] for each in container.get("volumeMounts", []) if each["name"] in empty}
    # A root that cannot be written has a folder for what is temporary.
    same(f"{name} empty folders", mounts - {"/tmp"}, set(facts.get("empty", [])))
    known = {
        "containers", "initContainers", "serviceAccountName", "terminationGracePeriodSeconds", "securityContext", "volumes",
    }  # fmt: skip
    same(f"{name} other fields of the pod", set(pod) - known - set(ADDITIONS["pod"]), set())
    known = {"name", "image", "ports", "env", "resources", "readinessProbe", "livenessProbe", "securityContext", "volumeMounts"}
    same(f"{name} other fields of the container", set(container) - known - set(ADDITIONS["container"]), set())


def services(name: str, facts: dict[str, Any], found: dict[tuple[str, str], dict[str, Any]]) -> None:
    targets = {}
    [container] = found["Deployment", name]["spec"]["template"]["spec"]["containers"]
    for port in container.get("ports", []):
        targets[port["name"]] = port["containerPort"]
    for service, wanted in facts["services"].items():
        spec = found["Service", service]["spec"]
        same(f"{service} type", spec.get("type", "ClusterIP"), wanted["type"])
        ports = {each["port"]: targets.get(each["targetPort"], each["targetPort"]) for each in spec["ports"]}
        same(f"{service} ports", ports, wanted["ports"])
        same(f"{service} selects", spec["selector"]["app.kubernetes.io/name"], name)


def edges(found: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Who may ask whom, as the network policies have it: both ends of each edge, and no other."""
    allowed: dict[str, set[tuple[str, str]]] = {"ingress": set(), "egress": set()}
    for (kind, _), policy in found.items():
        if kind != "NetworkPolicy":
            continue
        name = policy["spec"]["podSelector"].get("matchLabels", {}).get("app.kubernetes.io/name")
        for way, peers in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(way, []):
                for peer in rule.get(peers, []):
                    other = peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/name")
                    if name and other and "namespaceSelector" not in peer:
                        allowed[way].add((other, name) if way == "ingress" else (name, other))
    wanted = {(name, other) for name, facts in FACTS["workloads"].items() for other in facts.get("asks", [])}
    same("ingress rules", allowed["ingress"], wanted)
    same("egress rules", allowed["egress"], wanted)


def main() -> int:
    found = objects()
    names = set(FACTS["workloads"])
    same("workloads", {name for kind, name in found if kind == "Deployment"}, names)
    same("accounts", {name for kind, name in found if kind == "ServiceAccount"}, names - {"redis-cart"})
    wanted = {service for facts in FACTS["workloads"].values() for service in facts["services"]}
    same("services", {name for kind, name in found if kind == "Service"}, wanted)
    same("other objects", {kind for kind, _ in found} - {"Deployment", "ServiceAccount", "Service"} - set(ADDITIONS["objects"]), set())
    for name, facts in FACTS["workloads"].items():
        workload(name, facts, found["Deployment", name])
        services(name, facts, found)
    edges(found)
    for failure in failures:
        print("FAIL ", failure)
    print(f"{compared - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
