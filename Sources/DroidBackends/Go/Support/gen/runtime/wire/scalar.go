package wire

import (
	"errors"
	"strconv"
)

// Scalar is the type of values that are one piece of JSON, and travel as text in paths, queries and headers.
type Scalar[T any] struct {
	meaning   string // what a value is: "a date"
	isQuoted  bool   // as JSON it is a text
	parse     func(text string) (T, bool)
	parseText func(text string) (T, bool) // of a parameter; nil where it is the same
	append    func(b []byte, value T) []byte
	quote     func(b []byte, value T) []byte // nil where a text needs no escapes
	compare   func(a, b T) int
	clone     func(value T) T // nil where values have no parts
	size      func(value T) int
	sizes     string // what size counts
	check     func(value T) string
	sorts     bool // lists may be in the order of such values
	bounds    bool // lists may be asked for values up to one and from one on
}

// Read takes a value from the reader.
func (t *Scalar[T]) Read(r *Reader) T {
	read := r.bare
	if t.isQuoted {
		read = r.string
	}
	text, ok := read()
	if !ok {
		r.refuse("should be " + t.meaning)
		var zero T
		return zero
	}
	value, ok := t.parse(text)
	if !ok {
		r.Complain("should be " + t.meaning)
	} else {
		r.Complain(t.complaint(value))
	}
	return value
}

// Write appends a value to the writer.
func (t *Scalar[T]) Write(w *Writer, value T) {
	if complaint := t.complaint(value); complaint != "" {
		w.complain(complaint)
	}
	switch {
	case t.quote != nil:
		w.buffer = t.quote(w.buffer, value)
	case t.isQuoted:
		w.buffer = append(w.buffer, '"')
		w.buffer = t.append(w.buffer, value)
		w.buffer = append(w.buffer, '"')
	default:
		w.buffer = t.append(w.buffer, value)
	}
}

// Clone is the value itself.
func (t *Scalar[T]) Clone(value T) T {
	if t.clone != nil {
		return t.clone(value)
	}
	return value
}

// Parse reads a value from a parameter.
func (t *Scalar[T]) Parse(text string) (T, error) {
	parse := t.parse
	if t.parseText != nil {
		parse = t.parseText
	}
	value, ok := parse(text)
	if !ok {
		return value, errors.New("should be " + t.meaning)
	}
	if complaint := t.complaint(value); complaint != "" {
		return value, errors.New(complaint)
	}
	return value, nil
}

// Format writes a value as a parameter has it.
func (t *Scalar[T]) Format(value T) string { return string(t.append(nil, value)) }

// Compare orders values as lists do.
func (t *Scalar[T]) Compare(a, b T) int { return t.compare(a, b) }

func (t *Scalar[T]) complaint(value T) string {
	if t.check == nil {
		return ""
	}
	return t.check(value)
}

// and is the type with one more rule.
func (t *Scalar[T]) and(rule func(value T) string) *Scalar[T] {
	refined, before := *t, t.check
	refined.check = rule
	if before != nil {
		refined.check = func(value T) string {
			if complaint := before(value); complaint != "" {
				return complaint
			}
			return rule(value)
		}
	}
	return &refined
}

// Min is the type of the values that are no less than this one.
func (t *Scalar[T]) Min(least T) *Scalar[T] {
	complaint := "should be at least " + t.Format(least)
	return t.and(func(value T) string {
		if t.compare(value, least) < 0 {
			return complaint
		}
		return ""
	})
}

// Max is the type of the values that are no more than this one.
func (t *Scalar[T]) Max(most T) *Scalar[T] {
	complaint := "should be at most " + t.Format(most)
	return t.and(func(value T) string {
		if t.compare(value, most) > 0 {
			return complaint
		}
		return ""
	})
}

// Sized is the type of texts (in Unicode scalars) and binary values (in bytes) of these sizes.
func (t *Scalar[T]) Sized(least, most int) *Scalar[T] {
	return t.and(func(value T) string { return size(t.size(value), least, most, t.sizes) })
}

// count is a number of things: "1 character", "2 characters".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
