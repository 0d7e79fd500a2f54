"""Holds the TextMate grammar to the semantic tokens of `droid lsp`, for what both can know.

    python textmate.py DROID
"""

import sys
from pathlib import Path

from mutants import FILES, ROOT
from semantic_tokens import semantic_tokens
from textmate_tokens import Grammar

# A scope of the grammar, by its beginning, and what the server calls it. The first that fits holds.
SCOPES = {
    "comment": "comment",
    "string": "string",
    "constant.numeric": "number",
    "keyword.operator": "operator",
    "keyword": "keyword",
    "entity.name.type": "type",
}
KINDS = {kind: kind for kind in SCOPES.values()} | dict.fromkeys(["class", "struct", "enum"], "type")


def meaning(scopes: tuple[str, ...]) -> str | None:
    """What both can know of a character."""
    return next((kind for scope in scopes for begin, kind in SCOPES.items() if scope.startswith(begin)), None)


def main() -> int:
    grammar = Grammar(ROOT / "grammar" / "textmate" / "droid.tmLanguage.json")
    compared = disagreements = 0
    for file, tokens in semantic_tokens(Path(sys.argv[1]).resolve(), FILES).items():
        text = file.read_text()
        lines = text.splitlines()
        scopes = grammar.scopes(text)
        rest = {(row, column) for row, line in enumerate(lines) for column, c in enumerate(line) if not c.isspace()}
        spans = [(row, column, length, KINDS.get(kind), kind) for row, column, length, kind in tokens]
        for row, column, length, _, _ in spans:
            rest -= {(row, column + index) for index in range(length)}
        # What is no token of the server's is nothing of these either.
        spans += [(row, column, 1, None, "nothing") for row, column in sorted(rest)]
        for row, column, length, theirs, kind in spans:
            cells = range(column, column + length)
            ours = {meaning(scopes[row][cell]) for cell in cells if not lines[row][cell].isspace()}
            compared += theirs is not None
            if ours != {theirs}:
                disagreements += 1
                word = lines[row][column : column + length]
                print(f"FAIL  {file.relative_to(ROOT)}:{row + 1}:{column + 1} {word!r}: droid lsp {kind}, TextMate {ours}")
    print(f"{compared} tokens of {len(FILES)} files: {disagreements} disagreements between TextMate and droid lsp")
    return 1 if disagreements else 0


sys.exit(main())
