package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"droid/gen/runtime/wire"
)

// ConfigureLogs sends all logs of the process to w: one JSON object a line, with the names of the request it is about.
// Lines are written together, a tenth of a second late at most; those of errors at once.
func ConfigureLogs(w io.Writer, name string, level slog.Level) {
	slog.SetDefault(slog.New(&handler{lines: &lines{writer: w}, level: level, logger: name}))
}

// Flush writes what is left, at the end of the process.
func Flush() {
	if handler, ok := slog.Default().Handler().(*handler); ok {
		handler.lines.flush()
	}
}

// Logger is a logger of a part of the process.
func Logger(name string) *slog.Logger { return slog.With(loggerKey, name) }

const (
	loggerKey = "logger"
	lateness  = 100 * time.Millisecond
	fullSize  = 64 << 10
)

// lines are those that have not been written yet.
type lines struct {
	writer io.Writer
	mutex  sync.Mutex
	buffer []byte
	timer  *time.Timer
}

func (l *lines) add(line []byte, isUrgent bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	isFirst := len(l.buffer) == 0
	l.buffer = append(l.buffer, line...)
	switch {
	case isUrgent || len(l.buffer) > fullSize:
		l.write()
	case !isFirst:
	case l.timer == nil:
		l.timer = time.AfterFunc(lateness, l.flush)
	default:
		l.timer.Reset(lateness)
	}
}

func (l *lines) flush() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.write()
}

func (l *lines) write() {
	_, _ = l.writer.Write(l.buffer) // there is nowhere to complain
	l.buffer = l.buffer[:0]
}

// handler writes records. What is personal or secret is masked by the values themselves.
type handler struct {
	lines  *lines
	level  slog.Level
	logger string
	prefix string // of the names of attributes, after WithGroup
	attrs  string // of With, as JSON
}

func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	w := wire.NewWriter()
	defer w.Free()
	h.begin(ctx, w, record.Time, record.Level)
	w.String(record.Message)
	w.Raw(h.attrs)
	record.Attrs(func(attr slog.Attr) bool {
		write(w, h.prefix, attr)
		return true
	})
	w.Raw("}\n")
	h.lines.add(w.Bytes(), record.Level >= slog.LevelError)
	return nil
}

// begin writes what all lines have, up to the message.
func (h *handler) begin(ctx context.Context, w *wire.Writer, at time.Time, level slog.Level) {
	w.Raw(`{"time":"`)
	w.Time(at)
	w.Raw(`","level":"`)
	w.Raw(levelName(level))
	w.Raw(`","logger":`)
	w.String(h.logger)
	if ids := From(ctx); ids != nil {
		w.Raw(`,"trace_id":"`)
		w.Raw(ids.Trace)
		w.Raw(`","span_id":"`)
		w.Raw(ids.Span)
		w.Raw(`","request_id":"`)
		w.Raw(ids.Request)
		w.Raw(`"`)
	}
	w.Raw(`,"message":`)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	w := wire.NewWriter()
	defer w.Free()
	for _, attr := range attrs {
		if attr.Key == loggerKey {
			with.logger = attr.Value.String()
			continue
		}
		write(w, h.prefix, attr)
	}
	with.attrs += string(w.Bytes())
	return &with
}

func (h *handler) WithGroup(name string) slog.Handler {
	with := *h
	with.prefix += name + "."
	return &with
}

// write appends an attribute; those of a group stand side by side, with its name before theirs.
func write(w *wire.Writer, prefix string, attr slog.Attr) {
	value := attr.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if attr.Key != "" {
			prefix += attr.Key + "."
		}
		for _, each := range value.Group() {
			write(w, prefix, each)
		}
		return
	}
	w.Name(prefix+attr.Key, false)
	switch value.Kind() {
	case slog.KindBool, slog.KindInt64, slog.KindUint64:
		w.Raw(value.String())
	case slog.KindFloat64:
		if number := strconv.FormatFloat(value.Float64(), 'f', -1, 64); strings.Trim(number, "-.0123456789") == "" {
			w.Raw(number)
			return
		}
		w.String(value.String())
	case slog.KindDuration:
		w.Raw(strconv.FormatFloat(value.Duration().Seconds(), 'f', -1, 64))
	case slog.KindTime:
		w.Raw(`"`)
		w.Time(value.Time())
		w.Raw(`"`)
	case slog.KindAny:
		w.String(fmt.Sprintf("%+v", value.Any()))
	default:
		w.String(value.String())
	}
}

func levelName(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "error"
	case level >= slog.LevelWarn:
		return "warning"
	case level >= slog.LevelInfo:
		return "info"
	default:
		return "debug"
	}
}
