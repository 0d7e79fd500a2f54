package client

import "github.com/prometheus/client_golang/prometheus"

// Metrics are the measures of all clients of a process.
type Metrics struct {
	duration *prometheus.HistogramVec
	attempts *prometheus.CounterVec
	open     *prometheus.GaugeVec
}

// NewMetrics are the measures, in a registry. The buckets are in seconds.
func NewMetrics(registry prometheus.Registerer, buckets []float64) *Metrics {
	metrics := &Metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_client_request_duration_seconds",
			Help:    "Duration of HTTP requests to others; the status is 0 where there was no answer.",
			Buckets: buckets,
		}, []string{"peer", "operation", "http_request_method", "http_response_status_code"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "droid_attempts_total",
			Help: "Requests to others, by the number of the attempt.",
		}, []string{"peer", "attempt"}),
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "droid_breaker_open",
			Help: "1 while calls fail at once, because the other side did.",
		}, []string{"peer"}),
	}
	registry.MustRegister(metrics.duration, metrics.attempts, metrics.open)
	return metrics
}

func (m *Metrics) breaker(peer string, options Breaker) prometheus.Gauge {
	if options.Failures == 0 {
		return nil
	}
	return m.open.WithLabelValues(peer)
}
