package telemetry

import (
	"context"
	"log/slog"
	"time"

	"droid/gen/runtime/wire"
)

// Request tells of a request when it is over: the commonest line of all, so it goes the shortest way.
func Request(ctx context.Context, method, route string, status int, end time.Time, duration time.Duration) {
	handler, ok := slog.Default().Handler().(*handler)
	if !ok || !handler.Enabled(ctx, slog.LevelInfo) {
		return
	}
	w := wire.NewWriter()
	defer w.Free()
	http := *handler
	http.logger = "http"
	http.begin(ctx, w, end, slog.LevelInfo)
	place := route
	if place == "" {
		place = "(no route)"
	}
	w.Raw(`"`)
	w.Raw(method)
	w.Raw(" ")
	w.Raw(place)
	w.Raw(" ")
	w.Int(status)
	w.Raw(`","http_request_method":"`)
	w.Raw(method)
	if route != "" {
		w.Raw(`","http_route":"`)
		w.Raw(route)
	}
	w.Raw(`","http_response_status_code":`)
	w.Int(status)
	w.Raw(`,"duration_seconds":`)
	w.Seconds(duration)
	w.Raw("}\n")
	handler.lines.add(w.Bytes(), false)
}
