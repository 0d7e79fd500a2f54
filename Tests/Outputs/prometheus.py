"""Checks the rules that `droid build` wrote, with promtool, and that their tests notice a wrong rule.

    python prometheus.py OUT BIN

Prints a line for each check and ends with 1 if one failed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OUT = Path(sys.argv[1]).resolve() / "prometheus"
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
failures = 0

# Each makes the rules wrong in one way: the generated tests must fail.
MUTANTS = [
    (r"> \(14\.4 ", "> (20 "),
    (r"> \(14\.4 ", "> (10 "),
    (r"> \(6 ", "> (8 "),
    (r"> \(6 ", "> (4 "),
    # The factor 3 has no mutant: 3 times over a day is 1 time over three days, so the pair behind it fires as well.
    (r"rate1h\{sloth_id(.*) > ", r"rate1h{sloth_id\1 < "),
    (r'"5\.\."', '"4.."'),
]


def report(name: str, problem: str) -> None:
    global failures
    print(f"{'FAIL ' if problem else 'ok   '} {name}", flush=True)
    if problem:
        print("      " + "\n      ".join(problem.strip().splitlines()[-40:]))
        failures += 1


def promtool(*arguments: str, folder: Path) -> tuple[bool, str]:
    program = shutil.which("promtool", path=PATH)
    if program is None:
        sys.exit("promtool is missing: Tests/tools/install gets it")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def mutants(rules: Path, tests: Path) -> None:
    text = rules.read_text()
    survivors = []
    tried = 0
    for pattern, replacement in MUTANTS:
        mutant = re.sub(pattern, replacement, text)
        if mutant == text:
            continue
        tried += 1
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / rules.name).write_text(mutant)
            shutil.copy(tests, folder)
            if promtool("test", "rules", tests.name, folder=Path(folder))[0]:
                survivors.append(f"{pattern} -> {replacement}")
    report(f"{tests.name}: {tried} wrong rules are noticed", "\n".join(survivors))


def main() -> None:
    if not OUT.is_dir():
        print("ok    no objectives and no alerts, so no rules")
        return
    for rules in sorted(OUT.glob("*.rules.yaml")):
        fine, text = promtool("check", "rules", rules.name, folder=OUT)
        report(f"{rules.name}: promtool check rules", "" if fine else text)
        tests = rules.with_name(rules.name.replace(".rules.", ".tests."))
        fine, text = promtool("test", "rules", tests.name, folder=OUT)
        report(f"{tests.name}: promtool test rules", "" if fine else text)
        mutants(rules, tests)
    sys.exit(1 if failures else 0)


main()
