"""Go modules out of Debian's source packages, so that a service's own go.mod stays as a user would write it.

    go-modules.py prepare MODULES            makes a module of every root in an unpacked gocode/src
    go-modules.py work MODULES FILE SERVICE  writes FILE, a go.work over the service and all modules

A module of Debian's has no versions to ask for and none to give: in a workspace, what stands in it is what is used.
"""

import os
import re
import shutil
import sys
from pathlib import Path

# Folders that hold no code of the module that others import.
APART = {"testdata", "examples", "example", "fuzz"}


def declared(go_mod: Path) -> tuple[str, str]:
    """The name of a module, and the language that it is written in."""
    text = go_mod.read_text()
    name = re.search(r'^module\s+"?([^\s"]+)', text, re.MULTILINE)
    language = re.search(r"^go\s+(\S+)", text, re.MULTILINE)
    return name[1] if name else "", language[1] if language else "1.16"


def copy_linked_folders(modules: Path) -> None:
    """Debian links one import path to another; a module has a folder of its own, and its own name."""
    links = [path for path in modules.rglob("*") if path.is_symlink() and path.is_dir()]
    for link in links:
        target = link.resolve()
        link.unlink()
        # Old spellings of modules that are there under their own.
        if link.relative_to(modules).parts[0] == "code.google.com" or link.parent.name in {"Sirupsen", "uber-go"}:
            continue
        shutil.copytree(target, link)
        (link / "go.mod").unlink(missing_ok=True)


def root_of(place: Path) -> Path:
    """Where the module of a package begins whose package has no go.mod."""
    parts = place.parts
    short = parts[0] in {"go.uber.org", "go.opencensus.io"} or (parts[0] == "gopkg.in" and ".v" in parts[1])
    return Path(*parts[: 2 if short else 3])


def prepare(modules: Path) -> None:
    copy_linked_folders(modules)
    found: dict[str, tuple[Path, str]] = {}
    roots: set[Path] = set()
    for name, folders, files in os.walk(modules):
        place = Path(name).relative_to(modules)
        folders[:] = sorted(
            folder
            for folder in folders
            if folder[0] not in "._" and folder not in APART and not (place.name == "internal" and folder == "tools")
        )
        if "go.mod" in files:
            module, language = declared(modules / place / "go.mod")
            if module == str(place) or re.fullmatch(re.escape(str(place)) + r"/v\d+", module):
                found[module] = (place, language)
                roots.add(place)
                continue
        if any(file.endswith(".go") for file in files) and not roots.intersection([place, *place.parents]):
            root = root_of(place)
            found[str(root)] = (root, "1.16")
            roots.add(root)
    for module, (place, language) in found.items():
        (modules / place / "go.mod").write_text(f"module {module}\n\ngo {language}\n")
        (modules / place / "go.sum").unlink(missing_ok=True)
    rows = sorted((str(place), language) for place, language in found.values())
    (modules / "modules.txt").write_text("".join(f"{place} {language}\n" for place, language in rows))


def work(modules: Path, file: Path, service: Path) -> None:
    rows = [line.split() for line in (modules / "modules.txt").read_text().splitlines()]
    languages = [declared(service / "go.mod")[1], *(language for _, language in rows)]
    newest = max(languages, key=lambda language: [int(part) for part in re.findall(r"\d+", language)])
    folders = [service.resolve(), *((modules / place).resolve() for place, _ in rows)]
    file.parent.mkdir(exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(f"go {newest}\n\nuse (\n" + "".join(f"\t{folder}\n" for folder in folders) + ")\n")
    draft.replace(file)


if sys.argv[1] == "prepare":
    prepare(Path(sys.argv[2]))
else:
    work(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
