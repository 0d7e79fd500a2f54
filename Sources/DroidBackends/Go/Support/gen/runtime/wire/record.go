package wire

import (
	"fmt"
	"log/slog"
)

// Record is the type of records: objects with these fields and no others.
type Record[T any] struct{ Fields []Field[T] }

// Read takes a record from the reader.
func (t *Record[T]) Read(r *Reader) T {
	var record T
	if !r.open('{') {
		r.refuse("should be an object")
		return record
	}
	var few [64]bool
	seen := few[:]
	if len(t.Fields) > len(few) {
		seen = make([]bool, len(t.Fields))
	}
	next := 0
	for i := 0; r.more(i, '}'); i++ {
		name := r.name()
		n := len(r.problems)
		field := t.find(name, next)
		if field < 0 {
			r.refuse("is no field here")
		} else {
			t.Fields[field].read(r, &record)
			seen[field] = true
			next = field + 1
		}
		r.within(n, name)
	}
	for i := range t.Fields {
		if !seen[i] {
			n := len(r.problems)
			t.Fields[i].absent(r, &record)
			r.within(n, t.Fields[i].Name)
		}
	}
	return record
}

// find looks first where the field stands if they come in order.
func (t *Record[T]) find(name string, next int) int {
	if next < len(t.Fields) && t.Fields[next].Name == name {
		return next
	}
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// Write appends a record to the writer.
func (t *Record[T]) Write(w *Writer, record T) {
	w.buffer = append(w.buffer, '{')
	t.WriteFields(w, &record, true)
	w.buffer = append(w.buffer, '}')
}

// WriteFields appends the members of a record, without the brackets.
func (t *Record[T]) WriteFields(w *Writer, record *T, isFirst bool) {
	for i := range t.Fields {
		field := &t.Fields[i]
		if !field.isPresent(record) {
			continue
		}
		w.Name(field.Name, isFirst)
		isFirst = false
		before := w.problem
		field.write(w, record)
		w.within(before, field.Name)
	}
}

// Clone is the record with clones of its fields.
func (t *Record[T]) Clone(record T) T {
	for i := range t.Fields {
		t.Fields[i].clone(&record)
	}
	return record
}

// Log is the record for a log: what is personal or secret is masked.
func (t *Record[T]) Log(record *T) slog.Value { return slog.StringValue(t.masked(record)) }

// Print writes the record for a person, by whatever verb: what is personal or secret is masked.
func (t *Record[T]) Print(state fmt.State, record *T) { _, _ = fmt.Fprint(state, t.masked(record)) }

func (t *Record[T]) masked(record *T) string {
	w := Writer{isMasked: true}
	t.Write(&w, *record)
	return string(w.buffer)
}
