"""Those whom a service asks: an upstream that does what a case tells it to, and an issuer of tokens with real keys."""

import base64
import hashlib
import hmac
import json
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


class Double:
    """A server on a port of its own, in threads."""

    def __init__(self) -> None:
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self) -> None:
                double.answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = do

            def log_message(self, *_: object) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

        class Server(ThreadingHTTPServer):
            request_queue_size = 100
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        raise NotImplementedError

    @staticmethod
    def send(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], content: bytes) -> None:
        handler.send_response_only(status)
        names = {name.lower() for name in headers}
        if content and "content-type" not in names:
            handler.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            handler.send_header(name, str(value))
        if "content-length" not in names and status not in (204, 304):
            handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)


class Upstream(Double):
    """Gives the answers of its script one after the other, the last one again and again."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.script: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        super().__init__()

    def play(self, script: list[dict[str, Any]]) -> None:
        with self.lock:
            self.script = list(script)
            self.asked = []

    def read_body(self, handler: BaseHTTPRequestHandler) -> bytes:
        if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        content = b""
        while size := int(handler.rfile.readline().split(b";")[0], 16):
            content += handler.rfile.read(size)
            handler.rfile.readline()
        handler.rfile.readline()
        return content

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        content = self.read_body(handler)
        request = {
            "method": handler.command,
            "path": handler.path,
            "headers": {name.lower(): value for name, value in handler.headers.items()},
            "text": content.decode("utf-8", "replace"),
        }
        with self.lock:
            self.asked.append(request)
            does = self.script[0] if self.script else {"status": 599}
            if len(self.script) > 1:
                self.script.pop(0)
        time.sleep(does.get("delay", 0))
        if "do" in does:
            handler.close_connection = True
            if does["do"] == "reset":
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.shutdown(socket.SHUT_RD)
            handler.connection.close()
            return
        body = json.dumps(does["json"]).encode() if "json" in does else str(does.get("text", "")).encode()
        headers = dict(does.get("headers", {}))
        if does.get("status", 200) >= 400 and "json" in does:
            headers.setdefault("Content-Type", "application/problem+json")
        self.send(handler, does.get("status", 200), headers, body)


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number64(number: int) -> str:
    return url64(number.to_bytes((number.bit_length() + 7) // 8, "big"))


class Issuer(Double):
    """Signs tokens, and tells the keys that they are verified with."""

    def __init__(self) -> None:
        self.rsa = rsa.generate_private_key(65537, 2048)
        self.curves = {"ES256": ec.generate_private_key(ec.SECP256R1()), "ES384": ec.generate_private_key(ec.SECP384R1())}
        self.ed = ed25519.Ed25519PrivateKey.generate()
        self.stranger = rsa.generate_private_key(65537, 2048)
        self.second = rsa.generate_private_key(65537, 2048)
        self.reset()
        super().__init__()

    def reset(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.shows_second = False

    def rsa_key(self, key: rsa.RSAPrivateKey, name: str) -> dict[str, str]:
        numbers = key.public_key().public_numbers()
        return {"kty": "RSA", "kid": name, "use": "sig", "n": number64(numbers.n), "e": number64(numbers.e)}

    def keys(self) -> list[dict[str, str]]:
        keys = [self.rsa_key(self.rsa, "rsa")]
        for algorithm, size, curve in (("ES256", 32, "P-256"), ("ES384", 48, "P-384")):
            point = self.curves[algorithm].public_key().public_numbers()
            x, y = (url64(number.to_bytes(size, "big")) for number in (point.x, point.y))
            keys.append({"kty": "EC", "kid": algorithm.lower(), "use": "sig", "crv": curve, "x": x, "y": y})
        raw = self.ed.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        keys.append({"kty": "OKP", "kid": "eddsa", "use": "sig", "crv": "Ed25519", "x": url64(raw)})
        keys.append({"kty": "oct", "kid": "oct", "use": "sig", "k": url64(b"a" * 32)})
        return keys + ([self.rsa_key(self.second, "second")] if self.shows_second else [])

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        found = {
            "/keys": {"keys": self.keys()},
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
        }.get(handler.path)
        status = self.status if found else 404
        self.send(handler, status, {}, json.dumps(found if status == 200 else {}).encode())

    def token(self, said: dict[str, Any]) -> str:
        """A good token of `ann` for `shop`, but for what is said: claims, `alg`, `kid`, `key`; a claim that is null is left out.
        Times are seconds from now."""
        said = dict(said)
        algorithm = said.pop("alg", "RS256")
        names = {"ES256": "es256", "ES384": "es384", "EdDSA": "eddsa", "HS256": "oct"}
        header = {"alg": algorithm, "typ": "JWT", "kid": said.pop("kid", names.get(algorithm, "rsa"))}
        header = {name: value for name, value in header.items() if value is not None}
        key = said.pop("key", None)
        now = int(time.time())
        claims = {"iss": self.url, "aud": "shop", "sub": "ann", "exp": 300, "iat": 0, **said}
        for name in ("exp", "nbf", "iat"):
            if isinstance(claims.get(name), int):
                claims[name] += now
        claims = {name: value for name, value in claims.items() if value is not None}
        head = f"{url64(json.dumps(header).encode())}.{url64(json.dumps(claims).encode())}"
        return f"{head}.{url64(self.sign(algorithm, key, head.encode()))}"

    def sign(self, algorithm: str, key: str | None, text: bytes) -> bytes:
        digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}.get(algorithm[2:], hashes.SHA256())
        secret = {"stranger": self.stranger, "second": self.second}.get(key or "", self.rsa)
        match algorithm[:2]:
            case "RS":
                return secret.sign(text, padding.PKCS1v15(), digest)
            case "PS":
                return secret.sign(text, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
            case "ES":
                size = 32 if algorithm == "ES256" else 48
                r, s = decode_dss_signature(self.curves[algorithm].sign(text, ec.ECDSA(digest)))
                return r.to_bytes(size, "big") + s.to_bytes(size, "big")
            case "Ed":
                return self.ed.sign(text)
            case "HS" if key == "public":
                pem = self.rsa.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
                return hmac.new(pem, text, hashlib.sha256).digest()
            case "HS":
                return hmac.new(b"a" * 32, text, hashlib.sha256).digest()
        return b""
