package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

const (
	// mostKept is how many answers are kept.
	mostKept = 1000
	// sharedTime is how long what answers are shared through may take: one that is slower is none.
	sharedTime = 250 * time.Millisecond
)

// Shared is what kept answers are shared through.
type Shared interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Set(ctx context.Context, key string, value []byte, lifetime time.Duration) error
}

// find looks for an answer of late, to us or to another that shares what is kept.
func (c *Client) find(ctx context.Context, key string) (attempt, bool) {
	kept, ok := c.kept.Get(key)
	if ok || c.options.Shared == nil {
		return kept, ok
	}
	ctx, cancel := context.WithTimeout(ctx, sharedTime)
	defer cancel()
	body, ok, err := c.options.Shared.Get(ctx, c.shared(key))
	if len(body) == 0 {
		return attempt{status: http.StatusNoContent}, ok && err == nil
	}
	return attempt{status: http.StatusOK, body: body}, err == nil
}

// keep keeps an answer, for others too.
func (c *Client) keep(ctx context.Context, key string, result attempt, lifetime time.Duration) {
	c.kept.Put(key, result, lifetime)
	if c.options.Shared == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sharedTime)
	defer cancel()
	_ = c.options.Shared.Set(ctx, c.shared(key), result.body, lifetime) // it holds without, too
}

func (c *Client) shared(key string) string {
	sum := sha256.Sum256([]byte(c.peer + "\n" + key))
	return "cache:" + hex.EncodeToString(sum[:])
}
