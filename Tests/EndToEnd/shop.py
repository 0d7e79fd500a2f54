"""The shop as a whole: `droid up` runs its three services, in three languages, on a real PostgreSQL and a real Redis, with the
user's code that stands beside the example; then each of them is killed, stalled and slowed, and what the droidfile declares
is seen to hold: timeouts, retries, the breaker, recovery, no event lost, no request lost at a shutdown under load.

    python shop.py DROID BIN

Prints a line for each check and ends with 1 if one failed.
"""

import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ed25519
from jwt.algorithms import OKPAlgorithm

DROID = Path(sys.argv[1]).resolve()
BIN = Path(sys.argv[2]).resolve()
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "shop"
failures = 0
checks = 0


class Issuer:
    """Signs tokens, and tells its keys."""

    def __init__(self) -> None:
        self.key = ed25519.Ed25519PrivateKey.generate()
        public = json.loads(OKPAlgorithm.to_jwk(self.key.public_key()))
        document = json.dumps({"keys": [public | {"kid": "test", "alg": "EdDSA"}]}).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(document)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def token(self) -> str:
        claims = {"iss": "https://id.example.com", "aud": "shop", "sub": "ada", "exp": int(time.time()) + 3600}
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": "test"})


class Line:
    """A line between two services that can be made slow: bytes to the callee wait."""

    def __init__(self, port: int) -> None:
        self.target, self.delay = port, 0.0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self.listener.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            for source, sink, waits in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pass, args=(source, sink, waits), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, waits: bool) -> None:
        try:
            while data := source.recv(65536):
                if waits and self.delay:
                    time.sleep(self.delay)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Shop:
    """A running `droid up`."""

    def __init__(self, folder: Path, issuer: Issuer, orders: int) -> None:
        self.folder, self.token = folder, issuer.token()
        self.log = folder / "up.log"
        environment = os.environ | {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "JWT_KEYS": issuer.url,
            "ORDERS_URL": f"http://127.0.0.1:{orders}",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [DROID, "up", "shop"], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def said(self, name: str, pattern: str) -> int:
        """How many lines of a process say so."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return sum(bool(re.search(pattern, line)) for line in lines if line.startswith(name))

    def address(self, name: str) -> int:
        lines = self.log.read_text(encoding="utf-8", errors="replace")
        found = re.findall(rf"^{name} .*is ready at \S+?:(\d+)", lines, re.M)
        return int(found[-1])

    def pid(self, name: str) -> int:
        """The process of a service, or of a store: a child of `droid up`."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                command = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                where = os.readlink(stat.parent / "cwd")
            except (OSError, ValueError):
                continue
            # PostgreSQL does not run as root; then what it keeps is elsewhere. Redis hides its arguments, and goes to its folder.
            is_there = where.endswith((f"/services/{name}", f"/.up/{name}")) or f"/droid-up-{name}-" in command
            if parent == self.process.pid and is_there:
                return int(stat.parent.name)
        raise LookupError(name)

    def checkout(self, key: str | None = None) -> tuple[int, float, Any]:
        """Buy something: the status, the seconds it took, and the answer. Status 0: nobody answered."""
        order = {
            "id": key or str(uuid.uuid4()),
            "customer": "Ada",
            "lines": [{"sku": "tea", "quantity": 2}],
            "total": "12.50",
        }
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.address("web"), timeout=20)
        try:
            headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
            connection.request("POST", "/checkout", json.dumps(order), headers)
            answer = connection.getresponse()
            return answer.status, time.monotonic() - started, json.loads(answer.read() or b"null")
        except (OSError, http.client.HTTPException):
            return 0, time.monotonic() - started, None
        finally:
            connection.close()


def check(name: str, holds: bool, detail: object = "") -> None:
    global failures, checks
    checks += 1
    failures += not holds
    print(f"{'ok' if holds else 'FAIL':4}  {name}" + (f"\n      {detail}" if not holds else ""), flush=True)


def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return True
        except (OSError, LookupError, IndexError):
            pass
        time.sleep(0.2)
    return False


def family(pid: int) -> list[int]:
    """A process, and those that it has started: PostgreSQL has one for each connection."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


@contextmanager
def stalled(pid: int) -> Iterator[None]:
    processes = family(pid)
    for each in processes:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in processes:
            os.kill(each, signal.SIGCONT)


def shipped(shop: Shop, key: str) -> int:
    return shop.said("shipping", f'"shipped".*"{key}"')


def works(shop: Shop) -> None:
    key = str(uuid.uuid4())
    status, _, answer = shop.checkout(key)
    check("a checkout is answered", status == 200 and answer["id"] == key, (status, answer))
    check("shipping heard of it", eventually(lambda: shipped(shop, key) == 1, 20))
    trace = [re.search(rf'"trace_id": ?"(\w+)".*"{key}"', line) for line in shop.log.read_text().splitlines()]
    ids = [match[1] for match in trace if match]
    check("one trace goes through all three", bool(ids) and all(shop.said(n, ids[0]) for n in ("web", "orders", "shipping")))
    connection = http.client.HTTPConnection("127.0.0.1", shop.address("orders"), timeout=20)
    connection.request("POST", f"/orders/{key}/cancel")
    answer = connection.getresponse()
    check("an operation of the user's is answered", answer.status == 200 and json.load(answer)["note"] == "cancelled", answer.status)
    connection.close()
    status, _, _ = shop.checkout(key)
    check("the same order again is a conflict that orders found, not web", status in (409, 502), status)


def survives_a_stall(shop: Shop) -> None:
    with stalled(shop.pid("orders")):
        answers = [shop.checkout() for _ in range(8)]
        first, last = answers[0], answers[-1]
        check("a stalled orders costs no more than the connection's 3 s", all(0 < s and t < 3.5 for s, t, _ in answers), answers)
        check("its callers are told that time ran out", first[0] == 504, first)
        check("then the breaker answers at once", last[0] == 503 and last[1] < 0.3, last)
    check("orders recovers, and the breaker closes", eventually(lambda: shop.checkout()[0] == 200, 30))


def survives_slowness(shop: Shop, line: Line) -> None:
    line.delay = 0.2
    answers = [shop.checkout() for _ in range(3)]
    check("a slow line is waited for", all(s == 200 and t > 0.2 for s, t, _ in answers), answers)
    line.delay = 0.8
    status, took, _ = shop.checkout()
    check("a line slower than a try is tried again, and given up in time", status == 504 and 0.5 < took < 3.5, (status, took))
    line.delay = 0
    check("a line that is well again is used again", eventually(lambda: shop.checkout()[0] == 200, 30))


def survives_kills(shop: Shop) -> None:
    for name in ("orders", "web", "shipping"):
        before = shop.pid(name)
        os.kill(before, signal.SIGKILL)
        check(f"{name} is started again after a kill", eventually(lambda: shop.pid(name) != before))
        check(f"a checkout after the kill of {name}", eventually(lambda: shop.checkout()[0] == 200))
    keys = [str(uuid.uuid4()) for _ in range(20)]
    sent = []
    for index, key in enumerate(keys):
        if index == 5:
            # What it has shipped it has said: its log is a tenth of a second late. What comes now it takes, and does not handle.
            time.sleep(0.5)
            os.kill(shop.pid("shipping"), signal.SIGSTOP)
        if index == 8:
            os.kill(shop.pid("shipping"), signal.SIGKILL)
        if shop.checkout(key)[0] == 200:
            sent.append(key)
    check("web and orders do not need shipping", len(sent) == len(keys), len(sent))
    # What it had begun is given to it again after a minute.
    eventually(lambda: all(shipped(shop, key) for key in sent), 120)
    check("no event is lost while shipping is away", all(shipped(shop, key) for key in sent), [shipped(shop, key) for key in sent])


def survives_its_stores(shop: Shop) -> None:
    with stalled(shop.pid("db")):
        status, took, _ = shop.checkout()
        check("a stalled database costs no more than the connection allows", status in (503, 504) and took < 3.5, (status, took))
    check("checkouts work when the database does", eventually(lambda: shop.checkout()[0] == 200))
    for name in ("db", "bus"):
        before = shop.pid(name)
        os.kill(before, signal.SIGKILL)
        check(f"{name} is started again after a kill", eventually(lambda: shop.pid(name) != before))
        check(f"a checkout after the kill of {name}", eventually(lambda: shop.checkout()[0] == 200))
    key = str(uuid.uuid4())
    check("an order after all that", eventually(lambda: shop.checkout(key)[0] in (200, 409)))
    check("is shipped", eventually(lambda: shipped(shop, key) >= 1))


class Asker(threading.Thread):
    """Asks again and again on a connection that it keeps, as the clients of every language do: a kept connection that closes
    before an answer begins is opened again. It ends when nobody is there to connect to."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.answered, self.lost = port, 0, []

    def run(self) -> None:
        connection, is_kept = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20), False
        while True:
            try:
                if not is_kept:
                    connection.connect()
            except OSError:
                return
            try:
                connection.request("GET", "/orders?limit=1")
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.lost.append(f"status {answer.status}")
                self.answered += 1
                is_kept = not answer.will_close
            except (OSError, http.client.HTTPException) as error:
                if not (is_kept and isinstance(error, http.client.RemoteDisconnected | ConnectionError)):
                    self.lost.append(repr(error))
                is_kept = False
            if not is_kept:
                connection.close()


def loses_nothing_at_its_end(shop: Shop) -> None:
    """SIGTERM while many ask, among them `wrk`."""
    port = shop.address("orders")
    wrk = [BIN / "wrk", "-t1", "-c16", "-d4s", f"http://127.0.0.1:{port}/orders?limit=1"]
    load = subprocess.Popen(wrk, stdout=subprocess.DEVNULL)
    askers = [Asker(port) for _ in range(8)]
    for asker in askers:
        asker.start()
    time.sleep(2)
    os.kill(shop.pid("orders"), signal.SIGTERM)
    for asker in askers:
        asker.join(20)
    load.wait()
    lost = [each for asker in askers for each in asker.lost]
    answered = sum(asker.answered for asker in askers)
    check("SIGTERM under load loses no request", answered > 50 and not lost, (answered, lost[:5]))
    check("orders is there again", eventually(lambda: shop.checkout()[0] == 200))


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(EXAMPLE, folder / "shop")
        # The breaker opens for 30 s in the example; nobody wants to wait for that several times.
        droidfile = folder / "shop" / "shop.droid"
        text = droidfile.read_text()
        droidfile.write_text(text.replace("open = 30s", "open = 2s"))
        (folder / "node_modules").symlink_to(BIN.parent / "node" / "node_modules")
        line = Line(8081)
        issuer = Issuer()
        shop = Shop(folder, issuer, line.port)
        try:
            ready = eventually(lambda: shop.said("shipping", "is ready") > 0, 400)
            check("droid up brings all up", ready, shop.log.read_text()[-3000:])
            if ready:
                line.target = shop.address("orders")
                works(shop)
                survives_a_stall(shop)
                survives_slowness(shop, line)
                survives_kills(shop)
                survives_its_stores(shop)
                loses_nothing_at_its_end(shop)
        finally:
            shop.process.send_signal(signal.SIGINT)
            try:
                status = shop.process.wait(60)
            except subprocess.TimeoutExpired:
                shop.process.kill()
                status = -1
        check("Ctrl-C stops everything", status == 0 and shop.said("all stopped", "") == 1, status)
        if failures:
            print("\n".join(shop.log.read_text(errors="replace").splitlines()[-80:]))
    print(f"{checks - failures} passed, {failures} failed")
    sys.exit(failures > 0)


main()
