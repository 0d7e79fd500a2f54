// Package store keeps resources: in memory, or in PostgreSQL.
package store

import (
	"context"
	"errors"
	"net/http"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/wire"
)

// Store keeps the records T by their keys K.
type Store[K, T any] interface {
	// Get finds a record, or ErrNotFound.
	Get(ctx context.Context, key K) (Entry[T], error)
	// List finds a page of records.
	List(ctx context.Context, query Query) (Page[T], error)
	// Create keeps a new record, unless its key is taken: ErrTaken.
	Create(ctx context.Context, record T) (Entry[T], error)
	// Replace puts a record in the place of the one with its key, or fails with ErrNotFound or ErrChanged.
	Replace(ctx context.Context, record T, match Match) (Entry[T], error)
	// Delete forgets a record, or fails with ErrNotFound or ErrChanged.
	Delete(ctx context.Context, key K, match Match) error
}

// Encoded is a store that has its records as JSON.
type Encoded[K any] interface {
	// GetJSON finds the JSON of a record and its ETag, or ErrNotFound.
	GetJSON(ctx context.Context, key K) (json, etag string, err error)
}

// Entry is a record as it is kept.
type Entry[T any] struct {
	Record T
	// ETag is new after each write.
	ETag string
}

// Page is a part of a list.
type Page[T any] struct {
	Records []T
	// Next is the cursor of the page that follows; empty if none does.
	Next string
}

// Match are the ETags that an entry must have one of for a write to happen; nil is any.
type Match []string

// What a store may say of a record. Each leaves the service as a problem.
var (
	ErrNotFound = errors.New("there is no such record")
	ErrTaken    = errors.New("there is such a record already")
	ErrChanged  = errors.New("the record has changed")
)

// Resource is a collection of records.
type Resource[K, T any] struct {
	// Name is that of the type of its records.
	Name   string
	Record *wire.Record[T]
	// Key is the field that identifies a record.
	Key     string
	KeyType *wire.Scalar[K]
	KeyOf   func(record *T) K
	// Table is how it is kept in PostgreSQL.
	Table Table
}

// Table is a table of PostgreSQL. Its columns are in the order of the fields of the record.
type Table struct {
	Name    string
	Columns []Column
}

// Column is where a field is kept.
type Column struct {
	Name string
	// Type is what format_type of PostgreSQL calls it.
	Type string
	// IsOptional columns may be null.
	IsOptional bool
	// Default, as an SQL literal, is what rows get that are older than the column.
	Default string
}

func (r *Resource[K, T]) notFound() error {
	p := problem.NotFound("There is no " + r.Name + " with this " + r.Key + ".")
	p.Cause = ErrNotFound
	return p
}

func (r *Resource[K, T]) taken() error {
	p := problem.Conflict("There is a " + r.Name + " with this " + r.Key + " already.")
	p.Cause = ErrTaken
	return p
}

func (r *Resource[K, T]) changed() error {
	p := problem.New(http.StatusPreconditionFailed, "The "+r.Name+" has changed: If-Match does not name its ETag.")
	p.Cause = ErrChanged
	return p
}

// newETag is one that there was never before.
func newETag(version wire.UUID) string { return `"` + version.String() + `"` }

// PageType is how a page travels.
func PageType[T any](record wire.Type[T]) wire.Type[Page[T]] {
	return &wire.Record[Page[T]]{Fields: []wire.Field[Page[T]]{
		wire.Required("items", func(page *Page[T]) *[]T { return &page.Records }, wire.List(record)),
		wire.OmitEmpty("next", func(page *Page[T]) *string { return &page.Next }, wire.StringType),
	}}
}
