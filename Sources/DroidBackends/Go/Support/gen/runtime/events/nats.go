package events

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// messageID is the header by which NATS knows what it has already.
const messageID = "Nats-Msg-Id"

// Nats carries events in streams of JetStream, each with one subject.
type Nats struct {
	connection *nats.Conn
	stream     jetstream.JetStream
	known      sync.Map // the topics whose streams are there
}

// NewNats carries events in the NATS at a URL, which may come later.
func NewNats(url string) (*Nats, error) {
	connection, err := nats.Connect(url,
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second),
		nats.ReconnectBufSize(-1), // what cannot be sent now fails, instead of being sent when nobody expects it
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // what fails is told by who waits for it
	if err != nil {
		return nil, err
	}
	stream, err := jetstream.New(connection)
	if err != nil {
		connection.Close()
		return nil, err
	}
	return &Nats{connection: connection, stream: stream}, nil
}

// Ping fails if it does not answer.
func (b *Nats) Ping(ctx context.Context) error {
	if !b.connection.IsConnected() {
		return nats.ErrConnectionReconnecting
	}
	return b.connection.FlushWithContext(ctx)
}

// Close leaves it.
func (b *Nats) Close() error {
	b.connection.Close()
	return nil
}

// System is its name.
func (b *Nats) System() string { return "nats" }

// Publish sends the message to the subject, and waits until the stream has it.
func (b *Nats) Publish(ctx context.Context, topic Topic, message Message) error {
	if err := b.prepare(ctx, topic); err != nil {
		return err
	}
	sent := &nats.Msg{Subject: topic.Name, Header: nats.Header{}, Data: message.Data}
	for pairs := message.pairs(); len(pairs) > 0; pairs = pairs[2:] {
		name := pairs[0]
		if name == "id" {
			name = messageID
		}
		sent.Header[name] = []string{pairs[1]}
	}
	_, err := b.stream.PublishMsg(ctx, sent)
	if err != nil {
		b.known.Delete(topic.Name) // it may be gone
	}
	return err
}

// prepare makes the stream of a topic, unless it is there. One that keeps events for another time stays as it is.
func (b *Nats) prepare(ctx context.Context, topic Topic) error {
	if _, ok := b.known.Load(topic.Name); ok {
		return nil
	}
	_, err := b.stream.CreateStream(ctx, jetstream.StreamConfig{
		Name: streamName(topic), Subjects: []string{topic.Name}, MaxAge: topic.Retention,
	})
	if err != nil && !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return err
	}
	b.known.Store(topic.Name, true)
	return nil
}

func streamName(topic Topic) string { return strings.ToUpper(plain(topic.Name)) }

// plain is a name in which JetStream finds nothing but a name.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, name)
}

// Join makes the stream and the durable consumer of the group, unless they are there.
func (b *Nats) Join(ctx context.Context, topic Topic, group string, fromLatest bool) (Consumer, error) {
	b.known.Delete(topic.Name)
	if err := b.prepare(ctx, topic); err != nil {
		return nil, err
	}
	found, err := b.stream.Consumer(ctx, streamName(topic), plain(group))
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		policy := jetstream.DeliverAllPolicy
		if fromLatest {
			policy = jetstream.DeliverNewPolicy
		}
		found, err = b.stream.CreateOrUpdateConsumer(ctx, streamName(topic), jetstream.ConsumerConfig{
			Durable: plain(group), DeliverPolicy: policy, AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Minute,
		})
	}
	if err != nil {
		return nil, err
	}
	return natsConsumer{found}, nil
}

type natsConsumer struct{ consumer jetstream.Consumer }

func (c natsConsumer) Fetch(ctx context.Context, most int) ([]*Delivery, error) {
	waiting, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	batch, err := c.consumer.Fetch(1, jetstream.FetchContext(waiting))
	deliveries, err := natsDeliveries(nil, batch, err)
	if len(deliveries) == 0 || most == 1 {
		return deliveries, err
	}
	more, err := c.consumer.FetchNoWait(most - 1)
	return natsDeliveries(deliveries, more, err)
}

func natsDeliveries(deliveries []*Delivery, batch jetstream.MessageBatch, err error) ([]*Delivery, error) {
	if err != nil {
		return deliveries, err
	}
	for message := range batch.Messages() {
		header := message.Headers()
		said := func(name string) string {
			if name == "id" {
				name = messageID
			}
			return header.Get(name)
		}
		deliveries = append(deliveries, &Delivery{
			Message:     newMessage(message.Data(), said),
			Acknowledge: message.DoubleAck,
			Touch:       func(context.Context) error { return message.InProgress() },
		})
	}
	err = batch.Error()
	if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = nil // there was none for a moment
	}
	return deliveries, err
}

func (c natsConsumer) Lag(ctx context.Context) (int64, error) {
	info, err := c.consumer.Info(ctx)
	if err != nil {
		return 0, err
	}
	return int64(info.NumPending) + int64(info.NumAckPending), nil // #nosec G115 -- nobody keeps 2^63 events
}

func (c natsConsumer) Close() error { return nil }
