"""Runs a case: its steps one after the other, each of which does something and says what must come of it."""

import base64
import json
import re
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from answers import Answer, NoAnswer, Request, ask, converse
from expectations import differences, of_text, unequal
from world import World

PATIENCE = 15.0  # seconds, for what must come true but may take a moment


class Loader(yaml.SafeLoader):
    """YAML of the cases: `no` and `2026-01-01` are texts."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in entries if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


# What a step may say: what is sent, what is done around it, what must come of it.
SENT = "send wire port headers bearer basic json text bytes type chunked times together background until answers pause"
DONE = "collector upstream issuer store restart no-wait signal sql clear publish"
EXPECTED = "status one-of statuses answer raw matches lacks body has errors at-least general keep rows"
AFTER = "asked calls log log-matches no-log metric no-metric events groups ends ready spans no-span"
WORDS = set(f"{SENT} {DONE} {EXPECTED} {AFTER}".split())


def load(path: Path) -> dict[str, Any]:
    """An area; a word that no step knows would be a check that never fails."""
    try:
        area = dict(yaml.load(path.read_text(), Loader))
    except yaml.YAMLError as error:
        raise SystemExit(f"{path.name}: {error}") from error
    names: set[str] = set()
    for case in area["cases"]:
        steps = case.get("steps", [case])
        unknown = {word for step in steps for word in step} - WORDS - {"name", "with", "fresh"}
        if unknown or case["name"] in names:
            raise SystemExit(f"{path.name}: {case['name']!r} " + (f"says {sorted(unknown)}" if unknown else "is there twice"))
        names.add(case["name"])
    return area


class Different(Exception):
    """What a step says is not so."""


class Runner:
    """Does the steps of one case."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept: dict[str, str] = dict(world.names)
        self.answer: Answer | None = None

    def run(self, case: dict[str, Any]) -> None:
        self.world.begin(case)
        self.log_begin = self.world.process.log_size() if self.world.process else 0
        for number, step in enumerate(case.get("steps", [case]), 1):
            try:
                self.step(self.filled(step))
            except (Different, NoAnswer, OSError) as error:
                where = f"step {number} ({step.get('send') or next(iter(step))}): " if "steps" in case else ""
                raise Different(f"{where}{error}") from error

    def filled(self, value: Any) -> Any:
        """With `${name}` replaced by what was kept, and `${ab*3}` by `ababab`."""
        if isinstance(value, dict):
            return {self.filled(name): self.filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if not isinstance(value, str):
            return value

        def replace(match: re.Match[str]) -> str:
            text, _, count = match[1].partition("*")
            return text * int(count) if count else self.kept[text]

        return re.sub(r"\$\{([^}]+)\}", replace, value)

    def step(self, step: dict[str, Any]) -> None:
        time.sleep(step.get("pause", 0))
        if "upstream" in step:
            self.world.upstream.play(step["upstream"])
        if "collector" in step:
            self.world.collector.mode = step["collector"]
        for name in ("issuer", "store", "restart", "signal", "sql", "clear", "publish"):
            if name in step:
                getattr(self, f"do_{name}")(step[name], step)
        if "send" in step or "wire" in step:
            if step.get("until"):
                self.eventually(lambda: self.send_all(step))
            else:
                self.send_all(step)
        for name in ("asked", "calls"):
            if name in step:
                getattr(self, f"check_{name}")(step[name])
        for name in ("log", "log-matches", "no-log", "metric", "no-metric", "events", "groups", "ends", "ready", "spans", "no-span"):
            if name in step:
                check = getattr(self, "check_" + name.replace("-", "_"))
                self.eventually(lambda check=check, said=step[name]: check(said))

    def eventually(self, check: Any) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return check()
            except (Different, NoAnswer):
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    # Requests

    def send_all(self, step: dict[str, Any]) -> None:
        times, together = step.get("times", 1), step.get("together", 1)
        if together == 1:
            for _ in range(times):
                self.send(step)
            return
        answers: list[Answer | str] = []
        slots = [threading.Thread(target=lambda: answers.append(self.request_quietly(step))) for _ in range(together)]
        for slot in slots:
            slot.start()
        for slot in slots:
            slot.join()
        found = Counter(str(each.status) if isinstance(each, Answer) else each for each in answers)
        if "statuses" in step and found != Counter({str(k): v for k, v in step["statuses"].items()}):
            raise Different(f"the answers have {dict(found)}, and not {step['statuses']}")

    def request_quietly(self, step: dict[str, Any]) -> Answer | str:
        try:
            return self.request(step)
        except NoAnswer as error:
            return str(error)

    def send(self, step: dict[str, Any]) -> None:
        if step.get("background"):
            self.background = threading.Thread(target=self.remember, args=(step,))
            self.background.start()
            return
        try:
            answer = self.request(step)
        except NoAnswer:
            if step.get("status") == "closed" or "closed" in str(step.get("one-of", "")):
                return
            raise
        self.check(step, answer)

    def remember(self, step: dict[str, Any]) -> None:
        try:
            self.background_answer: Answer | str = self.request(step)
        except NoAnswer as error:
            self.background_answer = str(error)

    def check(self, step: dict[str, Any], answer: Answer) -> None:
        self.answer = answer
        general = step.get("port") != "admin" and self.world.general
        step = {"general": general, **step}
        if "one-of" in step:
            step["status"] = answer.status if answer.status in step["one-of"] else step["one-of"]
        found = differences(answer, {**step, "headers": step.get("answer", {})})
        if found:
            raise Different("\n".join([*found, f"the answer: {answer}"]))
        for name, where in step.get("keep", {}).items():
            self.kept[name] = self.find(answer, where)

    def find(self, answer: Answer, where: str) -> str:
        kind, _, path = where.partition(" ")
        if kind == "header":
            if path.lower() not in answer.headers:
                raise Different(f"the answer has no header {path}: {answer}")
            return answer.headers[path.lower()]
        value = answer.json
        for part in path.strip("/").split("/"):
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (KeyError, IndexError, TypeError) as error:
                raise Different(f"the answer has no {path}: {answer}") from error
        return value if isinstance(value, str) else json.dumps(value)

    def request(self, step: dict[str, Any]) -> Answer:
        address = self.world.process.address(str(step.get("port", "")).replace("-", "_"))
        if "wire" in step:
            pieces = [p if isinstance(p, int | float) else p.encode("latin-1") for p in step["wire"]]
            return converse(address, pieces, answers=step.get("answers", 1))[-1]
        method, _, path = step["send"].partition(" ")
        headers = [(name, str(v)) for name, value in step.get("headers", {}).items() for v in (value if isinstance(value, list) else [value])]
        if "bearer" in step:
            headers.append(("Authorization", f"Bearer {self.world.issuer.token(step['bearer'])}"))
        if "basic" in step:
            headers.append(("Authorization", "Basic " + base64.b64encode(step["basic"].encode()).decode()))
        body = None
        if "json" in step:
            body = json.dumps(step["json"], ensure_ascii=False).encode()
        elif "text" in step:
            body = step["text"].encode()
        elif "bytes" in step:
            body = bytes.fromhex(step["bytes"])
        type_ = step.get("type", "application/json" if body is not None else None)
        if type_ and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", type_))
        return ask(address, Request(method, path, headers, body, bool(step.get("chunked"))))

    # What happens around the service

    def do_issuer(self, said: dict[str, Any], _: dict[str, Any]) -> None:
        for name, value in said.items():
            setattr(self.world.issuer, name, value)

    def do_store(self, said: str, _: dict[str, Any]) -> None:
        getattr(self.world.server(), said)()

    def do_restart(self, said: Any, step: dict[str, Any]) -> None:
        said = said if isinstance(said, dict) else {}
        self.world.restart(said, wait="ends" not in step and not step.get("no-wait"))
        self.log_begin = 0

    def do_signal(self, said: str, _: dict[str, Any]) -> None:
        self.world.process.signal(said)

    def do_clear(self, _: Any, __: dict[str, Any]) -> None:
        self.world.clear()

    def do_sql(self, said: str, step: dict[str, Any]) -> None:
        found = self.world.postgres.sql(said)
        if "rows" in step and found != step["rows"].strip():
            raise Different(f"the database says {found!r}, and not {step['rows'].strip()!r}")
        if "rows" not in step and "ERROR" in found:
            raise Different(found)

    def do_publish(self, said: dict[str, Any], _: dict[str, Any]) -> None:
        said = dict(said)
        topic = said.pop("topic")
        data = said.pop("data")
        said["data"] = data if isinstance(data, str) else json.dumps(data)
        self.world.broker().publish(topic, {name: str(value) for name, value in said.items()})

    # What must come of it

    def check_asked(self, said: list[dict[str, Any]]) -> None:
        asked = self.world.upstream.asked
        if len(asked) != len(said):
            raise Different(f"the upstream was asked {len(asked)} times, and not {len(said)}: {asked}")
        for number, (request, expected) in enumerate(zip(asked, said, strict=True), 1):
            found: list[str] = []
            for name in ("method", "path", "text"):
                if name in expected and (problem := of_text(request[name], expected[name])):
                    found.append(f"{name} {problem}")
            for name, value in expected.get("headers", {}).items():
                if problem := of_text(request["headers"].get(name.lower()), value):
                    found.append(f"header {name} {problem}")
            if "json" in expected:
                found += unequal(json.loads(request["text"]), expected["json"], "")
            for name, where in expected.get("keep", {}).items():
                self.kept[name] = request["headers"].get(where, "")
            if found:
                raise Different(f"request {number} to the upstream: " + "; ".join(found))

    def check_calls(self, said: int | list[int]) -> None:
        time.sleep(0.05)
        count = len(self.world.upstream.asked)
        least, most = (said, said) if isinstance(said, int) else said
        if not least <= count <= most:
            raise Different(f"the upstream was asked {count} times, and not {said}")

    def check_log(self, said: dict[str, Any]) -> None:
        lines = self.world.process.log(self.log_begin)
        if bad := [line for line in lines if "no JSON" in line]:
            raise Different(f"a line of the log is no object of JSON: {bad[0]['no JSON'][:300]}")
        if not any(not unequal(line, said, "", subset=True) for line in lines):
            raise Different(f"no line of the log is {said}; the last ones are {lines[-3:]}")

    def check_log_matches(self, said: str) -> None:
        if not re.search(said, "\n".join(map(str, self.world.process.log(self.log_begin)))):
            raise Different(f"no line of the log matches {said!r}")

    def check_no_log(self, said: str) -> None:
        text = self.world.process.output() + self.world.process.errors()
        if said in text:
            line = next(line for line in text.splitlines() if said in line)
            raise Different(f"the log has {said!r}: {line[:300]}")

    def check_metric(self, said: dict[str, Any]) -> None:
        text = self.world.process.ask_admin("/metrics").text
        for wanted, value in said.items():
            name, _, labels = wanted.partition("{")
            pairs = self.labels(labels)
            values = [
                float(match[3])
                for match in re.finditer(r"^(\w+)(?:\{(.*)\})? (\S+)", text, re.MULTILINE)
                if match[1] == name and pairs <= self.labels(match[2] or "")
            ]
            if not values or (value is not None and sum(values) != value):
                raise Different(f"the metric {wanted} is {values or 'missing'}, and not {value}")

    def labels(self, text: str) -> set[tuple[str, str]]:
        """The labels of a series; the bound of a bucket is a number, however it is written."""
        pairs = re.findall(r'(\w+)="([^"]*)"', text)
        return {(name, str(float(value)) if name == "le" else value) for name, value in pairs}

    def check_no_metric(self, said: str) -> None:
        text = self.world.process.ask_admin("/metrics").text
        if match := re.search(said, text):
            raise Different(f"the metrics have {match[0]!r}")

    def check_events(self, said: dict[str, Any]) -> None:
        events = self.world.broker().events(said["topic"])
        expected = said["are"]
        if len(events) != len(expected):
            raise Different(f"{said['topic']} has {len(events)} events, and not {len(expected)}: {events}")
        for event, wanted in zip(events, expected, strict=True):
            wanted = dict(wanted)
            data = wanted.pop("json", None)
            found = [f"{name} {problem}" for name, value in wanted.items() if (problem := of_text(event.get(name), value))]
            if data is not None:
                found += unequal(json.loads(event["data"]), data, "")
            if found:
                raise Different(f"an event of {said['topic']}: {'; '.join(found)}; it is {event}")

    def check_groups(self, said: dict[str, Any]) -> None:
        found = self.world.broker().groups(said["topic"])
        if problems := unequal(found, said["are"], "", subset=True):
            raise Different("; ".join(problems))

    def check_spans(self, said: list[dict[str, Any]]) -> None:
        if found := self.world.collector.differences(said):
            raise Different("\n".join(found))

    def check_no_span(self, said: str) -> None:
        if found := self.world.collector.matching(said):
            raise Different(f"the spans have {found!r}")

    def check_ready(self, said: bool) -> None:
        answer = self.world.process.ask_admin("/readyz")
        if (answer.status == 200) != said:
            raise Different(f"/readyz answers {answer}")

    def check_ends(self, said: dict[str, Any]) -> None:
        process = self.world.process
        code = process.wait(20)
        if code != said.get("code", 0):
            raise Different(f"it ended with {code}, and not {said.get('code', 0)}: {process.errors()[-500:]}{process.output()[-500:]}")
        if "last" in said:
            last = (process.log() or [{}])[-1].get("message")
            if last != said["last"]:
                raise Different(f"its last line is {last!r}, and not {said['last']!r}")
        for pattern in said.get("errors", []):
            if not re.search(pattern, process.errors()):
                raise Different(f"standard error does not match {pattern!r}: {process.errors()[-800:]}")
        if "Traceback" in process.errors() or re.search(r"\n\s+at .*\(|goroutine \d+", process.errors()):
            raise Different(f"standard error shows the insides of the program: {process.errors()[-800:]}")
        if "answer" in said:
            self.background.join(20)
            if not isinstance(self.background_answer, Answer):
                raise Different(f"the request under way: {self.background_answer}")
            self.check({**said["answer"]}, self.background_answer)
