"""Checks the manifests that `droid build` wrote, as a cluster and a reviewer would.

    python kubernetes.py OUT BIN

Renders the base and every overlay with kubectl, holds each object against the strict schemas of Kubernetes, and the objects
against each other; reads the files with yamllint, and the base with checkov; holds the single file of each environment to what
kubectl renders. Prints a line for each check and ends with 1 if one failed.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

OUT = Path(sys.argv[1]).resolve() / "kubernetes"
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
VERSION = "1.34"
failures = 0

# The style of the Kubernetes documentation: lists in the column of their key, no `---` above the first document.
STYLE = YamlLintConfig(
    """
extends: default
rules:
  line-length: disable
  document-start: disable
  indentation: {spaces: 2, indent-sequences: false}
  quoted-strings: {quote-type: double, required: only-when-needed}
  octal-values: {forbid-implicit-octal: true, forbid-explicit-octal: true}
"""
)

# What checkov asks and we do not do, and why.
WAIVED = {
    "CKV_K8S_15": "a tag is never pushed twice, so an image that is there need not be pulled again",
    "CKV_K8S_35": "services read their settings from the environment, secrets too",
    "CKV_K8S_43": "a release sets the tag; a digest is written where the droidfile has one",
}
# What the official image of a store, or a ready image, decides.
WAIVED_FOR_READY_IMAGES = {
    "CKV_K8S_8": "a ready image without a port has nothing to ask",
    "CKV_K8S_9": "a ready image without a port has nothing to ask",
    "CKV_K8S_22": "a ready image may write to its root file system unless the droidfile says `read-only`",
    "CKV_K8S_40": "the official images of stores are made for users 999 and 1000",
}

# Kinds that operators and other additions to a cluster know: Kubernetes has no schemas of them.
ADDED = {
    "Application", "AuthorizationPolicy", "Certificate", "Cluster", "DestinationRule", "ExternalSecret", "GRPCRoute", "Gateway",
    "HTTPRoute", "Kafka", "KafkaNodePool", "KafkaTopic", "PeerAuthentication", "ScaledObject", "ScheduledBackup",
    "Server", "VerticalPodAutoscaler", "VirtualService",
}  # fmt: skip
# Proxies of Linkerd carry to each other at this port what is none of HTTP.
LINKERD_PROXY = 4143
# The methods that may be repeated: RFC 9110, 9.2.2.
REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
# The label that an operator gives to its pods, and the kind that it makes them for.
OPERATED = {"cnpg.io/cluster": "Cluster", "strimzi.io/cluster": "Kafka"}

Manifest = dict[str, Any]


def report(name: str, problems: list[str]) -> None:
    global failures
    print(f"{'FAIL ' if problems else 'ok   '} {name}", flush=True)
    for problem in problems:
        print(f"      {problem}")
    failures += bool(problems)


def name(manifest: Manifest) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def schema_problems(manifests: list[Manifest]) -> Iterator[str]:
    for manifest in manifests:
        if manifest["kind"] in ADDED:
            continue
        try:
            kubernetes_validate.validate(manifest, VERSION, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{name(manifest)}: {'.'.join(map(str, error.path))}: {error.message[:200]}"


def pod(manifest: Manifest) -> Manifest | None:
    spec = manifest.get("spec", {})
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template: Manifest | None = spec.get("template")
    return template if manifest["kind"] in ("Deployment", "StatefulSet", "Job", "CronJob") else None


def selected(selector: Manifest, pods: list[Manifest]) -> list[Manifest]:
    wanted = selector.items()
    return [pod for pod in pods if wanted <= pod["metadata"]["labels"].items()]


def owner(selector: Manifest) -> str | None:
    """The component whose pods a policy names, with its version where it names one."""
    if labels := selector.get("matchLabels"):
        return labels.get("app.kubernetes.io/name")
    return next((each["values"][0] for each in selector.get("matchExpressions", []) if each["key"] in OPERATED), None)


def wiring_problems(manifests: list[Manifest]) -> Iterator[str]:
    names = [name(manifest) for manifest in manifests]
    for twice in {one for one in names if names.count(one) > 1}:
        yield f"{twice} is there twice"
    pods = [found for manifest in manifests if (found := pod(manifest))]
    for manifest in manifests:
        spec = manifest.get("spec", {})
        match manifest["kind"]:
            case "Service":
                yield from service_problems(manifest, selected(spec["selector"], pods))
            case "NetworkPolicy" | "PodDisruptionBudget":
                labels = spec.get("podSelector", spec.get("selector"))
                if labels.get("matchLabels") and not selected(labels["matchLabels"], pods):
                    yield f"{name(manifest)} selects no pod"
                for each in labels.get("matchExpressions", []):
                    if f"{OPERATED[each['key']]}/{each['values'][0]}" not in names:
                        yield f"{name(manifest)} selects the pods of {each['values'][0]}, which no operator runs"
            case "HorizontalPodAutoscaler" | "ScaledObject" | "VerticalPodAutoscaler":
                reference = spec.get("scaleTargetRef") or spec["targetRef"]
                target = f"{reference['kind']}/{reference['name']}"
                scales = manifest["kind"] != "VerticalPodAutoscaler"
                if target not in names:
                    yield f"{name(manifest)} scales {target}, which is not there"
                elif scales and any("replicas" in one.get("spec", {}) for one in manifests if name(one) == target):
                    yield f"{target} sets its replicas, and so does its autoscaler"
                if scales and spec.get("minReplicas", spec.get("minReplicaCount")) == 0 and not wakes(spec):
                    yield f"{name(manifest)} goes to nothing, and nothing would wake it"
            case "HTTPRoute" | "GRPCRoute":
                yield from route_problems(manifest, manifests)
            case "AuthorizationPolicy" | "PeerAuthentication" | "Server":
                labels = spec.get("selector", spec.get("podSelector", {})).get("matchLabels", {})
                if "targetRef" in spec and f"{spec['targetRef']['kind']}/{spec['targetRef']['name']}" not in names:
                    yield f"{name(manifest)} allows a way to what is not there"
                if labels and not selected(labels, pods):
                    yield f"{name(manifest)} selects no pod"
            case "VirtualService":
                yield from traffic_problems(manifest, manifests)
            case "Gateway":
                made = {one["spec"]["secretName"] for one in manifests if one["kind"] == "Certificate"}
                for listener in spec["listeners"]:
                    for reference in listener.get("tls", {}).get("certificateRefs", []):
                        if reference["name"] not in made:
                            yield f"{name(manifest)}: nothing makes the certificate {reference['name']}"
            case "KafkaTopic" | "KafkaNodePool":
                if f"Kafka/{manifest['metadata']['labels']['strimzi.io/cluster']}" not in names:
                    yield f"{name(manifest)} belongs to a Kafka that is not there"
            case "ScheduledBackup":
                if f"Cluster/{spec['cluster']['name']}" not in names:
                    yield f"{name(manifest)} saves a database that is not there"
        account = (pod(manifest) or {}).get("spec", {}).get("serviceAccountName")
        if account and f"ServiceAccount/{account}" not in names:
            yield f"{name(manifest)} runs as {account}, which is not there"
    yield from secret_problems(manifests)


def wakes(spec: Manifest) -> bool:
    return any(each["type"] in ("kafka", "redis-streams", "nats-jetstream", "cron") for each in spec.get("triggers", []))


def route_problems(route: Manifest, manifests: list[Manifest]) -> Iterator[str]:
    """Each listener and each Service that a route names is there, and the shares are a whole."""
    listeners = {
        (one["metadata"]["name"], each["name"]): each
        for one in manifests
        if one["kind"] == "Gateway"
        for each in one["spec"]["listeners"]
    }
    ports = {
        (one["metadata"]["name"], each["port"]) for one in manifests if one["kind"] == "Service" for each in one["spec"]["ports"]
    }
    for parent in route["spec"]["parentRefs"]:
        if parent.get("kind") == "Service":
            if (parent["name"], parent["port"]) not in ports:
                yield f"{name(route)} is for {parent['name']}:{parent['port']}, which no Service has"
            continue
        listener = listeners.get((parent["name"], parent["sectionName"]))
        if listener is None:
            yield f"{name(route)} waits at {parent['sectionName']}, where no Gateway listens"
        elif listener.get("hostname", route["spec"]["hostnames"][0]) not in route["spec"]["hostnames"]:
            yield f"{name(route)} has another host than its listener"
    tried_again = "retry.linkerd.io/http" in route["metadata"].get("annotations", {})
    for rule in route["spec"]["rules"]:
        methods = {match.get("method") for match in rule.get("matches", [{}])}
        if tried_again and not methods <= REPEATABLE:
            yield f"{name(route)} tries again what may be done only once"
        backends = rule.get("backendRefs", [])
        mirrored = [each["requestMirror"]["backendRef"] for each in rule.get("filters", []) if "requestMirror" in each]
        for backend in backends + mirrored:
            if (backend["name"], backend["port"]) not in ports:
                yield f"{name(route)} leads to {backend['name']}:{backend['port']}, which no Service has"
        weights = [each["weight"] for each in backends if "weight" in each]
        if weights and sum(weights) not in (100, 100_000):
            yield f"{name(route)}: the shares are {weights}"


def traffic_problems(service: Manifest, manifests: list[Manifest]) -> Iterator[str]:
    """Each destination is a Service, and each of its subsets is some version's pods."""
    ports = {
        (one["metadata"]["name"], each["port"]) for one in manifests if one["kind"] == "Service" for each in one["spec"]["ports"]
    }
    rules = [one for one in manifests if one["kind"] == "DestinationRule"]
    services = [one for one in manifests if one["kind"] == "Service" and name(one) == f"Service/{service['metadata']['name']}"]
    grpc = {each["port"] for one in services for each in one["spec"]["ports"] if each.get("appProtocol") == "kubernetes.io/h2c"}
    pods = [found for one in manifests if (found := pod(one))]
    for route in service["spec"]["http"]:
        methods = {match.get("method", {}).get("regex") for match in route.get("match", [])}
        speaks_http = not any(match.get("port") in grpc for match in route.get("match", []))
        if route["retries"]["attempts"] and speaks_http and methods != {"GET|HEAD|OPTIONS|PUT|DELETE"}:
            yield f"{name(service)} tries again what may be done only once"
        for target in [*route["route"], *route.get("mirrors", [])]:
            end = target["destination"]
            if (end["host"], end["port"]["number"]) not in ports:
                yield f"{name(service)} leads to {end['host']}:{end['port']['number']}, which no Service has"
            for rule in rules:
                subsets = {each["name"]: each["labels"] for each in rule["spec"].get("subsets", [])}
                if rule["spec"]["host"] == end["host"] and "subset" in end and end["subset"] not in subsets:
                    yield f"{name(rule)} has no subset {end['subset']}"
                if "subset" in end and not selected(subsets.get(end["subset"], {}), pods):
                    yield f"{name(service)}: no pod is of {end['subset']}"
        for match in route.get("match", []):
            labels = match.get("sourceLabels", {})
            if labels and not selected(labels, pods):
                yield f"{name(service)} waits for {labels}, which no pod has"
    last = service["spec"]["http"][-1]["match"][0]
    if "sourceLabels" in last or "headers" in last:
        yield f"{name(service)} has no route for the rest"


def mesh_problems(manifests: list[Manifest]) -> Iterator[str]:
    """In the mesh, who may come by the network may also come by name, and nobody else."""
    namespaces = [one["metadata"] for one in manifests if one["kind"] == "Namespace"]
    is_linkerd = any("linkerd.io/inject" in each.get("annotations", {}) for each in namespaces)
    if not is_linkerd and not any(one["kind"] == "PeerAuthentication" for one in manifests):
        return
    pods = {
        found["metadata"]["labels"]["app.kubernetes.io/name"]: found["spec"].get("serviceAccountName", "default")
        for one in manifests
        if (found := pod(one))
    }
    named: set[tuple[str, str, int]] = set()
    for one in manifests:
        if one["kind"] != "AuthorizationPolicy" or "selector" not in one["spec"]:
            continue
        own = one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in one["spec"]["rules"]:
            for source in rule.get("from", []):
                for end in rule["to"]:
                    accounts = [principal.rpartition("/")[2] for principal in source["source"]["principals"]]
                    named |= {(each, own, int(port)) for each in accounts for port in end["operation"]["ports"]}
    servers = {one["metadata"]["name"]: one["spec"] for one in manifests if one["kind"] == "Server"}
    ends = {name: (each["podSelector"]["matchLabels"]["app.kubernetes.io/name"], each["port"]) for name, each in servers.items()}
    for one in manifests:
        if is_linkerd and one["kind"] == "AuthorizationPolicy":
            end = ends[one["spec"]["targetRef"]["name"]]
            named |= {(each["name"], *end) for each in one["spec"]["requiredAuthenticationRefs"]}
    open_to_all = {ends[name] for name, each in servers.items() if each.get("accessPolicy") == "all-unauthenticated"}
    reached: set[tuple[str, str, int]] = set()
    for one in manifests:
        if one["kind"] != "NetworkPolicy":
            continue
        own = owner(one["spec"]["podSelector"])
        for rule in one["spec"].get("ingress", []):
            for end in rule.get("from", []):
                other = owner(end.get("podSelector", {}))
                if own in pods and other in pods:
                    reached |= {(pods[other], own, port["port"]) for port in rule["ports"] if port["protocol"] == "TCP"}
    for way in sorted(named ^ reached):
        if is_linkerd and (way[1:] in open_to_all or way[2] == LINKERD_PROXY):
            continue
        yield f"{way[0]} -> {way[1]}:{way[2]} is open in the network or in the mesh only"


def references(node: Any) -> Iterator[str]:
    """The names of the Secrets that something reads."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "secretKeyRef":
                yield value["name"]
            elif key == "secret" and isinstance(value, dict) and "secretName" in value:
                yield value["secretName"]
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def secret_problems(manifests: list[Manifest]) -> Iterator[str]:
    """Where secrets come from a vault, each is fetched; else the README names each that a person must make."""
    fetched = {one["spec"]["target"]["name"] for one in manifests if one["kind"] == "ExternalSecret"}
    made = {f"{one['metadata']['name']}-app" for one in manifests if one["kind"] == "Cluster"}
    told = (OUT / "README.md").read_text()
    for read in sorted({read for one in manifests for read in references(one)} - made):
        if fetched and read not in fetched:
            yield f"the Secret {read} is read and not fetched"
        if f"| `{read}` |" not in told:
            yield f"the Secret {read} is read, and the README does not say so"
    for left in sorted(fetched - {read for one in manifests for read in references(one)}):
        yield f"the Secret {left} is fetched and not read"


def service_problems(service: Manifest, pods: list[Manifest]) -> Iterator[str]:
    if not pods:
        yield f"{name(service)} selects no pod"
        return
    ports = [port for pod in pods for container in pod["spec"]["containers"] for port in container.get("ports", [])]
    for port in service["spec"]["ports"]:
        if port["targetPort"] not in [known.get("name") for known in ports] + [known["containerPort"] for known in ports]:
            yield f"{name(service)} points at {port['targetPort']}, which no container has"


def security_problems(manifests: list[Manifest]) -> Iterator[str]:
    """The restricted profile, and what a reviewer asks for beyond it."""
    for manifest in manifests:
        template = pod(manifest)
        if template is None:
            continue
        spec = template["spec"]
        if not spec["securityContext"]["runAsNonRoot"] or spec["automountServiceAccountToken"]:
            yield f"{name(manifest)} may run as root, or has a token"
        if spec["securityContext"]["seccompProfile"]["type"] != "RuntimeDefault":
            yield f"{name(manifest)} has no seccomp profile"
        for container in spec["containers"] + spec.get("initContainers", []):
            context = container["securityContext"]
            if context["allowPrivilegeEscalation"] or context["capabilities"]["drop"] != ["ALL"]:
                yield f"{name(manifest)}: {container['name']} may gain rights"
            if {"cpu", "memory", "ephemeral-storage"} - container["resources"]["requests"].keys():
                yield f"{name(manifest)}: {container['name']} requests too little"


def network_problems(manifests: list[Manifest]) -> Iterator[str]:
    policies = {one["metadata"]["name"]: one["spec"] for one in manifests if one["kind"] == "NetworkPolicy"}
    if policies.get("default-deny", {}).get("policyTypes") != ["Ingress", "Egress"]:
        yield "nothing is denied by default"

    def ways(direction: str, peer: str) -> set[tuple[str, str, int]]:
        found = set()
        for spec in policies.values():
            own = owner(spec["podSelector"])
            for rule in spec.get(direction, []):
                for end in rule.get(peer, []):
                    other = owner(end.get("podSelector", {}))
                    if own and other and "namespaceSelector" not in end:
                        pair = (other, own) if direction == "ingress" else (own, other)
                        found |= {(*pair, port["port"]) for port in rule["ports"]}
        return found

    for way in sorted(ways("ingress", "from") ^ ways("egress", "to")):
        yield f"{way[0]} -> {way[1]}:{way[2]} is open at one end only"


def ordered(node: Any) -> Any:
    """Lists whose order says nothing, in one order."""
    if isinstance(node, dict):
        return {key: ordered(value) for key, value in node.items()}
    if isinstance(node, list):
        items = [ordered(item) for item in node]
        if all(isinstance(item, dict) and {"mountPath", "name"} & item.keys() for item in items):
            return sorted(items, key=lambda item: (item.get("mountPath", ""), item.get("name", "")))
        return items
    return node


def rendering_problems(file: Path, manifests: list[Manifest]) -> Iterator[str]:
    if not file.exists():
        yield f"{file.name} is not there"
        return
    written = {name(one): one for one in yaml.safe_load_all(file.read_text()) if one}
    rendered = {name(one): one for one in manifests}
    for missing in sorted(written.keys() ^ rendered.keys()):
        yield f"{missing} is in one of them only"
    for same in sorted(written.keys() & rendered.keys()):
        if ordered(written[same]) != ordered(rendered[same]):
            yield f"{same} differs"


def application_problems(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.yaml")):
        spec = yaml.safe_load(file.read_text())["spec"]
        _, _, path = spec["source"]["path"].partition("kubernetes/")
        if not (OUT / path / "kustomization.yaml").exists():
            yield f"{file.name} reads {path}, which is not there"


def style_problems(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.yaml")):
        for problem in linter.run(file.read_text(), STYLE, str(file)):
            yield f"{file.name}:{problem.line}: {problem.desc}"


def is_generated(manifest: Manifest) -> bool:
    """Generated services have an admin port."""
    containers = (pod(manifest) or {}).get("spec", {}).get("containers", [])
    return any(port.get("name") == "admin" for one in containers for port in one.get("ports", []))


def review_problems(text: str, manifests: list[Manifest]) -> Iterator[str]:
    checkov = shutil.which("checkov", path=PATH)
    if checkov is None:
        sys.exit("checkov is missing: Tests/tools/install gets it")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifests.yaml").write_text(text)
        command = [checkov, "--framework", "kubernetes", "-d", folder, "--quiet", "--compact", "-o", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
        results, passed = answer["results"], answer["summary"]["passed"]
    except (ValueError, KeyError, TypeError):
        yield f"checkov did not run: {(done.stderr or done.stdout)[-500:]}"
        return
    if not passed:
        yield "checkov checked nothing"
    generated = {
        f"{one['kind']}.{one['metadata']['namespace']}.{one['metadata']['name']}"
        for one in manifests
        if is_generated(one)
    }
    for failed in results["failed_checks"]:
        ready = failed["resource"] not in generated
        if failed["check_id"] in WAIVED or (ready and failed["check_id"] in WAIVED_FOR_READY_IMAGES):
            continue
        yield f"{failed['resource']}: {failed['check_id']} {failed['check_name']}"


def main() -> None:
    kubectl = shutil.which("kubectl", path=PATH)
    if kubectl is None:
        sys.exit("kubectl is missing: Tests/tools/install gets it")
    if not OUT.is_dir():
        sys.exit(f"{OUT} is not there")
    overlays = sorted((OUT / "overlays").glob("*"))
    rendered = sorted(file.stem for file in (OUT / "rendered").glob("*.yaml"))
    for folder in [OUT / "base", *overlays]:
        title = folder.relative_to(OUT)
        done = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False)
        report(f"{title}: kustomize", [] if done.returncode == 0 else [done.stderr])
        manifests = [one for one in yaml.safe_load_all(done.stdout) if one]
        report(f"{title}: schemas of Kubernetes {VERSION}, {len(manifests)} objects", list(schema_problems(manifests)))
        report(f"{title}: wiring", list(wiring_problems(manifests)))
        report(f"{title}: restricted profile", list(security_problems(manifests)))
        report(f"{title}: network", list(network_problems(manifests)))
        report(f"{title}: mesh", list(mesh_problems(manifests)))
        report(f"{title}: yamllint", list(style_problems(folder)))
        # With regions, what is applied is one of them.
        if folder.name in rendered:
            report(f"{title}: as in its single file", list(rendering_problems(OUT / "rendered" / f"{folder.name}.yaml", manifests)))
        if folder.name == "base":
            report(f"{title}: checkov", list(review_problems(done.stdout, manifests)))
    known = {folder.name for folder in [OUT / "base", *overlays]}
    report("single files", [f"{each}.yaml is of no environment" for each in rendered if each not in known])
    report("single files: yamllint", list(style_problems(OUT / "rendered")))
    report("argocd", list(application_problems(OUT / "argocd")) + list(style_problems(OUT / "argocd")))
    sys.exit(1 if failures else 0)


main()
