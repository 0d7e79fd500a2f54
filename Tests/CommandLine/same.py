"""Builds each system again and again, wherever and whenever: the files must be the same, byte for byte.

    python same.py OUTPUTS DROID [RUNS]

OUTPUTS is the folder that Tests/run built into, which has the first build of each; RUNS, 100 unless told, are shared among the
systems. Each run has another place, another way to name the droidfile, another language, time zone and home. The list of
files with their hashes that a build leaves behind is what is compared. Ends with 1 if one differs.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS, DROID = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
RUNS = int(sys.argv[3]) if len(sys.argv) > 3 else 100
LANGUAGES = ["C", "C.UTF-8", "POSIX", "en_US.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8", "ja_JP.UTF-8", "no_SUCH"]
ZONES = ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago", ":/no/such/zone"]


def build(source: Path, place: Path, chance: random.Random) -> str:
    working = chance.choice([ROOT, source.parent, place.parent])
    named = source if chance.random() < 0.5 else Path(os.path.relpath(source, working))
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(place.parent), "TZ": chance.choice(ZONES), "LC_ALL": chance.choice(LANGUAGES),
        "COLUMNS": str(chance.randint(20, 200)), "USER": chance.choice(["root", "someone"]),
    }  # fmt: skip
    subprocess.run([DROID, "build", named, "-o", place], cwd=working, env=environment, check=True, capture_output=True)
    return (place / ".droid-manifest").read_text()


def main() -> int:
    sources = [*(ROOT / "examples").iterdir(), *(ROOT / "Tests/Outputs/systems").glob("*.droid")]
    sources = sorted(each for each in sources if (OUTPUTS / each.stem / ".droid-manifest").exists())
    seed = random.randrange(1 << 32)
    chance, different = random.Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="droid-same-") as name:
        for number in range(RUNS):
            source = sources[number % len(sources)]
            manifest = build(source, Path(name) / f"run {number}", chance)
            if manifest != (OUTPUTS / source.stem / ".droid-manifest").read_text():
                different += 1
                print(f"run {number} of {source.stem} wrote other files; seed {seed}")
    print(f"{RUNS - different} passed, {different} failed: builds of {len(sources)} systems, seed {seed}")
    return 1 if different or not sources else 0


sys.exit(main())
