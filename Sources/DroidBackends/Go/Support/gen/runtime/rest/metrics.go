package rest

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the measures of all operations of a process.
type Metrics struct {
	duration *prometheus.HistogramVec
	active   *prometheus.GaugeVec
}

// NewMetrics are the measures, in a registry. The buckets are in seconds.
func NewMetrics(registry prometheus.Registerer, buckets []float64) *Metrics {
	metrics := &Metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_server_request_duration_seconds",
			Help:    "Duration of HTTP requests.",
			Buckets: buckets,
		}, []string{"port", "operation", "http_request_method", "http_route", "http_response_status_code"}),
		active: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "http_server_active_requests",
			Help: "HTTP requests that are being answered.",
		}, []string{"port", "operation"}),
	}
	registry.MustRegister(metrics.duration, metrics.active)
	return metrics
}

// measure is what is measured of one operation; the commonest answers are looked up once.
type measure struct {
	active   prometheus.Gauge
	duration prometheus.ObserverVec
	method   string
	usual    map[int]prometheus.Observer
}

func (m *Metrics) of(operation Operation) *measure {
	duration := m.duration.MustCurryWith(prometheus.Labels{
		"port": operation.Port, "operation": operation.Name, "http_route": operation.Path,
	})
	usual := map[int]prometheus.Observer{}
	if operation.Method != "" {
		for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusNoContent} {
			usual[status] = duration.WithLabelValues(operation.Method, strconv.Itoa(status))
		}
	}
	return &measure{m.active.WithLabelValues(operation.Port, operation.Name), duration, operation.Method, usual}
}

func (m *measure) observe(method string, status int, seconds float64) {
	observer, ok := m.usual[status]
	if !ok || method != m.method {
		observer = m.duration.WithLabelValues(method, strconv.Itoa(status))
	}
	observer.Observe(seconds)
}
