"""What a careful engineer writes without droid: the same answers, headers, checks, measures and logs."""

import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from prometheus_client import Gauge, Histogram, start_http_server
from pydantic import BaseModel, ConfigDict, Field

DURATION = Histogram("http_server_request_duration_seconds", "Duration.", ["method", "route", "status"])
ACTIVE = Gauge("http_server_active_requests", "Active.")
HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Line(Strict):
    sku: Annotated[str, Field(min_length=1, max_length=40)]
    quantity: Annotated[int, Field(ge=1, le=99)]


class Order(Strict):
    id: int
    customer: Annotated[str, Field(min_length=1, max_length=200)]
    lines: Annotated[list[Line], Field(min_length=1, max_length=50)]
    note: Annotated[str, Field(max_length=500)] | None = None


app = FastAPI(openapi_url=None)
orders: dict[int, tuple[Order, str]] = {}


@app.middleware("http")
async def around(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    begin = time.perf_counter()
    with ACTIVE.track_inprogress():
        response = await call_next(request)
    request_id = request.headers.get("x-request-id") or secrets.token_hex(16)
    response.headers.update({**HEADERS, "x-request-id": request_id})
    seconds = time.perf_counter() - begin
    route = request.scope["route"].path if "route" in request.scope else ""
    DURATION.labels(request.method, route, str(response.status_code)).observe(seconds)
    line = {"time": time.time(), "level": "info", "trace_id": secrets.token_hex(16), "request_id": request_id, "http_route": route}
    line |= {"http_request_method": request.method, "http_response_status_code": response.status_code, "duration_seconds": seconds}
    sys.stdout.write(json.dumps(line) + "\n")
    return response


@app.get("/orders/{id}", response_model_exclude_none=True)
async def get(id: int, response: Response) -> Order:
    if id not in orders:
        raise HTTPException(404)
    order, response.headers["etag"] = orders[id]
    return order


@app.post("/orders", status_code=201, response_model_exclude_none=True)
async def create(order: Order, response: Response) -> Order:
    if order.id in orders:
        raise HTTPException(409)
    etag = f'"{secrets.token_hex(16)}"'
    orders[order.id] = (order, etag)
    response.headers.update({"etag": etag, "location": f"/orders/{order.id}"})
    return order


if __name__ == "__main__":
    threading.Thread(target=start_http_server, args=(int(os.environ["ADMIN_PORT"]), "127.0.0.1"), daemon=True).start()
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False, log_level="error")
