"""Whether an answer is what a case, and the page of behaviour, say. A difference is a sentence."""

import re
from http import HTTPStatus
from typing import Any

from answers import Answer

# What holds for each answer, whatever is asked.
SECURITY = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "server": None,
    "x-powered-by": None,
}
PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}
PROBLEM = "application/problem+json"


def differences(answer: Answer, expected: dict[str, Any]) -> list[str]:
    found: list[str] = []
    status = expected.get("status")
    if status is None and "errors" in expected:
        status = 422
    if status is not None and answer.status != status:
        return [f"status {answer.status}, and not {status}"]
    headers = dict(expected.get("headers", {}))
    if expected.get("general", True):
        headers = {**SECURITY, "x-request-id": "/^[A-Za-z0-9._:/+=-]{1,128}$/", **headers}
        found += of_form(answer)
    for name, value in headers.items():
        if problem := of_text(answer.headers.get(name.lower()), value):
            found.append(f"header {name}: {problem}")
    if "raw" in expected and answer.text != expected["raw"]:
        found.append(f"the content is {answer.text!r}, and not {expected['raw']!r}")
    if "matches" in expected and not re.search(expected["matches"], answer.text):
        found.append(f"the content does not match {expected['matches']!r}")
    if "lacks" in expected and expected["lacks"] in answer.text:
        found.append(f"the content has {expected['lacks']!r}")
    if {"body", "has", "errors"} & set(expected):
        try:
            content = answer.json
        except ValueError:
            return [*found, "the content is no JSON"]
        if "body" in expected:
            found += unequal(content, expected["body"], "")
        if "has" in expected:
            found += unequal(content, expected["has"], "", subset=True)
        if "errors" in expected:
            found += of_errors(content, expected["errors"])
    if answer.seconds < expected.get("at-least", 0):
        found.append(f"it took {answer.seconds:.3f} s, and not at least {expected['at-least']} s")
    return found


def of_form(answer: Answer) -> list[str]:
    """What every answer of a generated service has in common."""
    found: list[str] = []
    type_ = answer.headers.get("content-type")
    length = answer.headers.get("content-length")
    if answer.status in (204, 304):
        return ["it has a content"] if answer.content else []
    if answer.method == "HEAD":
        return found
    if length is not None and int(length) != len(answer.content):
        found.append(f"Content-Length is {length}, and {len(answer.content)} bytes came")
    if answer.status < 400:
        if answer.content and type_ != "application/json":
            found.append(f"Content-Type is {type_}, and not application/json")
        return found
    if type_ != PROBLEM:
        return [*found, f"Content-Type is {type_}, and not {PROBLEM}"]
    problem = answer.json
    if problem.get("status") != answer.status:
        found.append(f"the problem's status is {problem.get('status')}")
    if problem.get("type") == "about:blank":
        phrase = PHRASES.get(answer.status) or HTTPStatus(answer.status).phrase
        if problem.get("title") != phrase:
            found.append(f"the title is {problem.get('title')!r}, and not {phrase!r}")
    elif not str(problem.get("type")).startswith("urn:problem-type:"):
        found.append(f"the problem's type is {problem.get('type')!r}")
    if None in problem.values():
        found.append("the problem has a null")
    if answer.status == 500 and problem.get("detail"):
        found.append("a 500 gives a reason")
    return found


def of_errors(content: Any, expected: list[str]) -> list[str]:
    """The places of a 422: a pointer begins with `#`, a parameter is a name."""
    errors = content.get("errors") if isinstance(content, dict) else None
    if not isinstance(errors, list):
        return ["the problem has no errors"]
    places = sorted(str(error.get("pointer", error.get("parameter"))) for error in errors)
    found = [] if places == sorted(expected) else [f"the errors are of {places}, and not of {sorted(expected)}"]
    for error in errors:
        if not error.get("detail") or len(error) != 2:
            found.append(f"an error is not of the form detail and pointer or parameter: {error}")
        if str(error.get("pointer", "#"))[:1] != "#":
            found.append(f"a pointer does not begin with #: {error}")
    return found


def of_text(actual: str | None, expected: str | int | None) -> str | None:
    """Equal, or found by `/a pattern/`, or absent where null is expected."""
    if expected is None:
        return None if actual is None else f"is {actual!r}, and should not be there"
    if actual is None:
        return "is missing"
    text = str(expected)
    if len(text) > 1 and text[0] == text[-1] == "/":
        return None if re.search(text[1:-1], actual) else f"is {actual!r}, which {text} does not match"
    return None if actual == text else f"is {actual!r}, and not {text!r}"


def unequal(actual: Any, expected: Any, place: str, *, subset: bool = False) -> list[str]:
    """Where two values of JSON differ; with `subset`, objects may have more fields than expected."""
    where = place or "the content"
    if isinstance(expected, str) and len(expected) > 2 and expected[0] == expected[-1] == "/" and isinstance(actual, str):
        return [] if re.search(expected[1:-1], actual) else [f"{where} is {actual!r}, which {expected} does not match"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = [f"{where} has no {name!r}" for name in expected if name not in actual and expected[name] is not None]
        if not subset:
            found += [f"{where} has {name!r} too: {actual[name]!r}" for name in actual if name not in expected]
        for name in expected:
            if name in actual:
                found += unequal(actual[name], expected[name], f"{place}/{name}", subset=subset)
        return found
    if isinstance(expected, list) and isinstance(actual, list) and len(actual) == len(expected):
        pairs = enumerate(zip(actual, expected, strict=True))
        return [each for index, (a, e) in pairs for each in unequal(a, e, f"{place}/{index}", subset=subset)]
    # A whole number is a Float, but 1.0 is not how an Int is written.
    types = (type(actual), type(expected))
    alike = types[0] is types[1] or types == (int, float)
    return [] if alike and actual == expected else [f"{where} is {actual!r}, and not {expected!r}"]
