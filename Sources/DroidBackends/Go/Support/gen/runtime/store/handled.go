package store

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	createHandled = `
create table if not exists _handled_events (
    subscriber text,
    id text,
    at timestamptz not null default now(),
    primary key (subscriber, id)
)`
	hasHandled = "select exists (select from _handled_events where subscriber = $1 and id = $2)"
	addHandled = `
insert into _handled_events (subscriber, id) select $1, unnest($2::text[])
on conflict do nothing`
	forgetHandled = "delete from _handled_events where at < now() - interval '7 days'"

	// forgetTime is how often what is old is forgotten.
	forgetTime = time.Hour
)

// Handled remembers for 7 days which events were handled: what one replica has handled, none does again.
type Handled struct {
	pool    *pgxpool.Pool
	cleaned atomic.Int64 // in Unix seconds
}

// NewHandled makes the table if it is not there.
func NewHandled(ctx context.Context, pool *pgxpool.Pool) (*Handled, error) {
	err := change(ctx, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, createHandled)
		return err
	})
	return &Handled{pool: pool}, err
}

// Has tells whether a group has handled the event.
func (h *Handled) Has(ctx context.Context, group, id string) (has bool, err error) {
	err = h.pool.QueryRow(ctx, hasHandled, group, id).Scan(&has)
	return has, failure(err)
}

// Add remembers that a group has handled these.
func (h *Handled) Add(ctx context.Context, group string, ids []string) error {
	if _, err := h.pool.Exec(ctx, addHandled, group, ids); err != nil {
		return failure(err)
	}
	now, cleaned := time.Now().Unix(), h.cleaned.Load()
	if now-cleaned > int64(forgetTime.Seconds()) && h.cleaned.CompareAndSwap(cleaned, now) {
		_, err := h.pool.Exec(ctx, forgetHandled)
		return failure(err)
	}
	return nil
}
