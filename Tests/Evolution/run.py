"""The law of evolution: a droidfile changes as it likes, and what a person wrote stays.

    python run.py LANGUAGE DROID BIN [SEED]

LANGUAGE is python, typescript or go, DROID the compiler, BIN the folder that Tests/tools/install prints. Each port of the
system is a sequence of changes of its own: operations come, go, and get other names, parameters and results; records get
fields. Between the changes a user writes lines. After every build

* each file of the user's is as it was, byte for byte;
* a renamed operation was offered as a rename;
* the compiler of the language is content, or names the operations whose implementation is missing or has another form now,
  and complains of nothing else;
* once the user has taken over what a new scaffold shows, it is content.

The seed is printed: the same one makes the same changes.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SERVICES = 3
PORTS = 23
ROUNDS = 3
TYPES = ["Int", "String(1..20)", "Bool", "UUID", "Float?", "[Int]"]
PARAMETERS = ["Int(1..9)", "String(1..20)", "Bool = true", "UUID", "Decimal?"]
RESULTS = ["Thing", "Part", "Int", "[Thing]", "Part?", ""]


@dataclass
class Operation:
    name: str
    path: str
    verb: str
    parameters: list[str]
    result: str

    def text(self) -> str:
        named = ", ".join(f"p{number}: {kind}" for number, kind in enumerate(self.parameters))
        return f'{self.verb} "{self.path}" {self.name}({named})' + (f" -> {self.result}" if self.result else "")


@dataclass
class Sequence:
    """A port, and what becomes of it. Its anchor stays as it is, so that the records are always there."""

    name: str
    random: random.Random
    operations: list[Operation] = field(default_factory=list)
    made: int = 0
    renames: list[tuple[str, str]] = field(default_factory=list)

    def add(self) -> None:
        self.made += 1
        name = f"{self.name}-op-{self.made}"
        parameters = self.random.choices(PARAMETERS, k=self.random.randrange(3))
        verb = self.random.choice(["get", "post"])
        self.operations.append(Operation(name, f"/{self.name}/{self.made}", verb, parameters, self.random.choice(RESULTS)))

    def change(self) -> None:
        self.renames.clear()
        for _ in range(self.random.randrange(1, 4)):
            what = self.random.randrange(5)
            if what == 0 or not self.operations:
                self.add()
                continue
            operation = self.random.choice(self.operations)
            if what == 1:
                self.operations.remove(operation)
                self.renames = [pair for pair in self.renames if pair[1] != operation.name]
            elif what == 2 and not any(operation.name in pair for pair in self.renames) and operation.path in self.built:
                self.made += 1
                old, operation.name = operation.name, f"{self.name}-renamed-{self.made}"
                self.renames.append((old, operation.name))
            elif what == 3:
                operation.parameters = self.random.choices(PARAMETERS, k=self.random.randrange(3))
            else:
                operation.result = self.random.choice(RESULTS)

    @property
    def built(self) -> set[str]:
        """The paths that the build before knew."""
        return self._built

    def remember(self) -> None:
        self._built = {operation.path for operation in self.operations}

    def text(self) -> str:
        lines = [f'  in {self.name}: REST {{', f'    get "/{self.name}" {self.name}-anchor(part: Bool) -> [Whole]']
        lines += ["    " + operation.text() for operation in self.operations]
        return "\n".join([*lines, "  }"])


def droidfile(services: list[list[Sequence]], fields: list[str], language: str) -> str:
    named = "  ".join(f"f{number}: {kind}" for number, kind in enumerate(fields))
    parts = [
        "droid 1\nsystem evolution\n",
        f"type Thing {{ key id: UUID  {named} }}",
        "type Part { name: String  size: Int = 1 }",
        "type Whole { thing: Thing?  part: Part? }",
    ]
    for number, sequences in enumerate(services):
        ports = "\n".join(sequence.text() for sequence in sequences)
        parts.append(f"component s{number}: Service {{\n  language = {language}\n{ports}\n}}")
    return "\n".join(parts) + "\n"


class Language:
    """Where the user's code is, and what the compiler says of it."""

    #: What may be said of an operation that is missing, or has another form now.
    allowed: re.Pattern[str]
    comment: str

    def __init__(self, tools: Path) -> None:
        self.tools = tools

    def file(self, service: Path) -> Path:
        raise NotImplementedError

    def errors(self, service: Path) -> Iterator[str]:
        """Each error as one line."""
        raise NotImplementedError

    def run(self, service: Path, *command: str) -> str:
        environment = {"PATH": f"{self.tools}:{os.environ['PATH']}", "HOME": str(self.tools.parent), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, cwd=service, env=environment, capture_output=True, text=True, timeout=600, check=False)
        self.ended = done.returncode
        return done.stdout + done.stderr


class Python(Language):
    allowed = re.compile(r"\[(type-abstract|abstract|override)\]$")
    comment = "#"

    def file(self, service: Path) -> Path:
        return next((service / "src").glob("*/service.py"))

    def errors(self, service: Path) -> Iterator[str]:
        text = self.run(service, "mypy", "--no-pretty", "--cache-dir", str(service.parent / ".mypy"))
        yield from (line for line in text.splitlines() if ": error:" in line)
        if self.ended > 1:
            yield text


class TypeScript(Language):
    allowed = re.compile(r"error (TS2420|TS2416|TS2739|TS2740|TS2741):")
    comment = "//"

    def file(self, service: Path) -> Path:
        return service / "src" / "service.ts"

    def errors(self, service: Path) -> Iterator[str]:
        modules = service / "node_modules"
        if not modules.is_symlink():
            modules.symlink_to(self.tools.parent / "node" / "node_modules")
        text = self.run(service, str(self.tools / "tsc"), "--noEmit", "--pretty", "false")
        found = [line for line in text.splitlines() if ": error TS" in line]
        yield from found
        if self.ended and not found:
            yield text


class Go(Language):
    allowed = re.compile(r"missing method|wrong type for method|does not implement|^\s+(have|want) ")
    comment = "//"

    def file(self, service: Path) -> Path:
        return service / "src" / "service.go"

    def errors(self, service: Path) -> Iterator[str]:
        text = self.run(service, str(self.tools / "go"), "build", "-gcflags=-e", "-o", os.devnull, "./...")
        found = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        yield from found
        if self.ended and not found:
            yield f"go build ended with {self.ended}"


LANGUAGES = {"python": Python, "typescript": TypeScript, "go": Go}


class Law:
    def __init__(self, language: str, droid: Path, tools: Path, seed: int, folder: Path) -> None:
        self.name = language
        self.language = LANGUAGES[language](tools)
        self.droid, self.folder = droid, folder
        self.random = random.Random(seed)
        self.passed = 0
        self.failures: list[str] = []
        self.services = [
            [Sequence(f"p{service}-{port}", random.Random(self.random.random())) for port in range(PORTS)]
            for service in range(SERVICES)
        ]  # fmt: skip
        self.fields: list[str] = ["Int"]
        for sequence in self.sequences:
            sequence.add()

    @property
    def sequences(self) -> list[Sequence]:
        return [sequence for service in self.services for sequence in service]

    def expect(self, holds: bool, what: str) -> None:
        if holds:
            self.passed += 1
        else:
            self.failures.append(what)
            print("FAIL ", what, flush=True)

    def build(self, out: str) -> str:
        source = self.folder / "evolution.droid"
        source.write_text(droidfile(self.services, self.fields, self.name))
        done = subprocess.run(
            [self.droid, "build", source, "-o", self.folder / out], capture_output=True, text=True, timeout=300, check=False
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"the droidfile has errors:\n{done.stdout}{done.stderr}")
        return done.stdout

    def service(self, number: int, out: str = "out") -> Path:
        return self.folder / out / "services" / f"s{number}"

    def file(self, number: int, out: str = "out") -> Path:
        return self.language.file(self.service(number, out))

    def write_as_a_user(self, number: int, round: int) -> None:
        """Comments at the beginnings of lines: what they say is nobody's business."""
        path = self.file(number)
        lines = path.read_text().splitlines()
        for mark in range(5):
            at = self.random.choice([place for place, line in enumerate(lines) if not line.startswith((" ", "\t", ")"))] or [0])
            lines.insert(at, f"{self.language.comment} mine {round}.{mark} of {number}")
        path.write_text("\n".join(lines) + "\n")

    def check(self, number: int, when: str, *, must_be_content: bool) -> None:
        errors = list(self.language.errors(self.service(number)))
        wrong = errors if must_be_content else [error for error in errors if not self.language.allowed.search(error)]
        self.expect(not wrong, f"s{number}, {when}: the compiler complains of\n        " + "\n        ".join(wrong[:8]))

    def run(self) -> None:
        self.build("out")
        for number in range(SERVICES):
            self.check(number, "at first", must_be_content=True)
        for round in range(ROUNDS):
            for number in range(SERVICES):
                self.write_as_a_user(number, round)
            before = [self.file(number).read_bytes() for number in range(SERVICES)]
            for sequence in self.sequences:
                sequence.remember()
                sequence.change()
            self.fields.append(self.random.choice([kind for kind in TYPES if kind.endswith("?")] + ["Int = 1"]))
            said = self.build("out")
            for number in range(SERVICES):
                self.expect(self.file(number).read_bytes() == before[number], f"s{number}, round {round}: the user's code has changed")
                for sequence in self.services[number]:
                    for old, new in sequence.renames:
                        self.expect(f"`{old}` of s{number} is called `{new}` now" in said, f"{old} is {new} now, and nobody says so")
                self.check(number, f"after round {round}", must_be_content=False)
            self.take_over(round)

    def take_over(self, round: int) -> None:
        """The user has a look at what a new scaffold would be, and keeps every line of their own."""
        self.build(f"fresh-{round}")
        for number in range(SERVICES):
            path = self.file(number)
            mine = [line for line in path.read_text().splitlines() if " mine " in line]
            fresh = self.file(number, f"fresh-{round}").read_text()
            path.write_text(fresh + "\n".join(mine) + "\n")
            self.check(number, f"taken over in round {round}", must_be_content=True)


def main() -> int:
    language, droid, tools, *rest = sys.argv[1:]
    seed = int(rest[0]) if rest else random.randrange(1_000_000)
    print(f"{SERVICES * PORTS} sequences of {ROUNDS} changes in {language}, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="droid-evolution-") as folder:
        law = Law(language, Path(droid).resolve(), Path(tools).resolve(), seed, Path(folder))
        law.run()
    print(f"{law.passed} passed, {len(law.failures)} failed")
    return 1 if law.failures else 0


sys.exit(main())
