package client

import (
	"net/http"
	"net/url"
	"strings"

	"droid/gen/runtime/wire"
)

// Text is a value as one part of a path.
func Text[T any](value T, t *wire.Scalar[T]) string {
	text := url.PathEscape(t.Format(value))
	if strings.Trim(text, ".") == "" { // it would be another path
		text = strings.ReplaceAll(text, ".", "%2E")
	}
	return text
}

// WithHeader is the header with one more value.
func WithHeader[T any](header http.Header, name string, value T, t *wire.Scalar[T]) http.Header {
	if header == nil {
		header = http.Header{}
	}
	header.Add(name, t.Format(value))
	return header
}

// Query is made of names and values, in the order in which they were added.
type Query struct{ text string }

// With is the query with one more value.
func With[T any](q Query, name string, value T, t *wire.Scalar[T]) Query {
	if q.text != "" {
		q.text += "&"
	}
	return Query{q.text + url.QueryEscape(name) + "=" + url.QueryEscape(t.Format(value))}
}
