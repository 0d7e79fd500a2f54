"""Checks the schemas that `droid build` wrote for ports of GraphQL, with the reference implementation's port to Python: each is
a valid schema of the October 2021 specification, and can be asked about itself.

    python graphql_schema.py OUT BIN

Prints a line for each check and ends with 1 if one failed.
"""

import sys
from pathlib import Path

from graphql import GraphQLError, build_schema, introspection_from_schema, validate_schema

failures = 0


def check(name: str, problems: list[str]) -> None:
    global failures
    failures += bool(problems)
    print(f"{'FAIL' if problems else 'ok':4}  {name}" + "".join(f"\n      {problem}" for problem in problems))


def problems(text: str) -> list[str]:
    try:
        schema = build_schema(text)
        introspection_from_schema(schema)
    except (GraphQLError, TypeError) as error:
        return [str(error)]
    return [str(error) for error in validate_schema(schema)]


files = sorted((Path(sys.argv[1]) / "graphql").glob("*.graphql"))
check("there are schemas", [] if files else ["no file is called *.graphql"])
for file in files:
    check(file.name, problems(file.read_text(encoding="utf-8")))
print(f"{len(files) + 1 - failures} passed, {failures} failed")
sys.exit(failures > 0)
