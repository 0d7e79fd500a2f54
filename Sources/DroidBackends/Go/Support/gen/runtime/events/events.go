// Package events publishes events and handles them: each at least once, by each group that asked for it.
package events

import (
	"context"
	"log/slog"
	"time"

	"droid/gen/runtime/telemetry"
)

// Event is an event with the id that its publisher gave it: one that comes twice has the same.
type Event[T any] struct {
	ID    string
	Value T
}

// Topic is what the events of a port are sent to.
type Topic struct {
	Name       string
	Partitions int
	// Retention is for how long they are kept.
	Retention time.Duration
}

// dead is where those go that nobody could handle.
func (t Topic) dead() Topic {
	return Topic{Name: t.Name + ".dead", Partitions: 1, Retention: t.Retention}
}

// Message is an event as it travels.
type Message struct {
	ID          string
	Time        string
	Key         string
	Traceparent string
	Data        []byte
	// Attempts and Error are of dead letters.
	Attempts string
	Error    string
}

// pairs are what travels beside the data, each after its name.
func (m *Message) pairs() []string {
	all := []string{
		"id", m.ID, "time", m.Time, "key", m.Key, "traceparent", m.Traceparent, "attempts", m.Attempts, "error", m.Error,
	}
	var pairs []string
	for i := 0; i < len(all); i += 2 {
		if all[i+1] != "" {
			pairs = append(pairs, all[i], all[i+1])
		}
	}
	return pairs
}

// newMessage is the event that says this beside its data.
func newMessage(data []byte, said func(name string) string) Message {
	return Message{
		ID: said("id"), Time: said("time"), Key: said("key"), Traceparent: said("traceparent"), Data: data,
	}
}

// Delivery is a message that is ours to handle until it is acknowledged.
type Delivery struct {
	Message
	// Acknowledge tells that it need not come again, Touch that we are still at it; nil where nobody asks.
	Acknowledge func(ctx context.Context) error
	Touch       func(ctx context.Context) error
}

// Broker is what carries events.
type Broker interface {
	// System is what spans call it.
	System() string
	// Publish returns when the message is safe.
	Publish(ctx context.Context, topic Topic, message Message) error
	// Join makes us one of a group, which begins with the oldest event or with those that come from now on.
	Join(ctx context.Context, topic Topic, group string, fromLatest bool) (Consumer, error)
}

// Consumer is what a member of a group is given.
type Consumer interface {
	// Fetch waits a moment for some messages; there may be none.
	Fetch(ctx context.Context, most int) ([]*Delivery, error)
	// Lag is how many messages wait for the group.
	Lag(ctx context.Context) (int64, error)
	Close() error
}

// fetchTime is how long a consumer waits for the first message.
const fetchTime = time.Second

// joinTime is how long a broker may take to answer.
const joinTime = 5 * time.Second

func logger() *slog.Logger { return telemetry.Logger("events") }
