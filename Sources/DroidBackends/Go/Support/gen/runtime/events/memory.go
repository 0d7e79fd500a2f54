package events

import (
	"context"
	"sync"
	"time"
)

// Memory carries events within one process: for tests, and for the first hour. Its zero value is ready to be used.
type Memory struct {
	mutex  sync.Mutex
	groups map[groupName]*memoryGroup
}

type groupName struct{ topic, group string }

// System is its name.
func (b *Memory) System() string { return "memory" }

// Publish gives the message to each group that has joined.
func (b *Memory) Publish(_ context.Context, topic Topic, message Message) error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for name, group := range b.groups {
		if name.topic == topic.Name {
			group.add(message)
		}
	}
	return nil
}

// Join gives what the group has not been given yet.
func (b *Memory) Join(_ context.Context, topic Topic, group string, _ bool) (Consumer, error) {
	return b.group(topic, group), nil
}

// group makes the group, unless it is there.
func (b *Memory) group(topic Topic, group string) *memoryGroup {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	name := groupName{topic.Name, group}
	if b.groups == nil {
		b.groups = map[groupName]*memoryGroup{}
	}
	if b.groups[name] == nil {
		b.groups[name] = &memoryGroup{filled: make(chan struct{}, 1)}
	}
	return b.groups[name]
}

// memoryGroup are the messages that wait for a group.
type memoryGroup struct {
	mutex   sync.Mutex
	waiting []Message
	filled  chan struct{}
}

func (g *memoryGroup) add(message Message) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.waiting = append(g.waiting, message)
	select {
	case g.filled <- struct{}{}:
	default: // it is known already
	}
}

func (g *memoryGroup) Fetch(ctx context.Context, most int) ([]*Delivery, error) {
	if deliveries := g.take(most); len(deliveries) > 0 {
		return deliveries, nil
	}
	select {
	case <-ctx.Done():
	case <-time.After(fetchTime):
	case <-g.filled:
	}
	return g.take(most), nil
}

func (g *memoryGroup) take(most int) []*Delivery {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	taken := min(most, len(g.waiting))
	deliveries := make([]*Delivery, taken)
	for i, message := range g.waiting[:taken] {
		deliveries[i] = &Delivery{Message: message}
	}
	g.waiting = g.waiting[taken:]
	return deliveries
}

func (g *memoryGroup) Lag(context.Context) (int64, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return int64(len(g.waiting)), nil
}

func (g *memoryGroup) Close() error { return nil }
