package client

import (
	"strconv"

	"droid/gen/runtime/wire"
)

// ListQuery is what a list is asked for. What is empty is not said.
type ListQuery struct {
	// Limit is the most items of the page.
	Limit int
	// Cursor is the Next of the page before.
	Cursor string
	// Order is a field, or -field for the other way.
	Order string
	// Filters are by the names of fields, or field.min and field.max, as they travel.
	Filters []Filter
}

// Filter is a value that items must have.
type Filter struct{ Name, Value string }

// Query is the query as it travels.
func (l ListQuery) Query() Query {
	var query Query
	add := func(name, value string) {
		if value != "" {
			query = With(query, name, value, wire.StringType)
		}
	}
	if l.Limit > 0 {
		add("limit", strconv.Itoa(l.Limit))
	}
	add("cursor", l.Cursor)
	add("order", l.Order)
	for _, filter := range l.Filters {
		query = With(query, filter.Name, filter.Value, wire.StringType)
	}
	return query
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the page that follows; empty if none does.
	Next string
}

// PageType is how a page travels.
func PageType[T any](item wire.Type[T]) wire.Type[Page[T]] {
	return &wire.Record[Page[T]]{Fields: []wire.Field[Page[T]]{
		wire.Required("items", func(page *Page[T]) *[]T { return &page.Items }, wire.List(item)),
		wire.OmitEmpty("next", func(page *Page[T]) *string { return &page.Next }, wire.StringType),
	}}
}
