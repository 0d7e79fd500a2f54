package kv

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"droid/gen/runtime/problem"
)

// answerTime is how long Redis may take to answer.
const answerTime = 2 * time.Second

// Redis keeps values in Redis. All else that Redis can do, Client does.
type Redis struct{ Client *redis.Client }

// NewRedis keeps values in the Redis at a URL, which may come later.
func NewRedis(url string) (*Redis, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	logging.Disable() // what fails is told by who waits for it
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = answerTime, answerTime, answerTime
	options.ContextTimeoutEnabled = true
	return &Redis{redis.NewClient(options)}, nil
}

// Ping fails if it does not answer.
func (r *Redis) Ping(ctx context.Context) error { return r.Client.Ping(ctx).Err() }

// Close leaves it.
func (r *Redis) Close() error { return r.Client.Close() }

// Get is the value of a key.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, bool, error) {
	value, err := r.Client.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return value, err == nil, failure(ctx, err)
}

// Set keeps a value.
func (r *Redis) Set(ctx context.Context, key string, value []byte, lifetime time.Duration) error {
	return failure(ctx, r.Client.Set(ctx, key, value, lifetime).Err())
}

// Add keeps a value if the key has none.
func (r *Redis) Add(ctx context.Context, key string, value []byte, lifetime time.Duration) (bool, error) {
	added, err := r.Client.SetNX(ctx, key, value, lifetime).Result()
	return added, failure(ctx, err)
}

// Delete forgets a value.
func (r *Redis) Delete(ctx context.Context, key string) (bool, error) {
	count, err := r.Client.Del(ctx, key).Result()
	return count > 0, failure(ctx, err)
}

// failure is that of the store, unless who asks has waited long enough.
func failure(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return problem.Unavailable("The cache does not answer.", err)
}
