package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"droid/gen/runtime/telemetry"
)

var errStopped = errors.New("it was stopped before it was done")

// failed is work that was begun, and not done.
type failed struct{ error }

// Job runs a process until its work is done; what keeps it from that ends it with 1. SIGTERM and SIGINT ask it to end.
func Job(run func(ctx context.Context) error) {
	begin := time.Now()
	useMemory()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx)
	stop()
	logger := telemetry.Logger("job")
	tell := func(outcome string) { logger.Info(outcome, "duration_seconds", time.Since(begin).Seconds()) }
	var failure failed
	switch {
	case err == nil:
		tell("done")
	case errors.As(err, &failure):
		logger.Error("the job has failed", "error", failure.error)
		tell("failed")
	default:
		fmt.Fprintln(os.Stderr, err)
	}
	telemetry.Flush()
	if err != nil {
		os.Exit(1)
	}
}

// Once does the work of a job. When the context ends the work is asked to end, and has this long to leave things in order.
func Once(ctx context.Context, health *Health, grace time.Duration, work func(ctx context.Context) error) error {
	health.Start()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if reason := recover(); reason != nil {
				done <- fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
			}
		}()
		done <- work(telemetry.Work(ctx))
	}()
	select {
	case err := <-done:
		if err != nil {
			return failed{err}
		}
		return nil
	case <-ctx.Done():
	}
	telemetry.Logger("job").Info("stopping")
	health.Drain()
	select {
	case err := <-done:
		if err == nil || errors.Is(err, context.Canceled) {
			err = errStopped
		}
		return failed{err}
	case <-time.After(grace):
		return failed{fmt.Errorf("it goes on although it was asked to end %s ago", grace)}
	}
}
