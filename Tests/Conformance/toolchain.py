"""How a generated service of each language is prepared and started, with the tools of BIN."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LANGUAGES = ("python", "typescript", "go")


class Unprepared(Exception):
    """A service cannot be made ready to run; the message is what its tools say."""


@dataclass(frozen=True)
class Prepared:
    folder: Path
    command: list[str]
    environment: dict[str, str]
    not_generated: str


def environment(bin_folder: Path) -> dict[str, str]:
    """What every program of a test gets: nothing of the machine's settings."""
    path = f"{bin_folder}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    return {"PATH": path, "HOME": str(bin_folder.parent), "LC_ALL": "C.UTF-8", "TZ": "America/New_York"}


def run(command: list[str | Path], folder: Path, bin_folder: Path, what: str) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment(bin_folder), capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode != 0:
        raise Unprepared(f"{what} failed:\n{(done.stdout + done.stderr)[-6000:]}")
    return done.stdout


def prepare(language: str, system: str, droid: Path, bin_folder: Path, scratch: Path, changes: dict[str, str]) -> Prepared:
    """Build a system for a language, put the user's code in its place and make the service ready to start."""
    text = (HERE / "systems" / f"{system}.droid").read_text().replace("language = python", f"language = {language}")
    for old, new in changes.items():
        text = text.replace(old, new)
    name = "-".join([system, *(change.split(": ")[-1].lower() for change in changes.values() if "component" in change)])
    folder = scratch / language / name
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{system}.droid"
    source.write_text(text)
    said = run([droid, "build", source, "-o", folder / "out"], folder, bin_folder, f"droid build {system}.droid")
    service = folder / "out" / "services" / system
    if not service.is_dir():
        raise Unprepared(f"droid has printed no service for language = {language}:\n{said}")
    copy_user_code(language, system, service)
    command, extra = PREPARATIONS[language](service, system, bin_folder)
    missing = "".join(line for line in said.splitlines() if line.startswith("not generated yet"))
    return Prepared(service, command, extra, missing)


def copy_user_code(language: str, system: str, service: Path) -> None:
    """Over what droid has scaffolded; a file that is as it was stays, so that compilers have less to do."""
    written = HERE / "users" / language / system
    if not written.is_dir():
        raise Unprepared(f"there is no code of a user's for {system} in {language}")
    for file in sorted(written.rglob("*")):
        target = service / "src" / file.relative_to(written)
        if file.is_file() and (not target.exists() or target.read_bytes() != file.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def prepare_python(service: Path, system: str, bin_folder: Path) -> tuple[list[str], dict[str, str]]:
    [package] = [path.name for path in (service / "gen").iterdir() if (path / "__main__.py").exists()]
    return [str(bin_folder / "python"), "-m", package], {"PYTHONPATH": "gen:src", "PYTHONDONTWRITEBYTECODE": "1"}


def prepare_typescript(service: Path, system: str, bin_folder: Path) -> tuple[list[str], dict[str, str]]:
    modules = service / "node_modules"
    if not modules.is_symlink():
        modules.symlink_to(bin_folder.parent / "node" / "node_modules")
    run([bin_folder / "tsc", "--incremental"], service, bin_folder, f"tsc of {system}")
    main = next((path for path in ("dist/gen/main.js", "dist/main.js") if (service / path).exists()), "dist/gen/main.js")
    return ["node", "--enable-source-maps", main], {}


def prepare_go(service: Path, system: str, bin_folder: Path) -> tuple[list[str], dict[str, str]]:
    mains = [path.parent for path in service.rglob("main.go")]
    if not mains:
        raise Unprepared(f"{system} has no main.go")
    run([bin_folder / "go", "build", "-o", "service", f"./{mains[0].relative_to(service)}"], service, bin_folder, f"go build of {system}")
    return [str(service / "service")], {}


PREPARATIONS: dict[str, Callable[[Path, str, Path], tuple[list[str], dict[str, str]]]] = {
    "python": prepare_python,
    "typescript": prepare_typescript,
    "go": prepare_go,
}
