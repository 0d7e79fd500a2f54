"""Mutants of our own droidfiles: a token deleted, written twice, or swapped with its neighbour."""

import random
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*ROOT.glob("examples/*/*.droid"), *ROOT.glob("stdlib/*.droid"), *ROOT.glob("Tests/Outputs/systems/*.droid")])

TOKEN = re.compile(
    rb'//[^\n]*|"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|[+-]?\d[\d_]*(?:\.\d[\d_]*)?(?:[A-Za-z%]+(?:/[a-z])?|/[a-z])?'
    rb"|[A-Za-z](?:[A-Za-z0-9]|[-_][A-Za-z0-9])*|->|\.\.|[<>=!]=|\S",
    re.DOTALL,
)


def mutant(text: bytes, source: random.Random) -> tuple[str, bytes]:
    """What was done, and the text after it."""
    tokens = [match.span() for match in TOKEN.finditer(text) if not re.match(rb"//(?!/(?!/))", match.group())]
    index = source.randrange(len(tokens) - 1)
    (start, end), (second, last) = tokens[index], tokens[index + 1]
    line = text.count(b"\n", 0, start) + 1
    match source.choice(["deleted", "doubled", "swapped"]):
        case "deleted":
            done, result = "deleted", text[:start] + text[end:]
        case "doubled":
            gap = b"\n" if text[start:end].startswith(b"//") else b" "
            done, result = "written twice", text[:end] + gap + text[start:]
        case _:
            done, result = "swapped with the next", text[:start] + text[second:last] + text[end:second] + text[start:end] + text[last:]
    return f"{text[start:end].decode()!r} on line {line} {done}", result


def mutants(seed: int, count: int) -> list[tuple[str, bytes]]:
    """As many from all files; the same ones for the same seed."""
    source = random.Random(seed)
    texts = [(path.relative_to(ROOT), path.read_bytes()) for path in FILES]
    result = []
    for _ in range(count):
        path, text = source.choice(texts)
        what, changed = mutant(text, source)
        result.append((f"{path}: {what}", changed))
    return result
