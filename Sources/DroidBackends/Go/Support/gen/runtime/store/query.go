package store

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/wire"
)

// Query is what a list is asked for.
type Query struct {
	// Limit is the most records of the page.
	Limit int
	// Cursor is the Next of the page before.
	Cursor string
	// Order is a field, or -field for the other way; the key if it is empty.
	Order string
	// Filters all hold. Their names are those of fields, or field.min and field.max.
	Filters []Filter
}

// Filter holds for records with one of the values; field.min and field.max have one.
type Filter struct {
	Name   string
	Values []string
}

// selection is a query that has been understood.
type selection[T any] struct {
	limit        int
	conditions   []condition[T]
	order        int // of the fields
	isDescending bool
	after        []any // the value of the order and the key where the page begins; nil at the beginning
}

type condition[T any] struct {
	field  int
	how    operator
	values []any
}

type operator int

const (
	anyOf operator = iota
	atLeast
	atMost
)

// Complaints tells what of a query lists cannot be asked for.
func (r *Resource[K, T]) Complaints(query Query) []problem.Place {
	_, wrong := r.understand(query)
	return wrong
}

// parse understands a query, or fails with the problem of its parameters.
func (r *Resource[K, T]) parse(query Query) (selection[T], error) {
	s, wrong := r.understand(query)
	if len(wrong) > 0 {
		return s, problem.Invalid(wrong...)
	}
	return s, nil
}

func (r *Resource[K, T]) understand(query Query) (selection[T], []problem.Place) {
	s := selection[T]{limit: query.Limit, order: r.field(r.Key)}
	var wrong []problem.Place
	for _, filter := range query.Filters {
		condition, err := r.condition(filter)
		if err != nil {
			wrong = append(wrong, problem.Place{Detail: err.Error(), Parameter: filter.Name})
		}
		s.conditions = append(s.conditions, condition)
	}
	if query.Order != "" {
		name, isDescending := strings.CutPrefix(query.Order, "-")
		order := r.field(name)
		if order < 0 || name != r.Key && !r.Record.Fields[order].Sorts() {
			wrong = append(wrong, problem.Place{Detail: "should be a field that lists are ordered by", Parameter: "order"})
		} else {
			s.order, s.isDescending = order, isDescending
		}
	}
	if query.Cursor != "" && len(wrong) == 0 {
		after, ok := r.after(query.Cursor, s)
		if !ok {
			wrong = append(wrong, problem.Place{Detail: "should be the next of this list in this order", Parameter: "cursor"})
		}
		s.after = after
	}
	return s, wrong
}

func (r *Resource[K, T]) field(name string) int {
	return slices.IndexFunc(r.Record.Fields, func(field wire.Field[T]) bool { return field.Name == name })
}

func (r *Resource[K, T]) condition(filter Filter) (condition[T], error) {
	c := condition[T]{field: r.field(filter.Name)}
	if c.field < 0 {
		name := filter.Name
		if least, ok := strings.CutSuffix(name, ".min"); ok {
			name, c.how = least, atLeast
		} else if most, ok := strings.CutSuffix(name, ".max"); ok {
			name, c.how = most, atMost
		}
		c.field = r.field(name)
	}
	if c.field < 0 || c.how == anyOf && !r.Record.Fields[c.field].Filters() ||
		c.how != anyOf && !r.Record.Fields[c.field].HasBounds() {
		return c, errors.New("is nothing that lists are filtered by")
	}
	for _, text := range filter.Values {
		value, err := r.Record.Fields[c.field].Parse(text)
		if err != nil {
			return c, err
		}
		c.values = append(c.values, value)
	}
	if c.how != anyOf {
		c.values = c.values[len(c.values)-1:]
	}
	return c, nil
}

// cursorType is what a cursor holds: the resource, the order, and the values of the last record.
var cursorType = wire.List(wire.StringType)

// cursor names the place behind a record.
func (r *Resource[K, T]) cursor(s selection[T], last *T) (string, error) {
	parts := []string{r.Name, s.name(r)}
	for _, field := range s.places(r) {
		parts = append(parts, r.Record.Fields[field].Format(r.Record.Fields[field].Value(last)))
	}
	text, err := wire.Encode(parts, cursorType)
	return base64.RawURLEncoding.EncodeToString(text), err
}

// after are the values that a cursor holds, if it is one of this list in this order.
func (r *Resource[K, T]) after(cursor string, s selection[T]) ([]any, bool) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, false
	}
	parts, problems := wire.Decode(string(text), cursorType)
	places := s.places(r)
	if len(problems) > 0 || len(parts) != 2+len(places) || parts[0] != r.Name || parts[1] != s.name(r) {
		return nil, false
	}
	values := make([]any, len(places))
	for i, field := range places {
		if values[i], err = r.Record.Fields[field].Parse(parts[2+i]); err != nil {
			return nil, false
		}
	}
	return values, true
}

// name is the order as a query has it.
func (s selection[T]) name(r fielder[T]) string {
	name := r.fields()[s.order].Name
	if s.isDescending {
		return "-" + name
	}
	return name
}

// places are the fields that the order goes by: the key decides between equals.
func (s selection[T]) places(r fielder[T]) []int {
	if s.order == r.keyField() {
		return []int{s.order}
	}
	return []int{s.order, r.keyField()}
}

// fielder is a resource, whatever its key.
type fielder[T any] interface {
	fields() []wire.Field[T]
	keyField() int
}

func (r *Resource[K, T]) fields() []wire.Field[T] { return r.Record.Fields }
func (r *Resource[K, T]) keyField() int           { return r.field(r.Key) }
