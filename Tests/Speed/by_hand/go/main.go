// Command orders is what a careful engineer writes without droid: the same answers, headers, checks, measures and logs.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type order struct {
	ID       *int64  `json:"id"`
	Customer string  `json:"customer"`
	Lines    []line  `json:"lines"`
	Note     *string `json:"note,omitempty"`
}

type line struct {
	Sku      string `json:"sku"`
	Quantity int64  `json:"quantity"`
}

type kept struct {
	order order
	etag  string
}

type place struct {
	Detail  string `json:"detail"`
	Pointer string `json:"pointer"`
}

type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Errors []place `json:"errors,omitempty"`
}

func (o *order) problems() []place {
	var found []place
	length := func(text string, least, most int, pointer string) {
		if n := utf8.RuneCountInString(text); n < least || n > most {
			found = append(found, place{"should have another length", pointer})
		}
	}
	if o.ID == nil {
		found = append(found, place{"should be present", "#/id"})
	}
	length(o.Customer, 1, 200, "#/customer")
	if len(o.Lines) < 1 || len(o.Lines) > 50 {
		found = append(found, place{"should have 1 to 50 elements", "#/lines"})
	}
	for i, each := range o.Lines {
		at := "#/lines/" + strconv.Itoa(i)
		length(each.Sku, 1, 40, at+"/sku")
		if each.Quantity < 1 || each.Quantity > 99 {
			found = append(found, place{"should be 1 to 99", at + "/quantity"})
		}
	}
	if o.Note != nil {
		length(*o.Note, 0, 500, "#/note")
	}
	return found
}

type server struct {
	mutex    sync.RWMutex
	orders   map[int64]kept
	duration *prometheus.HistogramVec
	active   *prometheus.GaugeVec
}

func name(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random)
	return hex.EncodeToString(random)
}

func answer(w http.ResponseWriter, status int, value any) int {
	contentType := "application/json"
	if status >= 400 {
		contentType = "application/problem+json"
	}
	content, err := json.Marshal(value)
	if err != nil {
		status, content = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	_, _ = w.Write(content)
	return status
}

func fail(w http.ResponseWriter, status int, places ...place) int {
	return answer(w, status, problem{"about:blank", http.StatusText(status), status, places})
}

func (s *server) get(w http.ResponseWriter, r *http.Request) int {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fail(w, http.StatusUnprocessableEntity)
	}
	s.mutex.RLock()
	found, ok := s.orders[id]
	s.mutex.RUnlock()
	if !ok {
		return fail(w, http.StatusNotFound)
	}
	w.Header().Set("Etag", found.etag)
	return answer(w, http.StatusOK, found.order)
}

func (s *server) create(w http.ResponseWriter, r *http.Request) int {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	var made order
	var tooLarge *http.MaxBytesError
	switch err := decoder.Decode(&made); {
	case errors.As(err, &tooLarge):
		return fail(w, http.StatusRequestEntityTooLarge)
	case err != nil:
		return fail(w, http.StatusUnprocessableEntity, place{"should be an order", "#"})
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fail(w, http.StatusUnprocessableEntity, place{"should be one order", "#"})
	}
	if places := made.problems(); len(places) > 0 {
		return fail(w, http.StatusUnprocessableEntity, places...)
	}
	etag := `"` + name(16) + `"`
	s.mutex.Lock()
	_, isTaken := s.orders[*made.ID]
	if !isTaken {
		s.orders[*made.ID] = kept{made, etag}
	}
	s.mutex.Unlock()
	if isTaken {
		return fail(w, http.StatusConflict)
	}
	w.Header().Set("Etag", etag)
	w.Header().Set("Location", "/orders/"+strconv.FormatInt(*made.ID, 10))
	return answer(w, http.StatusCreated, made)
}

func (s *server) handle(route string, handler func(http.ResponseWriter, *http.Request) int) http.HandlerFunc {
	active := s.active.WithLabelValues(route)
	return func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		active.Inc()
		defer active.Dec()
		id := r.Header.Get("X-Request-Id")
		if id == "" {
			id = name(16)
		}
		header := w.Header()
		header.Set("X-Request-Id", id)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		status := handler(w, r)
		seconds := time.Since(begin).Seconds()
		s.duration.WithLabelValues(r.Method, route, strconv.Itoa(status)).Observe(seconds)
		slog.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("trace_id", name(16)), slog.String("request_id", id),
			slog.String("http_request_method", r.Method), slog.String("http_route", route),
			slog.Int("http_response_status_code", status), slog.Float64("duration_seconds", seconds))
	}
}

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	s := &server{
		orders: map[int64]kept{},
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "http_server_request_duration_seconds"},
			[]string{"http_request_method", "http_route", "http_response_status_code"}),
		active: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "http_server_active_requests"}, []string{"http_route"}),
	}
	prometheus.MustRegister(s.duration, s.active)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", s.handle("/orders/{id}", s.get))
	mux.HandleFunc("POST /orders", s.handle("/orders", s.create))
	go func() { _ = http.ListenAndServe("127.0.0.1:"+os.Getenv("ADMIN_PORT"), promhttp.Handler()) }()
	service := http.Server{
		Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: http.TimeoutHandler(mux, 30*time.Second, ""), ReadHeaderTimeout: 10 * time.Second,
	}
	slog.Error("stopped", "error", service.ListenAndServe())
}
