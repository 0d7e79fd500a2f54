"""Talks to `droid lsp` as an editor does, and holds every message that it sends against the model of the protocol.

    python protocol.py DROID

The model is Microsoft's, as the package `lsprotocol` carries it. Prints a line for each check and ends with 1 if one failed.
"""

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lsprotocol import converters, types

DROID = Path(sys.argv[1]).resolve()
ROOT = Path(__file__).resolve().parents[2]
model = converters.get_converter()
checks = failures = 0


def check(name: str, holds: bool, detail: object = "") -> None:
    global checks, failures
    checks += 1
    failures += not holds
    print(f"{'ok' if holds else 'FAIL':4}  {name}" + ("" if holds else f"\n      {detail}"), flush=True)


class Client:
    """A client over standard input and output, or over what a process was given in their place."""

    def __init__(self, ends: tuple[Any, Any, Any] | None = None, **capabilities: Any) -> None:
        if ends is None:
            process = subprocess.Popen([DROID, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            ends = (process, process.stdin, process.stdout)
        self.process, self.input, self.output = ends
        self.next = 0
        self.notifications: list[dict[str, Any]] = []
        self.initialized = self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self.tell("initialized", {})

    def write(self, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode()
        self.input.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.input.flush()

    def read(self) -> dict[str, Any]:
        length = 0
        while (line := self.output.readline()) != b"\r\n":
            if not line:
                raise EOFError
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(self.output.read(length))
        return message

    def tell(self, method: str, parameters: Any) -> None:
        self.write({"jsonrpc": "2.0", "method": method, "params": parameters})

    def ask(self, method: str, parameters: Any) -> Any:
        self.next += 1
        self.write({"jsonrpc": "2.0", "id": self.next, "method": method, "params": parameters})
        while True:
            message = self.read()
            if message.get("id") == self.next and "method" not in message:
                kind = types.METHOD_TO_TYPES[method][1]
                model.structure(message, types.ResponseErrorMessage if "error" in message else kind)
                return message.get("result", message.get("error"))
            self.take(message)

    def take(self, message: dict[str, Any]) -> None:
        model.structure(message, types.METHOD_TO_TYPES[message["method"]][0])
        if "id" in message:
            self.write({"jsonrpc": "2.0", "id": message["id"], "result": None})
        else:
            self.notifications.append(message)

    def findings(self, uri: str) -> list[dict[str, Any]]:
        """What is pushed next for a file."""
        while True:
            for index, message in enumerate(self.notifications):
                if message["method"] == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                    del self.notifications[: index + 1]
                    found: list[dict[str, Any]] = message["params"]["diagnostics"]
                    return found
            self.take(self.read())

    def open(self, path: Path, text: str | None = None) -> str:
        item = {"uri": path.as_uri(), "languageId": "droid", "version": 1, "text": text or path.read_text()}
        self.tell("textDocument/didOpen", {"textDocument": item})
        return path.as_uri()


def place(text: str, words: str) -> dict[str, int]:
    before = text[: text.index(words)]
    return {"line": before.count("\n"), "character": len(before) - (before.rfind("\n") + 1)}


def everything() -> None:
    path = ROOT / "examples" / "shop" / "shop.droid"
    text = path.read_text()
    client = Client(general={"positionEncodings": ["utf-16"]})
    uri = client.open(path)
    check("the shop has no findings", client.findings(uri) == [])
    document = {"textDocument": {"uri": uri}}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": text.count("\n"), "character": 0}}
    at = document | {"position": place(text, "orders.placed -> shipping")}
    for method in (
        "hover", "completion", "definition", "declaration", "typeDefinition", "documentHighlight", "prepareRename",
        "signatureHelp", "linkedEditingRange",
    ):  # fmt: skip
        answer = client.ask(f"textDocument/{method}", at)
        check(method, answer is not None or method in ("signatureHelp", "typeDefinition", "linkedEditingRange"), answer)
    for method in ("documentSymbol", "foldingRange", "documentLink", "codeLens", "diagnostic", "semanticTokens/full"):
        check(method, client.ask(f"textDocument/{method}", document) is not None)
    options = {"options": {"tabSize": 2, "insertSpaces": True}}
    check("formatting of what is formatted", client.ask("textDocument/formatting", document | options) == [])
    check("rangeFormatting", client.ask("textDocument/rangeFormatting", document | options | {"range": whole}) == [])
    typed = at | options | {"ch": "\n"}
    check("onTypeFormatting of what is in its place", client.ask("textDocument/onTypeFormatting", typed) == [])
    check("references", len(client.ask("textDocument/references", at | {"context": {"includeDeclaration": True}})) > 3)
    check("rename", bool(client.ask("textDocument/rename", at | {"newName": "sales"})["changes"][uri]))
    check("a rename to what is no name is refused", client.ask("textDocument/rename", at | {"newName": "1"})["code"] == -32803)
    check("inlayHint", bool(client.ask("textDocument/inlayHint", document | {"range": whole})))
    check("semanticTokens/range", bool(client.ask("textDocument/semanticTokens/range", document | {"range": whole})["data"]))
    check("selectionRange", bool(client.ask("textDocument/selectionRange", document | {"positions": [at["position"]]})))
    check("workspace/symbol", bool(client.ask("workspace/symbol", {"query": "ord"})))
    items = client.ask("textDocument/prepareCallHierarchy", at)
    check("callHierarchy", bool(client.ask("callHierarchy/incomingCalls", {"item": items[0]})))
    client.ask("callHierarchy/outgoingCalls", {"item": items[0]})
    action = document | {"range": whole, "context": {"diagnostics": []}}
    check("codeAction", client.ask("textDocument/codeAction", action) == [])
    check("workspace/diagnostic", bool(client.ask("workspace/diagnostic", {"previousResultIds": []})["items"]))
    client.ask("shutdown", None)
    client.tell("exit", None)
    check("shutdown and exit end it with 0", client.process.wait(10) == 0)


def several_files() -> None:
    """What one file declares another one uses, on the disk and in the editor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        types_file, system = folder / "types.droid", folder / "shop.droid"
        types_file.write_text("droid 1\nsystem shop\ntype Order { key id: UUID }\n")
        system.write_text('droid 1\nsystem shop\ncomponent orders: Service { language = go  in api: REST { resource Order "/orders" } }\n')
        client = Client()
        uri = client.open(system)
        check("a file sees the others of its folder", client.findings(uri) == [])
        at = {"textDocument": {"uri": uri}, "position": place(system.read_text(), "Order ")}
        found = client.ask("textDocument/definition", at)
        check("a definition in another file", found["uri"] == types_file.as_uri(), found)
        edit = client.ask("textDocument/rename", at | {"newName": "Purchase"})
        check("a rename over both files", sorted(edit["changes"]) == sorted([uri, types_file.as_uri()]), edit)
        component = at | {"position": place(system.read_text(), "orders")}
        check("what is not built yet", client.ask("textDocument/implementation", component) == [])
        subprocess.run([DROID, "build", folder], check=True, capture_output=True)
        built = client.ask("textDocument/implementation", component)
        out = folder / "out"
        files = [out / "services" / "orders" / "src" / "service.go", out / "kubernetes" / "base" / "orders.yaml"]
        check("what was built of a component", [each["uri"] for each in built] == [each.as_uri() for each in files], built)
        other = client.open(types_file, "droid 1\nsystem shop\ntype Ordr { key id: UUID }\n")
        found_codes = [each["code"] for each in client.findings(uri)]
        check("what is typed in one file is seen in the other", found_codes == ["unknown-type"], found_codes)
        client.tell("textDocument/didClose", {"textDocument": {"uri": other}})
        check("a closed file counts as it is on the disk", client.findings(uri) == [])
        types_file.unlink()
        client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": types_file.as_uri(), "type": 3}]})
        found_codes = [each["code"] for each in client.findings(uri)]
        check("a file that was deleted is missed", found_codes == ["unknown-type"], found_codes)
        client.input.close()
        check("a client that disappears leaves no orphan", client.process.wait(10) == 1)


def over_a_socket() -> None:
    """The client listens, the server comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = subprocess.Popen([DROID, "lsp", "--socket", str(port)], stdin=subprocess.DEVNULL)
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            client = Client((process, stream, stream))
            check("over a socket", "capabilities" in client.initialized)
            client.ask("shutdown", None)
            client.tell("exit", None)
            check("and it ends there, too", process.wait(10) == 0)
    nobody = subprocess.run([DROID, "lsp", "--socket", str(port)], check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    check("where nobody listens it says so", nobody.returncode == 2 and "nobody listens" in nobody.stderr, nobody.stderr)


def bad_input() -> None:
    client = Client()
    client.input.write(b"Content-Length: 5\r\n\r\n{...}Wrong: 1\r\n\r\n")
    client.input.flush()
    codes = []
    while len(codes) < 2:
        message = client.read()
        if "error" in message:
            codes.append(message["error"]["code"])
    check("what is no message is refused, and the server lives on", codes == [-32700, -32700], codes)
    check("an unknown request", client_error(client, "workspace/noSuchThing") == -32601)
    uri = {"textDocument": {"uri": "file:///no/such/%zz.droid"}, "position": {"line": 0, "character": 0}}
    check("a URI that is none", client.ask("textDocument/hover", uri)["code"] in (-32602, -32803))
    check("parameters that are none", client.ask("textDocument/hover", {})["code"] == -32602)
    client.tell("textDocument/didChange", {"textDocument": {"uri": "file:///a.droid", "version": 3}, "contentChanges": []})
    client.ask("shutdown", None)
    client.tell("exit", None)
    check("it still ends well", client.process.wait(10) == 0)


def client_error(client: Client, method: str) -> int:
    client.write({"jsonrpc": "2.0", "id": "x", "method": method, "params": {}})
    while True:
        message = client.read()
        if message.get("id") == "x":
            return int(message["error"]["code"])


everything()
several_files()
over_a_socket()
bad_input()
print(f"{checks - failures} passed, {failures} failed")
sys.exit(1 if failures else 0)
