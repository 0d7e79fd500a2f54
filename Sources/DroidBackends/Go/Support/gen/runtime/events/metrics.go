package events

import "github.com/prometheus/client_golang/prometheus"

// Metrics are the measures of what a process handles.
type Metrics struct {
	registry prometheus.Registerer
	handled  *prometheus.CounterVec
	dead     *prometheus.CounterVec
}

// NewMetrics are the measures, in a registry.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	metrics := &Metrics{
		registry: registry,
		handled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "droid_events_handled_total", Help: "Events, by what became of them.",
		}, []string{"port", "outcome"}),
		dead: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "droid_events_dead_total", Help: "Events that were put away.",
		}, []string{"port"}),
	}
	registry.MustRegister(metrics.handled, metrics.dead)
	return metrics
}

// watch measures what waits for a port whenever somebody looks.
func (m *Metrics) watch(port string, lag, oldest func() float64) {
	labels := prometheus.Labels{"port": port}
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "droid_events_lag", Help: "Events that wait to be handled.", ConstLabels: labels,
		}, lag),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "droid_events_oldest_seconds", Help: "Age of the oldest event under way.", ConstLabels: labels,
		}, oldest))
}
