/** What every service measures of its requests. */

import { Gauge, Histogram } from "prom-client";

export interface RequestMetrics {
  /** In seconds. */
  readonly duration: Histogram;
  readonly active: Gauge;
}

/** The metrics of requests, with these bounds for their durations. */
export function requestMetrics(buckets: readonly number[]): RequestMetrics {
  return {
    duration: new Histogram({
      name: "http_server_request_duration_seconds",
      help: "Duration of HTTP requests.",
      labelNames: [
        "port",
        "operation",
        "http_request_method",
        "http_route",
        "http_response_status_code",
      ],
      buckets: [...buckets],
    }),
    active: new Gauge({
      name: "http_server_active_requests",
      help: "HTTP requests that are being answered.",
      labelNames: ["port", "operation"],
    }),
  };
}
