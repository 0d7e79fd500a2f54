"""A small tokenizer of TextMate grammars, over the regular expressions that editors use: begin and end, match, captures, includes."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import onigurumacffi

Rule = dict[str, Any]
compiled = cache(onigurumacffi.compile)


def paint(scopes: list[tuple[str, ...]], start: int, end: int, name: str | None) -> None:
    if name:
        for index in range(start, end):
            scopes[index] += (name,)


class Grammar:
    def __init__(self, path: Path) -> None:
        self.root: Rule = json.loads(path.read_text())

    def expand(self, rules: list[Rule]) -> Iterator[Rule]:
        """The rules that match something, in their order."""
        for rule in rules:
            if "include" in rule:
                yield from self.expand([self.root["repository"][rule["include"].removeprefix("#")]])
            elif "match" in rule or "begin" in rule:
                yield rule
            else:
                yield from self.expand(rule["patterns"])

    def scopes(self, text: str) -> list[list[tuple[str, ...]]]:
        """For each line the scopes of each of its characters, the outermost first."""
        stack: list[Rule] = []
        result = []
        for line in text.splitlines(keepends=True):
            scopes: list[tuple[str, ...]] = [()] * len(line)
            position = 0
            while position <= len(line):
                inside = stack[-1] if stack else self.root
                found: tuple[Any, Rule] | None = None
                for rule in self.expand(inside.get("patterns", [])):
                    start = compiled(rule.get("match") or rule["begin"]).search(line, position)
                    if start and (found is None or start.start() < found[0].start()):
                        found = start, rule
                # An end wins over what begins at its place.
                end = compiled(inside["end"]).search(line, position) if stack else None
                ends = end is not None and (found is None or end.start() <= found[0].start())
                hit = (end, inside) if ends else found
                until = hit[0].end() if hit else len(line)
                for outer in stack:
                    paint(scopes, position, until, outer.get("name"))
                if hit is None:
                    break
                match, rule = hit
                if ends:
                    stack.pop()
                else:
                    paint(scopes, match.start(), match.end(), rule.get("name"))
                    for number, capture in rule.get("captures", rule.get("beginCaptures", {})).items():
                        paint(scopes, match.start(int(number)), match.end(int(number)), capture["name"])
                    if "begin" in rule:
                        stack.append(rule)
                    elif until == position:
                        until += 1
                position = until
            result.append(scopes)
        return result
