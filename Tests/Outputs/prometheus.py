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
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

OUT = Path(sys.argv[1]).resolve() / "prometheus"
PATH = f"{Path(sys.argv[2]).resolve()}:{os.environ.get('PATH', '')}"
failures = 0

# Each makes the rules wrong in one way: the generated tests must fail.
MUTANTS = [
    (r"rate5m\{sloth_id(.*) > \(14\.4 ", r"rate5m{sloth_id\1 > (7 "),
    (r"rate1h\{sloth_id(.*) > \(14\.4 ", r"rate1h{sloth_id\1 > (20 "),
    (r"rate1h\{sloth_id(.*) > ", r"rate1h{sloth_id\1 < "),
    (r"rate30m\{sloth_id", "rate1h{sloth_id"),
    (r"rate6h\{sloth_id(.*) > \(6 ", r"rate6h{sloth_id\1 > (4 "),
    (r"rate2h\{sloth_id", "rate6h{sloth_id"),
    (r"rate1d\{sloth_id(.*) > \(3 ", r"rate1d{sloth_id\1 > (6 "),
    (r"rate6h\{sloth_id(.*) > \(1 ", r"rate6h{sloth_id\1 > (0.5 "),
    (r"\[3d\]", "[1d]"),
    (r'"5\.\."', '"4.."'),
]

# Of pairs of windows: the share of the budget in percent, and the hours of the long window.
PAIRS = {"1h": (2, 1), "6h": (5, 6), "1d": (10, 24), "3d": (10, 72)}


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


def at_minute(expectation: dict[str, str]) -> int:
    return int(expectation["eval_time"].removesuffix("m"))


def mutants(rules: Path, tests: Path) -> None:
    # The alerts beside objectives are none that these tests ask for, and they would be evaluated over days.
    text = re.sub(r"(?ms)^- name: \S+-(alerts|components)\n.*?(?=^- name: |\Z)", "", rules.read_text())
    wrong = [(name, mutant) for name in MUTANTS if (mutant := re.sub(*name, text)) != text]

    whole = yaml.safe_load(tests.read_text())
    # Those of a short time first: most mutants do not outlive them, and one test that fails is enough.
    single = sorted(whole["tests"], key=lambda test: max(at_minute(each) for each in test["alert_rule_test"]))

    def survives(mutant: str) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / rules.name).write_text(mutant)
            for test in single:
                (Path(folder) / tests.name).write_text(yaml.safe_dump({**whole, "tests": [test]}))
                if not promtool("test", "rules", tests.name, folder=Path(folder))[0]:
                    return False
            return True

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        survived = list(pool.map(survives, (mutant for _, mutant in wrong)))
    survivors = [f"{before} -> {after}" for ((before, after), _), alive in zip(wrong, survived, strict=True) if alive]
    report(f"{tests.name}: {len(wrong)} wrong rules are noticed", "\n".join(survivors))


def factor_problems(text: str) -> Iterator[str]:
    """Each factor is budget % x period hours / 100 / long window hours, in that order."""
    # The long window of a pair is the one that stands last in it.
    last = re.compile(r"rate(\w+)\{sloth_id=\"([^\"]+)\"\} > \((\S+) \* \S+\)\)\n\s+\)")
    for group in text.split("\n- name: "):
        period = re.search(r"record: slo:time_period:days\n\s+expr: vector\((\S+)\)", group)
        for window, objective, factor in last.findall(group):
            percent, hours = PAIRS[window]
            exact = percent * (float(period[1]) * 24) / 100 / hours if period else None
            if float(factor) != exact:
                yield f"{objective}: over {window} the factor is {factor}, and {exact} is right"


def main() -> None:
    if not OUT.is_dir():
        print("ok    no objectives and no alerts, so no rules")
        return
    for rules in sorted(OUT.glob("*.rules.yaml")):
        fine, text = promtool("check", "rules", rules.name, folder=OUT)
        report(f"{rules.name}: promtool check rules", "" if fine else text)
        tests = rules.with_name(rules.name.replace(".rules.", ".tests."))
        alert_tests = rules.with_name(rules.name.replace(".rules.", ".alert-tests."))
        for each in (tests, alert_tests):
            if each.exists():
                fine, text = promtool("test", "rules", each.name, folder=OUT)
                report(f"{each.name}: promtool test rules", "" if fine else text)
        report(f"{rules.name}: exact factors", "\n".join(factor_problems(rules.read_text())))
        if tests.exists():
            mutants(rules, tests)
    sys.exit(1 if failures else 0)


main()
