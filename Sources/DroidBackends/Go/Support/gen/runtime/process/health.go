package process

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"droid/gen/runtime/telemetry"
)

// checkTime is how long something that the process needs may take to say that it is there.
const checkTime = time.Second

// Health is what the probes are told. Its zero value has not started.
type Health struct {
	started  atomic.Bool
	draining atomic.Bool
	mutex    sync.Mutex
	checks   []check
}

type check struct {
	name string
	ask  func(ctx context.Context) error
}

// Start tells that the process may have traffic.
func (h *Health) Start() { h.started.Store(true) }

// Drain asks for no more traffic: the end has begun.
func (h *Health) Drain() { h.draining.Store(true) }

// Check makes the process ready only while ask returns no error in time.
func (h *Health) Check(name string, ask func(ctx context.Context) error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.checks = append(h.checks, check{name, ask})
}

// missing is what keeps the process from being ready.
func (h *Health) missing(ctx context.Context) []string {
	switch {
	case !h.started.Load():
		return []string{"start"}
	case h.draining.Load():
		return []string{"shutdown"}
	}
	h.mutex.Lock()
	checks := h.checks
	h.mutex.Unlock()
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var missing []string
	for _, each := range checks {
		if err := each.ask(ctx); err != nil {
			telemetry.Logger("health").WarnContext(ctx, each.name+" is not ready", "error", err)
			missing = append(missing, each.name)
		}
	}
	return missing
}

// AdminHandler answers the probes and Prometheus.
func AdminHandler(health *Health, registry prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { report(w, nil) })
	mux.HandleFunc("GET /startupz", func(w http.ResponseWriter, _ *http.Request) {
		if !health.started.Load() {
			report(w, []string{"start"})
			return
		}
		report(w, nil)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { report(w, health.missing(r.Context())) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

func report(w http.ResponseWriter, missing []string) {
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{"status": "ok"}
	if len(missing) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		answer = map[string]any{"status": "unavailable", "missing": missing}
	}
	_ = json.NewEncoder(w).Encode(answer) // a probe that has gone is not told
}
