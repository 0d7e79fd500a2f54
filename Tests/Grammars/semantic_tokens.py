"""What `droid lsp` says each token of a file is."""

import json
import subprocess
from pathlib import Path
from typing import Any


def semantic_tokens(droid: Path, files: list[Path]) -> dict[Path, list[tuple[int, int, int, str]]]:
    """For each file its tokens: line, column and length in characters, and the name of the type."""
    server = subprocess.Popen([droid, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    to, back = server.stdin, server.stdout
    assert to and back
    last = 0

    def write(**message: Any) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        to.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        to.flush()

    def ask(method: str, parameters: Any) -> Any:
        nonlocal last
        last += 1
        write(id=last, method=method, params=parameters)
        while True:
            length = 0
            while (line := back.readline().strip()):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            message = json.loads(back.read(length))
            if message.get("id") == last and "method" not in message:
                return message["result"]
            if "id" in message:
                write(id=message["id"], result=None)

    general = {"positionEncodings": ["utf-32"]}
    capabilities = ask("initialize", {"processId": None, "rootUri": None, "capabilities": {"general": general}})["capabilities"]
    assert capabilities["positionEncoding"] == "utf-32"
    legend = capabilities["semanticTokensProvider"]["legend"]["tokenTypes"]
    write(method="initialized", params={})
    result = {}
    for file in files:
        document = {"uri": file.resolve().as_uri(), "languageId": "droid", "version": 1, "text": file.read_text()}
        write(method="textDocument/didOpen", params={"textDocument": document})
        data = ask("textDocument/semanticTokens/full", {"textDocument": {"uri": document["uri"]}})["data"]
        line = column = 0
        tokens = []
        for index in range(0, len(data), 5):
            down, right, length, kind, _ = data[index : index + 5]
            line, column = line + down, right if down else column + right
            tokens.append((line, column, length, legend[kind]))
        result[file] = tokens
    ask("shutdown", None)
    write(method="exit")
    server.wait(timeout=60)
    return result
