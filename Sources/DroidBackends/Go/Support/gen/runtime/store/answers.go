package store

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"droid/gen/runtime/rest"
)

const (
	createAnswers = `
create table if not exists _idempotency (
    scope text primary key,
    request bytea not null,
    begun timestamptz not null default now(),
    status integer,
    headers jsonb,
    body bytea
)`
	beginAnswer = `
insert into _idempotency as kept (scope, request) values ($1, $2)
on conflict (scope) do update
set request = excluded.request, begun = now(), status = null, headers = null, body = null
where kept.begun < now() - $3::interval or kept.status is null and kept.begun < now() - $4::interval
returning true`
	readAnswer   = "select request, status, headers, body from _idempotency where scope = $1"
	keepAnswer   = "update _idempotency set status = $2, headers = $3, body = $4 where scope = $1"
	forgetAnswer = "delete from _idempotency where scope = $1"
	forgetOld    = "delete from _idempotency where begun < now() - $1::interval"

	// cleanTime is how often what is old is forgotten.
	cleanTime = time.Hour
)

// Answers keeps answers in PostgreSQL: any replica answers again what one has answered.
type Answers struct {
	pool    *pgxpool.Pool
	cleaned atomic.Int64 // in Unix seconds
}

// NewAnswers makes the table if it is not there.
func NewAnswers(ctx context.Context, pool *pgxpool.Pool) (*Answers, error) {
	err := change(ctx, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, createAnswers)
		return err
	})
	return &Answers{pool: pool}, err
}

// Begin finds what was asked before.
func (a *Answers) Begin(ctx context.Context, scope string, request []byte) (*rest.Begun, error) {
	now, cleaned := time.Now().Unix(), a.cleaned.Load()
	if now-cleaned > int64(cleanTime.Seconds()) && a.cleaned.CompareAndSwap(cleaned, now) {
		if _, err := a.pool.Exec(ctx, forgetOld, rest.KeepTime); err != nil {
			return nil, failure(err)
		}
	}
	for {
		var isFirst bool
		err := a.pool.QueryRow(ctx, beginAnswer, scope, request, rest.KeepTime, rest.LeaseTime).Scan(&isFirst)
		if !errors.Is(err, pgx.ErrNoRows) {
			return nil, failure(err)
		}
		begun, err := a.read(ctx, scope)
		if !errors.Is(err, pgx.ErrNoRows) { // else the first has failed just now
			return begun, failure(err)
		}
	}
}

func (a *Answers) read(ctx context.Context, scope string) (*rest.Begun, error) {
	var begun rest.Begun
	var status *int
	var header, body []byte
	if err := a.pool.QueryRow(ctx, readAnswer, scope).Scan(&begun.Request, &status, &header, &body); err != nil {
		return nil, err
	}
	if status == nil {
		return &begun, nil
	}
	begun.Answer = &rest.Kept{Status: *status, Body: body}
	return &begun, json.Unmarshal(header, &begun.Answer.Header)
}

// Keep keeps the answer of a request that is under way.
func (a *Answers) Keep(ctx context.Context, scope string, answer rest.Kept) error {
	header, err := json.Marshal(answer.Header)
	if err == nil {
		_, err = a.pool.Exec(ctx, keepAnswer, scope, answer.Status, string(header), answer.Body)
	}
	return failure(err)
}

// Forget lets a request that is under way be tried again.
func (a *Answers) Forget(ctx context.Context, scope string) error {
	_, err := a.pool.Exec(ctx, forgetAnswer, scope)
	return failure(err)
}
