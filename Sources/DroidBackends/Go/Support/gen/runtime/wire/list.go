package wire

import (
	"errors"
	"maps"
	"slices"
	"strconv"
)

// ListType is the type of lists.
type ListType[T any] struct {
	element     Type[T]
	least, most int
}

// List is the type of lists of any size.
func List[T any](element Type[T]) *ListType[T] { return &ListType[T]{element, 0, Unbounded} }

// Sized is the type of lists with so many elements.
func (t *ListType[T]) Sized(least, most int) *ListType[T] {
	return &ListType[T]{t.element, least, most}
}

func (t *ListType[T]) complaint(list []T) string { return size(len(list), t.least, t.most, "element") }

// Parse reads the elements from a parameter that is repeated. They are of a [Scalar] type.
func (t *ListType[T]) Parse(texts []string) ([]T, error) {
	element, ok := t.element.(*Scalar[T])
	if !ok {
		return nil, errors.New("is no list of a parameter")
	}
	list := make([]T, len(texts))
	for i, text := range texts {
		value, err := element.Parse(text)
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	if complaint := t.complaint(list); complaint != "" {
		return nil, errors.New(complaint)
	}
	return list, nil
}

// Read takes a list from the reader.
func (t *ListType[T]) Read(r *Reader) []T {
	if !r.open('[') {
		r.refuse("should be a list")
		return nil
	}
	list := []T{}
	for i := 0; r.more(i, ']'); i++ {
		n := len(r.problems)
		element := t.element.Read(r)
		r.withinElement(n, i)
		list = append(list, element)
	}
	r.Complain(t.complaint(list))
	return list
}

// Write appends a list to the writer.
func (t *ListType[T]) Write(w *Writer, list []T) {
	if complaint := t.complaint(list); complaint != "" {
		w.complain(complaint)
	}
	w.buffer = append(w.buffer, '[')
	for i, element := range list {
		if i > 0 {
			w.buffer = append(w.buffer, ',')
		}
		before := w.problem
		t.element.Write(w, element)
		if w.problem != before {
			w.within(before, strconv.Itoa(i))
		}
	}
	w.buffer = append(w.buffer, ']')
}

// Clone is the list with clones of its elements.
func (t *ListType[T]) Clone(list []T) []T {
	clone := slices.Clone(list)
	for i, element := range clone {
		clone[i] = t.element.Clone(element)
	}
	return clone
}

// MapType is the type of maps from texts.
type MapType[T any] struct {
	element     Type[T]
	least, most int
}

// Map is the type of maps of any size.
func Map[T any](element Type[T]) *MapType[T] { return &MapType[T]{element, 0, Unbounded} }

// Sized is the type of maps with so many entries.
func (t *MapType[T]) Sized(least, most int) *MapType[T] { return &MapType[T]{t.element, least, most} }

// Read takes a map from the reader.
func (t *MapType[T]) Read(r *Reader) map[string]T {
	if !r.open('{') {
		r.refuse("should be an object")
		return nil
	}
	entries := map[string]T{}
	for i := 0; r.more(i, '}'); i++ {
		key := r.name()
		n := len(r.problems)
		r.Complain(StringType.complaint(key))
		entries[key] = t.element.Read(r)
		r.within(n, key)
	}
	r.Complain(size(len(entries), t.least, t.most, "member"))
	return entries
}

// Write appends a map to the writer, in the order of its keys.
func (t *MapType[T]) Write(w *Writer, entries map[string]T) {
	if complaint := size(len(entries), t.least, t.most, "member"); complaint != "" {
		w.complain(complaint)
	}
	w.buffer = append(w.buffer, '{')
	for i, key := range slices.Sorted(maps.Keys(entries)) {
		w.Name(key, i == 0)
		before := w.problem
		t.element.Write(w, entries[key])
		w.within(before, key)
	}
	w.buffer = append(w.buffer, '}')
}

// Clone is the map with clones of its elements.
func (t *MapType[T]) Clone(entries map[string]T) map[string]T {
	clone := maps.Clone(entries)
	for key, element := range clone {
		clone[key] = t.element.Clone(element)
	}
	return clone
}

// Nullable is the type of elements that may be absent, where there is no name to leave out: null is nil.
func Nullable[T any](t Type[T]) Type[*T] { return nullable[T]{t} }

type nullable[T any] struct{ element Type[T] }

func (t nullable[T]) Read(r *Reader) *T {
	if r.null() {
		return nil
	}
	value := t.element.Read(r)
	return &value
}

func (t nullable[T]) Write(w *Writer, value *T) {
	if value == nil {
		w.Raw("null")
		return
	}
	t.element.Write(w, *value)
}

func (t nullable[T]) Clone(value *T) *T {
	if value == nil {
		return nil
	}
	clone := t.element.Clone(*value)
	return &clone
}
