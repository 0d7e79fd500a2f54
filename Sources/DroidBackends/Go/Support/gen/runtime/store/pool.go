package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"droid/gen/runtime/problem"
)

// connectTime is how long a database may take to answer at the start.
const connectTime = 10 * time.Second

// Connect opens a pool of connections to a database, and measures it.
func Connect(ctx context.Context, url string, size int, name string, registry prometheus.Registerer) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the address of the database %s cannot be read: %w", name, err)
	}
	config.MaxConns = int32(min(size, 10_000)) // #nosec G115 -- it fits
	config.ConnConfig.ConnectTimeout = connectTime
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	starting, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	if err := pool.Ping(starting); err != nil {
		pool.Close()
		return nil, fmt.Errorf("the database %s does not answer: %w", name, err)
	}
	measure(registry, pool, name)
	return pool, nil
}

// schemaLock is any number that all replicas agree on.
const schemaLock = 0x64726F6964

// change changes the schema: all of it or nothing, and one replica after the other.
func change(ctx context.Context, pool *pgxpool.Pool, do func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", schemaLock); err != nil {
			return err
		}
		return do(tx)
	})
}

func measure(registry prometheus.Registerer, pool *pgxpool.Pool, name string) {
	gauge := func(metric, help string, labels prometheus.Labels, value func(*pgxpool.Stat) int32) {
		registry.MustRegister(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: metric, Help: help, ConstLabels: labels},
			func() float64 { return float64(value(pool.Stat())) }))
	}
	const count, help = "db_client_connection_count", "Connections to a store, by what they do."
	gauge(count, help, prometheus.Labels{"store": name, "state": "used"}, (*pgxpool.Stat).AcquiredConns)
	gauge(count, help, prometheus.Labels{"store": name, "state": "idle"}, (*pgxpool.Stat).IdleConns)
	gauge("db_client_connection_max", "The most connections to a store.", prometheus.Labels{"store": name},
		(*pgxpool.Stat).MaxConns)
}

// failure tells apart a database that does not answer (503) and one that does not understand us (500).
func failure(err error) error {
	var refused *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, pgx.ErrNoRows):
		return err
	case errors.As(err, &refused) && !isAway(refused.Code):
		return err
	case refused == nil && !isConnection(err):
		return err
	default:
		return problem.Unavailable("The database does not answer.", err)
	}
}

// isAway is about SQLSTATE: the connection is gone, there are too many, or the server stops or starts.
func isAway(code string) bool {
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P") || code == "53300"
}

func isConnection(err error) bool {
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}
