package events

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

// memberTime is how long a group waits for a member that is not heard of.
const memberTime = 10 * time.Second

// Kafka carries events in topics.
type Kafka struct {
	addresses []string
	transport *kafka.Transport
	client    *kafka.Client
	writer    *kafka.Writer
	known     sync.Map // the topics that are there
}

// NewKafka carries events in the Kafka at addresses with commas between them.
func NewKafka(addresses string) (*Kafka, error) {
	all := strings.Split(addresses, ",")
	transport := &kafka.Transport{}
	client := &kafka.Client{Addr: kafka.TCP(all...), Transport: transport}
	return &Kafka{addresses: all, transport: transport, client: client, writer: &kafka.Writer{
		Addr: client.Addr, Transport: transport, RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond,
		Balancer: kafka.Murmur2Balancer{}, // keys go to the partitions to which Java's client sends them
	}}, nil
}

// Ping fails if it does not answer.
func (b *Kafka) Ping(ctx context.Context) error {
	_, err := b.client.ApiVersions(ctx, &kafka.ApiVersionsRequest{})
	return err
}

// Close leaves it.
func (b *Kafka) Close() error {
	err := b.writer.Close()
	b.transport.CloseIdleConnections()
	return err
}

// System is its name.
func (b *Kafka) System() string { return "kafka" }

// Publish waits until all replicas of the topic have the message.
func (b *Kafka) Publish(ctx context.Context, topic Topic, message Message) error {
	if err := b.prepare(ctx, topic); err != nil {
		return err
	}
	sent := kafka.Message{Topic: topic.Name, Value: message.Data}
	for pairs := message.pairs(); len(pairs) > 0; pairs = pairs[2:] {
		if pairs[0] == "key" {
			sent.Key = []byte(pairs[1])
			continue
		}
		sent.Headers = append(sent.Headers, kafka.Header{Key: pairs[0], Value: []byte(pairs[1])})
	}
	return b.writer.WriteMessages(ctx, sent)
}

// prepare makes a topic, unless it is there.
func (b *Kafka) prepare(ctx context.Context, topic Topic) error {
	if _, ok := b.known.Load(topic.Name); ok {
		return nil
	}
	if _, err := b.partitions(ctx, topic.Name); errors.Is(err, kafka.UnknownTopicOrPartition) {
		made, err := b.client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{
			Topic: topic.Name, NumPartitions: topic.Partitions, ReplicationFactor: -1,
			ConfigEntries: []kafka.ConfigEntry{{
				ConfigName: "retention.ms", ConfigValue: strconv.FormatInt(topic.Retention.Milliseconds(), 10),
			}},
		}}})
		if err != nil {
			return err
		}
		if err := made.Errors[topic.Name]; err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
			return fmt.Errorf("the topic %s cannot be made: %w", topic.Name, err)
		}
	} else if err != nil {
		return err
	}
	b.known.Store(topic.Name, true)
	return nil
}

func (b *Kafka) partitions(ctx context.Context, topic string) ([]kafka.Partition, error) {
	found, err := b.client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, err
	}
	for _, each := range found.Topics {
		if each.Name == topic {
			return each.Partitions, each.Error
		}
	}
	return nil, kafka.UnknownTopicOrPartition
}

// Join makes the topic, unless it is there, and joins the group.
func (b *Kafka) Join(ctx context.Context, topic Topic, group string, fromLatest bool) (Consumer, error) {
	if err := b.prepare(ctx, topic); err != nil {
		return nil, err
	}
	start := kafka.FirstOffset
	if fromLatest {
		start = kafka.LastOffset
	}
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: b.addresses, GroupID: group, Topic: topic.Name, StartOffset: start, MaxWait: fetchTime,
		WatchPartitionChanges: true, SessionTimeout: memberTime, RebalanceTimeout: memberTime, JoinGroupBackoff: againTime,
		ErrorLogger: kafka.LoggerFunc(func(text string, values ...any) {
			logger().Warn("Kafka: " + fmt.Sprintf(text, values...))
		}),
	})
	return &kafkaConsumer{broker: b, reader: reader, topic: topic.Name, group: group, partitions: map[int][]*fetched{}}, nil
}

// kafkaConsumer commits an offset when all before it are settled: Kafka knows nothing but how far a group has come.
type kafkaConsumer struct {
	broker *Kafka
	reader *kafka.Reader
	topic  string
	group  string

	mutex      sync.Mutex
	partitions map[int][]*fetched // what is not committed, in order
}

type fetched struct {
	message   kafka.Message
	isSettled bool
}

// moreTime is how long a batch waits for another message that may be here already.
const moreTime = 2 * time.Millisecond

func (c *kafkaConsumer) Fetch(ctx context.Context, most int) ([]*Delivery, error) {
	var deliveries []*Delivery
	wait := fetchTime
	for len(deliveries) < most {
		waiting, cancel := context.WithTimeout(ctx, wait)
		message, err := c.reader.FetchMessage(waiting)
		isOver := waiting.Err() != nil
		cancel()
		switch {
		case err != nil && (isOver || len(deliveries) > 0): // the next to ask is told of the failure
			return deliveries, nil
		case err != nil:
			return nil, err
		}
		deliveries = append(deliveries, c.delivery(message))
		wait = moreTime
	}
	return deliveries, nil
}

func (c *kafkaConsumer) delivery(message kafka.Message) *Delivery {
	each := &fetched{message: message}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	before := c.partitions[message.Partition]
	if len(before) > 0 && before[len(before)-1].message.Offset >= message.Offset {
		before = nil // the partition was given to us anew, and begins where the group had come
	}
	c.partitions[message.Partition] = append(before, each)
	said := func(name string) string {
		if name == "key" {
			return string(message.Key)
		}
		for _, header := range message.Headers {
			if header.Key == name {
				return string(header.Value)
			}
		}
		return ""
	}
	return &Delivery{
		Message:     newMessage(message.Value, said),
		Acknowledge: func(ctx context.Context) error { return c.settle(ctx, each) },
	}
}

func (c *kafkaConsumer) settle(ctx context.Context, each *fetched) error {
	c.mutex.Lock()
	each.isSettled = true
	rest := c.partitions[each.message.Partition]
	var last *fetched
	for len(rest) > 0 && rest[0].isSettled {
		last, rest = rest[0], rest[1:]
	}
	c.partitions[each.message.Partition] = rest
	c.mutex.Unlock()
	if last == nil {
		return nil
	}
	return c.reader.CommitMessages(ctx, last.message)
}

func (c *kafkaConsumer) Lag(ctx context.Context) (int64, error) {
	partitions, err := c.broker.partitions(ctx, c.topic)
	if err != nil {
		return 0, err
	}
	var numbers []int
	var asked []kafka.OffsetRequest
	for _, each := range partitions {
		numbers = append(numbers, each.ID)
		asked = append(asked, kafka.FirstOffsetOf(each.ID), kafka.LastOffsetOf(each.ID))
	}
	bounds, err := c.broker.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{c.topic: asked},
	})
	if err != nil {
		return 0, err
	}
	come, err := c.broker.client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{
		GroupID: c.group, Topics: map[string][]int{c.topic: numbers},
	})
	if err != nil {
		return 0, err
	}
	committed := map[int]int64{}
	for _, each := range come.Topics[c.topic] {
		committed[each.Partition] = each.CommittedOffset
	}
	var lag int64
	for _, each := range bounds.Topics[c.topic] {
		lag += each.LastOffset - max(each.FirstOffset, committed[each.Partition])
	}
	return lag, nil
}

func (c *kafkaConsumer) Close() error { return c.reader.Close() }
