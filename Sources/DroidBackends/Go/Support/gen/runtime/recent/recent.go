// Package recent keeps values for a while.
package recent

import (
	"container/list"
	"sync"
	"time"
)

// Values are kept by keys; of too many the one goes first that was not asked for longest.
type Values[V any] struct {
	mutex  sync.Mutex
	most   int
	byKey  map[string]*list.Element
	oldest *list.List // of *entry[V]
}

type entry[V any] struct {
	key   string
	value V
	until time.Time // zero is for good
}

// New keeps no more than so many values.
func New[V any](most int) *Values[V] {
	return &Values[V]{most: most, byKey: map[string]*list.Element{}, oldest: list.New()}
}

// Get finds a value whose time is not over.
func (v *Values[V]) Get(key string) (V, bool) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.get(key)
}

func (v *Values[V]) get(key string) (value V, ok bool) {
	element := v.byKey[key]
	if element == nil {
		return value, false
	}
	found := element.Value.(*entry[V])
	if !found.until.IsZero() && time.Now().After(found.until) {
		v.forget(element)
		return value, false
	}
	v.oldest.MoveToBack(element)
	return found.value, true
}

// Put keeps a value for so long, or for good where that is zero.
func (v *Values[V]) Put(key string, value V, lifetime time.Duration) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.put(key, value, lifetime)
}

func (v *Values[V]) put(key string, value V, lifetime time.Duration) {
	if element := v.byKey[key]; element != nil {
		v.forget(element)
	}
	kept := &entry[V]{key: key, value: value}
	if lifetime > 0 {
		kept.until = time.Now().Add(lifetime)
	}
	v.byKey[key] = v.oldest.PushBack(kept)
	if len(v.byKey) > v.most {
		v.forget(v.oldest.Front())
	}
}

// Add keeps a value where there is none, and tells whether it did.
func (v *Values[V]) Add(key string, value V, lifetime time.Duration) bool {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if _, ok := v.get(key); ok {
		return false
	}
	v.put(key, value, lifetime)
	return true
}

// Delete forgets a value, and tells whether there was one.
func (v *Values[V]) Delete(key string) bool {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	_, ok := v.get(key)
	if ok {
		v.forget(v.byKey[key])
	}
	return ok
}

func (v *Values[V]) forget(element *list.Element) {
	delete(v.byKey, v.oldest.Remove(element).(*entry[V]).key)
}
