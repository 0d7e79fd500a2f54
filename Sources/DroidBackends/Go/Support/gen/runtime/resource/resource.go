// Package resource answers the operations of a resource: list, get, create, replace, delete.
package resource

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/rest"
	"droid/gen/runtime/store"
	"droid/gen/runtime/wire"
)

// Handlers answer the operations of a resource.
type Handlers[K, T any] struct {
	Hooks[K, T]

	resource *store.Resource[K, T]
	store    store.Store[K, T]
	path     string
	size     string // as a query has it
	page     wire.Type[store.Page[T]]
}

// Hooks are called after a write, before its answer, which their errors take the place of. Nil ones are not.
type Hooks[K, T any] struct {
	Created, Replaced func(ctx context.Context, record T) error
	Deleted           func(ctx context.Context, key K) error
}

// tell calls a hook, if there is one.
func tell[V any](ctx context.Context, hook func(context.Context, V) error, value V) error {
	if hook == nil {
		return nil
	}
	return hook(ctx, value)
}

const largestPage = 500

var limitType = wire.IntType.Min(1).Max(largestPage)

// New are the handlers of a resource at a path, with so many records on a page.
func New[K, T any](resource *store.Resource[K, T], kept store.Store[K, T], path string, size int) *Handlers[K, T] {
	return &Handlers[K, T]{
		resource: resource,
		store:    kept,
		path:     strings.TrimSuffix(path, "/"),
		size:     strconv.Itoa(size),
		page:     store.PageType(resource.Record),
	}
}

// List answers with a page of records.
func (h *Handlers[K, T]) List(ctx context.Context, r *rest.Request) (*rest.Response, error) {
	query := store.Query{Limit: int(rest.Default(r.Query("limit"), limitType, h.size))}
	if cursor := rest.Optional(r.Query("cursor"), wire.StringType); cursor != nil {
		query.Cursor = *cursor
		if query.Cursor == "" {
			r.Refuse("cursor", "should be the next of the page before")
		}
	}
	if order := rest.Optional(r.Query("order"), wire.StringType); order != nil {
		query.Order = *order
		if query.Order == "" {
			r.Refuse("order", "should be a field that lists are ordered by")
		}
	}
	query.Filters = filters(r.Queries())
	if r.Err() != nil {
		for _, place := range h.resource.Complaints(query) {
			r.Refuse(place.Parameter, place.Detail)
		}
		return nil, r.Err()
	}
	page, err := h.store.List(ctx, query)
	if err != nil {
		return nil, err
	}
	return rest.JSON(http.StatusOK, h.page, page)
}

// filters are all that is asked beside the page and its order.
func filters(values url.Values) []store.Filter {
	var filters []store.Filter
	for name, texts := range values {
		if name != "limit" && name != "cursor" && name != "order" {
			filters = append(filters, store.Filter{Name: name, Values: texts})
		}
	}
	slices.SortFunc(filters, func(a, b store.Filter) int { return strings.Compare(a.Name, b.Name) })
	return filters
}

// Get answers with the record that the path names, unless the caller has it.
func (h *Handlers[K, T]) Get(ctx context.Context, r *rest.Request) (*rest.Response, error) {
	key := h.key(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	response, etag, err := h.get(ctx, key)
	if err != nil {
		return nil, err
	}
	if known := r.Header("If-None-Match").Text(); known != "" && isKnown(known, etag) {
		response, err = rest.Empty(http.StatusNotModified)
	}
	response.Set("Etag", etag)
	return response, err
}

func (h *Handlers[K, T]) get(ctx context.Context, key K) (response *rest.Response, etag string, err error) {
	if encoded, ok := h.store.(store.Encoded[K]); ok {
		json, etag, err := encoded.GetJSON(ctx, key)
		return rest.Encoded(http.StatusOK, json), etag, err
	}
	entry, err := h.store.Get(ctx, key)
	if err != nil {
		return nil, "", err
	}
	response, err = rest.JSON(http.StatusOK, h.resource.Record, entry.Record)
	return response, entry.ETag, err
}

// Create keeps a new record.
func (h *Handlers[K, T]) Create(ctx context.Context, r *rest.Request) (*rest.Response, error) {
	record := rest.Body(r, h.resource.Record)
	if err := r.Err(); err != nil {
		return nil, err
	}
	entry, err := h.store.Create(ctx, record)
	if err != nil {
		return nil, err
	}
	if err := tell(ctx, h.Created, entry.Record); err != nil {
		return nil, err
	}
	response, err := h.answer(http.StatusCreated, entry)
	if err != nil {
		return nil, err
	}
	key := h.resource.KeyType.Format(h.resource.KeyOf(&entry.Record))
	response.Set("Location", h.path+"/"+url.PathEscape(key))
	return response, nil
}

// Replace puts a record in the place of the one that the path names.
func (h *Handlers[K, T]) Replace(ctx context.Context, r *rest.Request) (*rest.Response, error) {
	key := h.key(r)
	record := rest.Body(r, h.resource.Record)
	if err := r.Err(); err != nil {
		return nil, err
	}
	if h.resource.KeyType.Compare(h.resource.KeyOf(&record), key) != 0 {
		return nil, problem.Conflict("The " + h.resource.Key + " of the " + h.resource.Name + " is not that of the path.")
	}
	entry, err := h.store.Replace(ctx, record, match(r))
	if err != nil {
		return nil, err
	}
	if err := tell(ctx, h.Replaced, entry.Record); err != nil {
		return nil, err
	}
	return h.answer(http.StatusOK, entry)
}

// Delete forgets the record that the path names.
func (h *Handlers[K, T]) Delete(ctx context.Context, r *rest.Request) (*rest.Response, error) {
	key := h.key(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	if err := h.store.Delete(ctx, key, match(r)); err != nil {
		return nil, err
	}
	if err := tell(ctx, h.Deleted, key); err != nil {
		return nil, err
	}
	return rest.Empty(http.StatusNoContent)
}

func (h *Handlers[K, T]) key(r *rest.Request) K {
	return rest.Required(r.Path(h.resource.Key), h.resource.KeyType)
}

func (h *Handlers[K, T]) answer(status int, entry store.Entry[T]) (*rest.Response, error) {
	response, err := rest.JSON(status, h.resource.Record, entry.Record)
	if err != nil {
		return nil, err
	}
	response.Set("Etag", entry.ETag)
	return response, nil
}

// match are the ETags that If-Match names; nil if there is none, or if it is *, which names any.
func match(r *rest.Request) store.Match {
	header := r.Header("If-Match").Text()
	if header == "" || strings.TrimSpace(header) == "*" {
		return nil
	}
	match := store.Match{}
	for etag := range etags(header) {
		if !strings.HasPrefix(etag, "W/") {
			match = append(match, etag)
		}
	}
	return match
}

// isKnown tells whether If-None-Match names an ETag, which a weak one is enough for.
func isKnown(header, etag string) bool {
	if strings.TrimSpace(header) == "*" {
		return true
	}
	for known := range etags(header) {
		if strings.TrimPrefix(known, "W/") == etag {
			return true
		}
	}
	return false
}

// etags are those of a list. Ours hold no comma.
func etags(header string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(header, ",") {
			if !yield(strings.TrimSpace(part)) {
				return
			}
		}
	}
}
