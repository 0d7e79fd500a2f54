package wire

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Writer appends values to a JSON document. Its zero value is ready to be used.
type Writer struct {
	buffer   []byte
	problem  string
	pointer  string
	isMasked bool // for a log: hidden fields are masked
}

// Bytes are what has been written.
func (w *Writer) Bytes() []byte { return w.buffer }

// Err tells what was written that the contract does not allow, and where.
func (w *Writer) Err() error {
	if w.problem == "" {
		return nil
	}
	return errors.New("the value at #" + w.pointer + " " + w.problem)
}

// Raw appends what is JSON already.
func (w *Writer) Raw(json string) { w.buffer = append(w.buffer, json...) }

// Name appends the name of a member, after a comma if it is not the first.
func (w *Writer) Name(name string, isFirst bool) {
	if !isFirst {
		w.buffer = append(w.buffer, ',')
	}
	w.String(name)
	w.buffer = append(w.buffer, ':')
}

// String appends a text in quotes.
func (w *Writer) String(text string) { w.buffer = appendQuoted(w.buffer, text) }

// Time appends an instant, to the millisecond and without quotes.
func (w *Writer) Time(t time.Time) {
	w.buffer = t.UTC().Truncate(time.Millisecond).AppendFormat(w.buffer, time.RFC3339Nano)
}

// Int appends a whole number.
func (w *Writer) Int(number int) { w.buffer = strconv.AppendInt(w.buffer, int64(number), 10) }

// Seconds appends a span of time, to the microsecond.
func (w *Writer) Seconds(span time.Duration) {
	w.buffer = strconv.AppendFloat(w.buffer, float64(span.Microseconds())/1e6, 'f', -1, 64)
}

// complain notes the first thing that the contract does not allow.
func (w *Writer) complain(detail string) {
	if w.problem == "" {
		w.problem = detail
	}
}

// within says where the problem stands, if there was none before.
func (w *Writer) within(before, step string) {
	if w.problem != "" && before == "" {
		w.pointer = "/" + step + w.pointer
	}
}

const hexDigits = "0123456789abcdef"

func appendQuoted(b []byte, text string) []byte {
	b = append(b, '"')
	begin := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, text[begin:i]...)
		begin = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	b = append(b, text[begin:]...)
	return append(b, '"')
}

// appendCompact appends JSON without the space between its parts.
func appendCompact(b []byte, json string) []byte {
	if !strings.ContainsAny(json, " \t\r\n") {
		return append(b, json...)
	}
	isText := false
	for i := 0; i < len(json); i++ {
		c := json[i]
		switch {
		case isText && c == '\\':
			b = append(b, c)
			i++
			c = json[i]
		case c == '"':
			isText = !isText
		case !isText && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			continue
		}
		b = append(b, c)
	}
	return b
}

var writers = sync.Pool{New: func() any { return &Writer{buffer: make([]byte, 0, 1024)} }}

// NewWriter is an empty writer, out of a pool: [Writer.Free] gives it back.
func NewWriter() *Writer { return writers.Get().(*Writer) }

// Free gives the writer back. Nobody may use it or its bytes any more.
func (w *Writer) Free() {
	if cap(w.buffer) > 64<<10 {
		return
	}
	w.buffer, w.problem, w.pointer = w.buffer[:0], "", ""
	writers.Put(w)
}
