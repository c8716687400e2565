package telemetry

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the figures of one server. Parts of the program tell it what happens; others are
// asked when somebody reads the figures. Every label has few values, whatever callers send. It
// is safe for concurrent use; use NewMetrics. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry

	calls    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	stages   *prometheus.HistogramVec
	refusals *prometheus.CounterVec

	transactions       *prometheus.CounterVec
	transactionSeconds *prometheus.HistogramVec

	batchSize *prometheus.HistogramVec
	batchWait *prometheus.HistogramVec

	attempts      *prometheus.CounterVec
	merchantCalls *prometheus.CounterVec
	named         map[string]bool
}

// Call is a request that was answered.
type Call struct {
	// Port is api, manage or pages.
	Port string
	// Operation is its id in the tables, "" when the request named none.
	Operation string
	// Status and Code are those of the answer; the code of a success is "".
	Status int
	Code   string
	// Merchant is who signed, if that was verified; it is counted when it is a configured one.
	Merchant string
	Took     time.Duration
}

// latencies are bounds in seconds: from what a call costs to what clients wait for.
func latencies() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
}

// NewMetrics returns figures that are all 0. Calls of the named merchants are counted apart.
func NewMetrics(merchants []string) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, bounds []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: bounds}, labels)
	}
	const mostCalls, sizes = 2, 11 // 1 to 1024, which the largest batch has
	m := &Metrics{
		registry:           prometheus.NewRegistry(),
		calls:              counter("favord_calls_total", "Calls that were answered.", "port", "operation", "status", "code"),
		duration:           histogram("favord_call_duration_seconds", "Time from the head of a request to its answer.", latencies(), "port", "operation"),
		stages:             histogram("favord_stage_duration_seconds", "Time that calls spend in a stage: waiting for room (queue), verifying (verify), signing with the wait for a slot (sign).", latencies(), "stage"),
		refusals:           counter("favord_refusals_total", "Calls that were refused to protect the server, by cause.", "cause"),
		transactions:       counter("favord_store_transactions_total", "Transactions by kind and outcome; unclear ones may or may not have been committed.", "kind", "outcome"),
		transactionSeconds: histogram("favord_store_transaction_seconds", "Time of transactions with the wait for the writer or a connection, and the commit.", latencies(), "kind"),
		batchSize:          histogram("favord_lane_batch_size", "Calls that shared a batch.", prometheus.ExponentialBuckets(1, mostCalls, sizes), "lane"),
		batchWait:          histogram("favord_lane_wait_seconds", "How long the first call of a batch waited.", latencies(), "lane"),
		attempts:           counter("favord_delivery_attempts_total", "Attempts to deliver callbacks, by what came of them.", "result"),
		merchantCalls:      counter("favord_merchant_calls_total", "Calls of the merchants that metrics.merchants names.", "mchid", "status"),
		named:              map[string]bool{},
	}
	for _, id := range merchants {
		m.named[id] = true
	}
	m.registry.MustRegister(m.calls, m.duration, m.stages, m.refusals, m.transactions, m.transactionSeconds,
		m.batchSize, m.batchWait, m.attempts, m.merchantCalls,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Call counts a request that was answered.
func (m *Metrics) Call(c Call) {
	if m == nil {
		return
	}
	operation, status := c.Operation, strconv.Itoa(c.Status)
	if operation == "" {
		operation = "none"
	}
	m.calls.WithLabelValues(c.Port, operation, status, c.Code).Inc()
	m.duration.WithLabelValues(c.Port, operation).Observe(c.Took.Seconds())
	if m.named[c.Merchant] {
		m.merchantCalls.WithLabelValues(c.Merchant, status).Inc()
	}
}

// Stage counts the time that a call spent in a stage.
func (m *Metrics) Stage(stage string, took time.Duration) {
	if m != nil {
		m.stages.WithLabelValues(stage).Observe(took.Seconds())
	}
}

// Refused counts a call that was refused to protect the server.
func (m *Metrics) Refused(cause string) {
	if m != nil {
		m.refusals.WithLabelValues(cause).Inc()
	}
}

// Transaction counts a transaction of the store.
func (m *Metrics) Transaction(kind, outcome string, took time.Duration) {
	if m != nil {
		m.transactions.WithLabelValues(kind, outcome).Inc()
		m.transactionSeconds.WithLabelValues(kind).Observe(took.Seconds())
	}
}

// Batch counts a batch of a lane.
func (m *Metrics) Batch(lane string, calls int, waited time.Duration) {
	if m != nil {
		m.batchSize.WithLabelValues(lane).Observe(float64(calls))
		m.batchWait.WithLabelValues(lane).Observe(waited.Seconds())
	}
}

// Attempt counts an attempt to deliver a callback.
func (m *Metrics) Attempt(result string) {
	if m != nil {
		m.attempts.WithLabelValues(result).Inc()
	}
}

// Figure is a value that is asked for when somebody reads the figures.
type Figure struct {
	Name, Help string
	// Counter is true for what only grows.
	Counter bool
	// Labels are the names of the labels, in the order of the values that are told.
	Labels []string
}

// Tell is told the values of figures, by the name of the figure.
type Tell func(figure string, value float64, labels ...string)

// Ask has a part of the program asked for figures. It should answer within the context, and
// leaves out what it does not know.
func (m *Metrics) Ask(figures []Figure, answer func(ctx context.Context, tell Tell)) {
	a := &asked{figures: map[string]*described{}, answer: answer}
	for _, f := range figures {
		kind := prometheus.GaugeValue
		if f.Counter {
			kind = prometheus.CounterValue
		}
		a.figures[f.Name] = &described{prometheus.NewDesc(f.Name, f.Help, f.Labels, nil), kind}
	}
	m.registry.MustRegister(a)
}

// described is a figure as the library takes it.
type described struct {
	*prometheus.Desc
	kind prometheus.ValueType
}

// asked implements prometheus.Collector.
type asked struct {
	figures map[string]*described
	answer  func(ctx context.Context, tell Tell)
}

// Describe implements prometheus.Collector.
func (a *asked) Describe(out chan<- *prometheus.Desc) {
	for _, f := range a.figures {
		out <- f.Desc
	}
}

// askPatience is how long a part may take to tell its figures.
const askPatience = 3 * time.Second

// Collect implements prometheus.Collector.
func (a *asked) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askPatience)
	defer cancel()
	a.answer(ctx, func(figure string, value float64, labels ...string) {
		f := a.figures[figure]
		out <- prometheus.MustNewConstMetric(f.Desc, f.kind, value, labels...)
	})
}

// readersAtOnce bounds how many may read the figures at the same time.
const readersAtOnce = 4

// Handler serves the figures in the formats of Prometheus.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: readersAtOnce, ErrorHandling: promhttp.ContinueOnError})
}
