package events

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// claimTime is after how long what was not acknowledged is somebody else's to handle.
const claimTime = time.Minute

// Redis carries events in streams.
type Redis struct{ client *redis.Client }

// NewRedis carries events in the Redis at a URL.
func NewRedis(url string) (*Redis, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	logging.Disable() // what fails is told by who waits for it
	options.ContextTimeoutEnabled = true
	return &Redis{redis.NewClient(options)}, nil
}

// Ping fails if it does not answer.
func (b *Redis) Ping(ctx context.Context) error { return b.client.Ping(ctx).Err() }

// Close leaves it.
func (b *Redis) Close() error { return b.client.Close() }

// System is its name.
func (b *Redis) System() string { return "redis" }

// Publish appends the message to the stream, and lets go what is too old.
func (b *Redis) Publish(ctx context.Context, topic Topic, message Message) error {
	oldest := time.Now().Add(-topic.Retention).UnixMilli()
	return b.client.XAdd(ctx, &redis.XAddArgs{
		Stream: topic.Name, MinID: strconv.FormatInt(oldest, 10), Approx: true,
		Values: append(message.pairs(), "data", string(message.Data)),
	}).Err()
}

// Join makes the stream and the group, unless they are there.
func (b *Redis) Join(ctx context.Context, topic Topic, group string, fromLatest bool) (Consumer, error) {
	start := "0"
	if fromLatest {
		start = "$"
	}
	err := b.client.XGroupCreateMkStream(ctx, topic.Name, group, start).Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	return &redisConsumer{client: b.client, stream: topic.Name, group: group, name: host + "-" + strconv.Itoa(os.Getpid())}, nil
}

type redisConsumer struct {
	client  *redis.Client
	stream  string
	group   string
	name    string
	claimed time.Time // when nothing was left to be claimed
}

func (c *redisConsumer) Fetch(ctx context.Context, most int) ([]*Delivery, error) {
	if time.Since(c.claimed) > claimTime/4 {
		entries, _, err := c.client.XAutoClaim(ctx, &redis.XAutoClaimArgs{
			Stream: c.stream, Group: c.group, Consumer: c.name, MinIdle: claimTime, Start: "0", Count: int64(most),
		}).Result()
		if err != nil {
			return nil, err
		}
		if len(entries) > 0 {
			return c.deliveries(entries), nil
		}
		c.claimed = time.Now()
	}
	streams, err := c.client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: c.group, Consumer: c.name, Streams: []string{c.stream, ">"}, Count: int64(most), Block: fetchTime,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.deliveries(streams[0].Messages), nil
}

func (c *redisConsumer) deliveries(entries []redis.XMessage) []*Delivery {
	deliveries := make([]*Delivery, len(entries))
	for i, entry := range entries {
		said := func(name string) string {
			text, _ := entry.Values[name].(string)
			return text
		}
		deliveries[i] = &Delivery{
			Message: newMessage([]byte(said("data")), said),
			Acknowledge: func(ctx context.Context) error {
				return c.client.XAck(ctx, c.stream, c.group, entry.ID).Err()
			},
			Touch: func(ctx context.Context) error {
				return c.client.XClaimJustID(ctx, &redis.XClaimArgs{
					Stream: c.stream, Group: c.group, Consumer: c.name, Messages: []string{entry.ID},
				}).Err()
			},
		}
	}
	return deliveries
}

func (c *redisConsumer) Lag(ctx context.Context) (int64, error) {
	groups, err := c.client.XInfoGroups(ctx, c.stream).Result()
	for _, group := range groups {
		if group.Name == c.group {
			return max(0, group.Lag) + group.Pending, err
		}
	}
	return 0, err
}

func (c *redisConsumer) Close() error { return nil }
