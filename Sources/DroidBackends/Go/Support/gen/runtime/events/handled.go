package events

import (
	"context"
	"sync"
)

// Handled are the ids of the events that a group has handled.
type Handled interface {
	Has(ctx context.Context, group, id string) (bool, error)
	Add(ctx context.Context, group string, ids []string) error
}

// mostIDs is how many a process remembers.
const mostIDs = 100_000

// MemoryHandled remembers the last of them, as long as the process lives. Its zero value remembers none.
type MemoryHandled struct {
	mutex sync.Mutex
	known map[handledID]struct{}
	order []handledID // a ring, once it is full
	next  int
}

type handledID struct{ group, id string }

// Has tells whether the event was handled.
func (h *MemoryHandled) Has(_ context.Context, group, id string) (bool, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	_, ok := h.known[handledID{group, id}]
	return ok, nil
}

// Add remembers that these were handled.
func (h *MemoryHandled) Add(_ context.Context, group string, ids []string) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.known == nil {
		h.known = map[handledID]struct{}{}
	}
	for _, id := range ids {
		each := handledID{group, id}
		if _, ok := h.known[each]; ok {
			continue
		}
		h.known[each] = struct{}{}
		if len(h.order) < mostIDs {
			h.order = append(h.order, each)
			continue
		}
		delete(h.known, h.order[h.next])
		h.order[h.next] = each
		h.next = (h.next + 1) % mostIDs
	}
	return nil
}
