package wire

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The types of the language that are types of Go.
var (
	BoolType = &Scalar[bool]{
		meaning: "true or false",
		parse:   func(text string) (bool, bool) { return text == "true", text == "true" || text == "false" },
		append:  strconv.AppendBool,
		compare: compareBools,
	}

	// IntType is the type of whole numbers. In JSON 1.0 is one too.
	IntType = &Scalar[int64]{
		meaning:   "a whole number of 64 bits",
		parse:     parseInt,
		parseText: parseIntText,
		append:    func(b []byte, value int64) []byte { return strconv.AppendInt(b, value, 10) },
		compare:   cmp.Compare[int64],
		sorts:     true,
		bounds:    true,
	}

	FloatType = &Scalar[float64]{
		meaning: "a number",
		parse:   parseFloat,
		append:  appendFloat,
		compare: cmp.Compare[float64],
		sorts:   true,
		bounds:  true,
		check: func(value float64) string {
			if math.IsNaN(value) || math.IsInf(value, 0) {
				return "should be a finite number"
			}
			return ""
		},
	}

	// DurationType is the type of spans of time, which travel as a number of seconds.
	DurationType = (&Scalar[time.Duration]{
		meaning: "a number of seconds, at most 100,000 days",
		parse:   parseDuration,
		append:  func(b []byte, value time.Duration) []byte { return appendFloat(b, value.Seconds()) },
		compare: cmp.Compare[time.Duration],
		sorts:   true,
		bounds:  true,
	}).Min(-longest).Max(longest)

	StringType = &Scalar[string]{
		meaning:  "a text",
		isQuoted: true,
		parse:    func(text string) (string, bool) { return text, true },
		append:   func(b []byte, value string) []byte { return append(b, value...) },
		quote:    appendQuoted,
		compare:  strings.Compare,
		sorts:    true,
		size:     utf8.RuneCountInString,
		sizes:    "character",
		check: func(value string) string {
			if strings.IndexByte(value, 0) >= 0 || !utf8.ValidString(value) {
				return "should be a text of Unicode that holds no NUL"
			}
			return ""
		},
	}

	// BinaryType is the type of bytes, which travel as base64.
	BinaryType = &Scalar[[]byte]{
		meaning:  "base64 with padding",
		isQuoted: true,
		parse:    parseBinary,
		append:   base64.StdEncoding.AppendEncode,
		compare:  slices.Compare[[]byte],
		clone:    slices.Clone[[]byte],
		size:     func(value []byte) int { return len(value) },
		sizes:    "byte",
	}
)

// longest is a span of 100,000 days, which every language can count.
const longest = 100_000 * 24 * time.Hour

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// parseInt reads a JSON number that has no fraction once its exponent is applied.
func parseInt(text string) (int64, bool) {
	value, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return value, true
	}
	digits, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(digits, ".")
	shift := -len(fraction)
	if exponent != "" {
		places, err := strconv.Atoi(exponent)
		if err != nil || places > 1000 || places < -1000 {
			return 0, strings.Trim(digits, "-.0") == ""
		}
		shift += places
	}
	digits = whole + fraction
	for ; shift < 0 && len(digits) > 0; shift++ {
		if digits[len(digits)-1] != '0' {
			return 0, strings.Trim(digits, "-0") == ""
		}
		digits = digits[:len(digits)-1]
	}
	if strings.Trim(digits, "-0") == "" {
		return 0, true
	}
	value, err = strconv.ParseInt(digits+strings.Repeat("0", shift), 10, 64)
	return value, err == nil
}

// parseIntText reads what a parameter may be: zeros may stand before and behind.
func parseIntText(text string) (int64, bool) {
	whole, fraction, hasFraction := strings.Cut(text, ".")
	if hasFraction && (fraction == "" || strings.Trim(fraction, "0") != "") || strings.HasPrefix(whole, "+") {
		return 0, false
	}
	value, err := strconv.ParseInt(whole, 10, 64)
	return value, err == nil
}

func parseFloat(text string) (float64, bool) {
	if number(text) != len(text) {
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil
}

// appendFloat writes the shortest digits that read as the same number.
func appendFloat(b []byte, value float64) []byte {
	format := byte('f')
	if size := math.Abs(value); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, value, format, -1, 64)
}

func parseDuration(text string) (time.Duration, bool) {
	seconds, ok := parseFloat(text)
	if !ok || math.Abs(seconds) > longest.Seconds() {
		return 0, false
	}
	return time.Duration(math.Round(seconds * 1e9)), true
}

func parseBinary(text string) ([]byte, bool) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	value, err := base64.StdEncoding.Strict().DecodeString(text)
	return value, err == nil
}

// Enum is the type of texts that are one of these.
func Enum[T ~string](values ...T) *Scalar[T] {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	meaning := "one of " + strings.Join(names, ", ")
	return &Scalar[T]{
		meaning:  meaning,
		isQuoted: true,
		parse: func(text string) (T, bool) {
			for _, value := range values {
				if string(value) == text {
					return value, true
				}
			}
			return "", false
		},
		append:  func(b []byte, value T) []byte { return append(b, value...) },
		quote:   func(b []byte, value T) []byte { return appendQuoted(b, string(value)) },
		compare: cmp.Compare[T],
		sorts:   true,
		check: func(value T) string {
			if !slices.Contains(values, value) {
				return "should be " + meaning
			}
			return ""
		},
	}
}

// Key is the type of the texts that may be a part of a path: none is empty or holds a slash.
func Key(t *Scalar[string]) *Scalar[string] {
	return t.and(func(value string) string {
		if value == "" || strings.IndexByte(value, '/') >= 0 {
			return "should be a text that is not empty and holds no slash"
		}
		return ""
	})
}

// Matching is the type of the texts that have the pattern somewhere in them.
func Matching(t *Scalar[string], pattern string) *Scalar[string] {
	form := regexp.MustCompile(pattern)
	return t.and(func(value string) string {
		if !form.MatchString(value) {
			return "should match " + pattern
		}
		return ""
	})
}

// JSONType is the type of JSON of any form but null.
var JSONType Type[json.RawMessage] = jsonType{}

type jsonType struct{}

func (jsonType) Read(r *Reader) json.RawMessage {
	if r.peek() == 'n' {
		r.refuse("should be present: null is read as absent")
		return nil
	}
	begin := r.at
	r.anyValue() // no type says what it holds: it is kept as it was written, from here to its end
	return json.RawMessage(r.text[begin:r.at])
}

func (jsonType) Write(w *Writer, value json.RawMessage) {
	if !json.Valid(value) || string(value) == "null" {
		w.complain("should be JSON, and not null")
		return
	}
	w.buffer = appendCompact(w.buffer, string(value))
}

func (jsonType) Clone(value json.RawMessage) json.RawMessage { return slices.Clone(value) }
