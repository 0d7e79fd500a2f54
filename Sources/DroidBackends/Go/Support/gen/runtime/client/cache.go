package client

import (
	"container/list"
	"sync"
	"time"
)

const (
	mostKept = 1000
	forever  = 365 * 24 * time.Hour
)

// cache keeps answers; the one that was not asked for longest goes first.
type cache struct {
	mutex  sync.Mutex
	byKey  map[string]*list.Element
	oldest *list.List // of *entry
}

type entry struct {
	key    string
	result attempt
	until  time.Time
}

func newCache() *cache { return &cache{byKey: map[string]*list.Element{}, oldest: list.New()} }

func (c *cache) get(key string) (attempt, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	element := c.byKey[key]
	if element == nil {
		return attempt{}, false
	}
	found := element.Value.(*entry)
	if time.Now().After(found.until) {
		c.oldest.Remove(element)
		delete(c.byKey, key)
		return attempt{}, false
	}
	c.oldest.MoveToBack(element)
	return found.result, true
}

func (c *cache) put(key string, result attempt, lifetime time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if element := c.byKey[key]; element != nil {
		c.oldest.Remove(element)
	}
	c.byKey[key] = c.oldest.PushBack(&entry{key, result, time.Now().Add(lifetime)})
	if len(c.byKey) > mostKept {
		delete(c.byKey, c.oldest.Remove(c.oldest.Front()).(*entry).key)
	}
}
