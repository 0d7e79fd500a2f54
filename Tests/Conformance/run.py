"""Holds the services of a language to the page of behaviour, grammar/services.md.

    python run.py LANGUAGE DROID BIN [AREA[/WORDS]...]

LANGUAGE is python, typescript or go, DROID the compiler, BIN the folder that Tests/tools/install prints, AREA a file of
cases/ (`values`), with words of a case's name after a slash if only those are to be run. Prints each difference, and ends
with 1 if there is one.
"""

import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from steps import Different, Runner, load
from stores import Missing
from toolchain import LANGUAGES, Unprepared
from world import Machine, NotStarted, World

HERE = Path(__file__).resolve().parent
# What a language does not speak, which its build says: there is no client of Kafka for Node among Debian's packages.
LACKING = {"typescript": {"kafka"}}
SCRATCH = HERE.parent.parent / ".build" / "conformance"


class Score:
    def __init__(self) -> None:
        self.passed = 0
        self.failed: list[str] = []

    def fail(self, name: str, why: str, number: int = 1) -> None:
        self.failed += [name] * number
        print(f"FAIL  {name}\n      " + "\n      ".join(why.splitlines()), flush=True)


def run_area(machine: Machine, name: str, area: dict[str, Any], words: str, score: Score) -> None:
    cases = [case for case in area["cases"] if words in case["name"]]
    for uses in area.get("with", ["memory"]):
        if uses in LACKING.get(machine.language, ()):
            continue
        chosen = [case for case in cases if uses in case.get("with", [uses])]
        before, begin = score.passed, time.monotonic()
        title = name if len(area.get("with", [])) < 2 else f"{name}, {uses}"
        try:
            world = World(machine, area, name, uses)
        except (Unprepared, NotStarted, Missing) as error:
            score.fail(f"{title}: the service starts", f"{error}\n({len(chosen)} cases cannot be run)", len(chosen))
            continue
        if world.prepared.not_generated and words == "":
            print(f"note  {title}: {world.prepared.not_generated}")
        try:
            for case in chosen:
                run_case(world, f"{title}: {case['name']}", case, score)
        finally:
            world.stop()
        print(f"{title}: {score.passed - before} of {len(chosen)} ({time.monotonic() - begin:.0f} s)", flush=True)


def run_case(world: World, name: str, case: dict[str, Any], score: Score) -> None:
    try:
        Runner(world).run(case)
    except (Different, NotStarted) as error:
        score.fail(name, str(error))
    except Exception:
        score.fail(name, traceback.format_exc())
    else:
        score.passed += 1


def main() -> int:
    language, droid, bin_folder, *chosen = sys.argv[1:]
    if language not in LANGUAGES:
        raise SystemExit(f"{language} is none of the languages {', '.join(LANGUAGES)}")
    score = Score()
    with tempfile.TemporaryDirectory(prefix="droid-conformance-") as folder:
        temporary = Path(folder)
        temporary.chmod(0o755)  # PostgreSQL runs as another user
        machine = Machine(language, Path(droid).resolve(), Path(bin_folder).resolve(), SCRATCH, temporary)
        try:
            for path in sorted((HERE / "cases").glob("*.yaml")):
                wanted = [each.partition("/") for each in chosen if each.partition("/")[0] == path.stem]
                for words in [words for _, _, words in wanted] if chosen else [""]:
                    run_area(machine, path.stem, load(path), words, score)
        finally:
            machine.stop()
    print(f"{score.passed} passed, {len(score.failed)} failed")
    return 1 if score.failed or not score.passed else 0


if __name__ == "__main__":
    sys.exit(main())
