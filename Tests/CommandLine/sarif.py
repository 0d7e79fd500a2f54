"""Holds the SARIF that `droid check` writes to the schema of SARIF 2.1.0: sarif.py DROID."""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

SOURCES = {
    "good": 'droid 1\nsystem s\ncomponent a: Service { language = python  in api: REST { get "/" list() -> String } }\n',
    "bad names": 'droid 1\nsystem s\ncomponent orders: Service { language = python }\nconnect orders -> order\n',
    "units": "droid 1\nsystem s\ncomponent a: Service { language = python  cpu = 250m  memory = 12 }\n",
    "unclosed": "droid 1\nsystem s\ncomponent a: Service {\ncomponent b: Service {\n",
    "import é": 'droid 1\nsystem s\nimport "./nope" as a\nimport "github.com/a/b@1" as c\n',
    "yaml": "apiVersion: apps/v1\nkind: Deployment\n",
    "empty": "",
}


def main() -> int:
    schema = json.loads((pathlib.Path(__file__).parent / "sarif-2.1.0.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, source in SOURCES.items():
            file = pathlib.Path(folder) / f"{name}.droid"
            file.write_text(source)
            done = subprocess.run([sys.argv[1], "check", file, "--format", "sarif"], capture_output=True, timeout=60)
            document = json.loads(done.stdout)
            results = document["runs"][0]["results"]
            if (name == "good") != (not results) or done.returncode != (1 if results else 0):
                print(f"{name}: {len(results)} results, exit {done.returncode}")
                wrong += 1
            for error in validator.iter_errors(document):
                print(f"{name}: {error.json_path}: {error.message}")
                wrong += 1
    print(f"{len(SOURCES)} documents, {wrong} findings")
    return 1 if wrong else 0


sys.exit(main())
