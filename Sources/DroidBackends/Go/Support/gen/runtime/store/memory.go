package store

import (
	"context"
	"slices"
	"sync"

	"droid/gen/runtime/wire"
)

// Memory keeps records as long as the process lives: for tests and for the first hour.
type Memory[K, T any] struct {
	resource *Resource[K, T]
	mutex    sync.RWMutex
	sorted   []*kept[T] // by their keys
}

// kept is a record that nobody else holds: others get clones of it, to do with as they like.
type kept[T any] struct {
	record T
	json   string
	etag   string
}

// NewMemory is an empty store.
func NewMemory[K, T any](resource *Resource[K, T]) *Memory[K, T] {
	return &Memory[K, T]{resource: resource}
}

// Get finds a record.
func (m *Memory[K, T]) Get(_ context.Context, key K) (Entry[T], error) {
	found, err := m.get(key)
	if err != nil {
		return Entry[T]{}, err
	}
	return m.entry(found), nil
}

// GetJSON finds the JSON of a record.
func (m *Memory[K, T]) GetJSON(_ context.Context, key K) (json, etag string, err error) {
	found, err := m.get(key)
	if err != nil {
		return "", "", err
	}
	return found.json, found.etag, nil
}

func (m *Memory[K, T]) get(key K) (*kept[T], error) {
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	if place, ok := m.find(key); ok {
		return m.sorted[place], nil
	}
	return nil, m.resource.notFound()
}

// List finds a page of records.
func (m *Memory[K, T]) List(_ context.Context, query Query) (Page[T], error) {
	s, err := m.resource.parse(query)
	if err != nil {
		return Page[T]{}, err
	}
	chosen := m.choose(s)
	page := Page[T]{Records: make([]T, 0, min(len(chosen), s.limit))}
	for i, each := range chosen {
		if i == s.limit {
			page.Next, err = m.resource.cursor(s, &chosen[i-1].record)
			break
		}
		page.Records = append(page.Records, m.entry(each).Record)
	}
	return page, err
}

// choose finds one record more than the page has, if there is one.
func (m *Memory[K, T]) choose(s selection[T]) []*kept[T] {
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	places := s.places(m.resource)
	order := func(a *T, values []any) int { return m.order(s, places, a, values) }
	isByKey := len(places) == 1
	all := m.sorted
	if !isByKey || s.isDescending {
		all = slices.Clone(all)
		slices.SortStableFunc(all, func(a, b *kept[T]) int { return order(&a.record, m.values(places, &b.record)) })
	}
	if s.after != nil {
		begin, _ := slices.BinarySearchFunc(all, s.after, func(each *kept[T], after []any) int {
			if order(&each.record, after) <= 0 {
				return -1
			}
			return 1
		})
		all = all[begin:]
	}
	var chosen []*kept[T]
	for _, each := range all {
		if len(chosen) > s.limit {
			break
		}
		if m.holds(s.conditions, &each.record) {
			chosen = append(chosen, each)
		}
	}
	return chosen
}

func (m *Memory[K, T]) values(places []int, record *T) []any {
	values := make([]any, len(places))
	for i, field := range places {
		values[i] = m.resource.Record.Fields[field].Value(record)
	}
	return values
}

// order compares a record with the values of another, in the order of the selection.
func (m *Memory[K, T]) order(s selection[T], places []int, record *T, values []any) int {
	for i, place := range places {
		field := &m.resource.Record.Fields[place]
		order := field.Compare(field.Value(record), values[i])
		if i == 0 && s.isDescending {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

func (m *Memory[K, T]) holds(conditions []condition[T], record *T) bool {
	for _, condition := range conditions {
		field := &m.resource.Record.Fields[condition.field]
		value := field.Value(record)
		if value == nil || !slices.ContainsFunc(condition.values, func(wanted any) bool {
			order := field.Compare(value, wanted)
			return order == 0 || condition.how == atLeast && order > 0 || condition.how == atMost && order < 0
		}) {
			return false
		}
	}
	return true
}

// Create keeps a new record.
func (m *Memory[K, T]) Create(_ context.Context, record T) (Entry[T], error) {
	fresh, err := m.keep(record)
	if err != nil {
		return Entry[T]{}, err
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	place, isTaken := m.find(m.resource.KeyOf(&record))
	if isTaken {
		return Entry[T]{}, m.resource.taken()
	}
	m.sorted = slices.Insert(m.sorted, place, fresh)
	return m.entry(fresh), nil
}

// Replace puts a record in the place of the one with its key.
func (m *Memory[K, T]) Replace(_ context.Context, record T, match Match) (Entry[T], error) {
	fresh, err := m.keep(record)
	if err != nil {
		return Entry[T]{}, err
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	place, err := m.mayWrite(m.resource.KeyOf(&record), match)
	if err != nil {
		return Entry[T]{}, err
	}
	m.sorted[place] = fresh
	return m.entry(fresh), nil
}

// Delete forgets a record.
func (m *Memory[K, T]) Delete(_ context.Context, key K, match Match) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	place, err := m.mayWrite(key, match)
	if err != nil {
		return err
	}
	m.sorted = slices.Delete(m.sorted, place, place+1)
	return nil
}

func (m *Memory[K, T]) mayWrite(key K, match Match) (place int, err error) {
	place, isThere := m.find(key)
	switch {
	case !isThere:
		return place, m.resource.notFound()
	case match != nil && !slices.Contains(match, m.sorted[place].etag):
		return place, m.resource.changed()
	default:
		return place, nil
	}
}

func (m *Memory[K, T]) find(key K) (int, bool) {
	return slices.BinarySearchFunc(m.sorted, key, func(each *kept[T], key K) int {
		return m.resource.KeyType.Compare(m.resource.KeyOf(&each.record), key)
	})
}

// keep makes of a record what would be read back.
func (m *Memory[K, T]) keep(record T) (*kept[T], error) {
	json, err := wire.Encode(record, m.resource.Record)
	if err != nil {
		return nil, err
	}
	text := string(json)
	return &kept[T]{wire.MustDecode(text, m.resource.Record), text, newETag(wire.NewUUID())}, nil
}

func (m *Memory[K, T]) entry(found *kept[T]) Entry[T] {
	return Entry[T]{Record: m.resource.Record.Clone(found.record), ETag: found.etag}
}
