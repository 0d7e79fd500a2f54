"""Holds the grammar for tree-sitter to the parser of `droid`.

    python tree_sitter.py DROID BIN [SEED]

No file of ours has an error, and of 1,000 mutants exactly those have one in which `droid check` finds an error of syntax.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mutants import FILES, ROOT, mutants

DROID, BIN = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else time.time_ns() % 1_000_000
GRAMMAR = ROOT / "grammar" / "tree-sitter"
COUNT = 1000


def has_error(library: Path, paths: list[Path]) -> dict[Path, bool]:
    """Whether the tree of tree-sitter has an error."""
    listed = library.with_name("paths")
    listed.write_text("".join(f"{path}\n" for path in paths))
    options: list[str | Path] = ["-q", "--json-summary", "-l", library, "--lang-name", "droid", "--paths", listed]
    command: list[str | Path] = [BIN / "tree-sitter", "parse", *options]
    output = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=GRAMMAR).stdout
    # Before the summaries stands a line for each file with an error.
    summaries = json.loads(output[output.index(b'{\n  "parse_summaries"') :])["parse_summaries"]
    result = {Path(summary["file"]): not summary["successful"] for summary in summaries}
    assert set(result) == set(paths), "tree-sitter has not parsed every file"
    return result


def syntax_codes() -> set[str]:
    """The codes that the parser reports."""
    catalogue = (ROOT / "Sources/DroidSyntax/DiagnosticCode.swift").read_text()
    syntax = catalogue[catalogue.index("// Bytes and tokens.") : catalogue.index("// Files and folders.")]
    return {explicit or name for name, explicit in re.findall(r'case (\w+)(?: = "([^"]+)")?', syntax)}


# Two errors of the checker bear codes of the parser.
OF_THE_CHECKER = re.compile("`Events` needs the type|`.*` is a port of a template, and stands for nothing")


def main() -> int:
    failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = folder / "droid.so"
        subprocess.run([BIN / "tree-sitter", "build", "-o", library], cwd=GRAMMAR, check=True, stderr=subprocess.DEVNULL)

        for path, errs in has_error(library, FILES).items():
            if errs:
                failures += 1
                print(f"FAIL  {path.relative_to(ROOT)} has an error")
        print(f"{len(FILES) - failures} of {len(FILES)} of our files have no error")

        changed = mutants(SEED, COUNT)
        paths = []
        for number, (_, text) in enumerate(changed):
            paths.append(folder / str(number) / "mutant.droid")
            paths[-1].parent.mkdir()
            paths[-1].write_bytes(text)
        ours = has_error(library, paths)
        codes = syntax_codes()
        theirs: dict[Path, str] = {}
        for start in range(0, COUNT, 50):
            command: list[str | Path] = [DROID, "check", "--format", "json", *(path.parent for path in paths[start : start + 50])]
            for finding in json.loads(subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout):
                if finding["code"] in codes and not OF_THE_CHECKER.match(finding["message"]):
                    theirs.setdefault(Path(finding["primary"]["file"]), f"{finding['code']}: {finding['message']}")
        assert theirs.keys() <= set(paths)
        differing = [index for index, path in enumerate(paths) if ours[path] != (path in theirs)]
        for index in differing:
            said = theirs.get(paths[index], "no error")
            print(f"FAIL  {changed[index][0]}\n      droid: {said}; tree-sitter: {'an error' if ours[paths[index]] else 'no error'}")
        print(f"seed {SEED}: {len(theirs)} of {COUNT} mutants have an error of syntax; agreement on {COUNT - len(differing)} of {COUNT}")
    return 1 if failures or differing else 0


sys.exit(main())
