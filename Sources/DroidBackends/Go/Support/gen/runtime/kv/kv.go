// Package kv keeps values by keys, for a while: what several processes share, or one has for itself.
package kv

import (
	"context"
	"time"

	"droid/gen/runtime/recent"
)

// mostValues is how many are kept in memory.
const mostValues = 100_000

// Store keeps bytes by keys. When it does not answer, what asks it fails with a problem of status 503.
type Store interface {
	// Get is the value of a key; not ok if there is none, or its time is over.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Set keeps a value for so long, or for good where that is zero.
	Set(ctx context.Context, key string, value []byte, lifetime time.Duration) error
	// Add keeps a value if the key has none: of several that try at once one is told yes.
	Add(ctx context.Context, key string, value []byte, lifetime time.Duration) (added bool, err error)
	// Delete forgets a value, and tells whether there was one.
	Delete(ctx context.Context, key string) (deleted bool, err error)
}

// Memory keeps values as long as the process lives.
type Memory struct{ values *recent.Values[[]byte] }

// NewMemory is an empty store.
func NewMemory() *Memory { return &Memory{recent.New[[]byte](mostValues)} }

// Get is the value of a key.
func (m *Memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	value, ok := m.values.Get(key)
	return append([]byte(nil), value...), ok, nil
}

// Set keeps a value.
func (m *Memory) Set(_ context.Context, key string, value []byte, lifetime time.Duration) error {
	m.values.Put(key, append([]byte(nil), value...), lifetime)
	return nil
}

// Add keeps a value if the key has none.
func (m *Memory) Add(_ context.Context, key string, value []byte, lifetime time.Duration) (bool, error) {
	return m.values.Add(key, append([]byte(nil), value...), lifetime), nil
}

// Delete forgets a value.
func (m *Memory) Delete(_ context.Context, key string) (bool, error) {
	return m.values.Delete(key), nil
}
