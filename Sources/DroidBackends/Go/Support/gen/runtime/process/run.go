package process

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"droid/gen/runtime/telemetry"
)

// Ending is how a process ends.
type Ending struct {
	// Drain is how long it goes on answering after it was told to stop, so that nobody is sent to it any more.
	Drain time.Duration
	// Shutdown is how long what is under way may take.
	Shutdown time.Duration
	// Finish ends what is under way besides requests; nil where there is nothing.
	Finish func(ctx context.Context)
}

// Main runs a process until SIGTERM or SIGINT. What it cannot start with is one sentence on standard error.
func Main(run func(ctx context.Context) error) {
	useMemory()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		telemetry.Flush()
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	telemetry.Logger("process").Info("stopped")
	telemetry.Flush()
}

// Serve answers on all ports until the context ends, then stops as ending says.
func Serve(ctx context.Context, host string, health *Health, ending Ending, servers ...Server) error {
	failures := make(chan error, len(servers))
	listening := make([]*Listening, 0, len(servers))
	for _, server := range servers {
		each, err := Listen(ctx, host, server)
		if err != nil {
			return err
		}
		listening = append(listening, each)
	}
	for _, each := range listening {
		each.Serve(failures)
	}
	health.Start()
	logger := telemetry.Logger("process")
	select {
	case err := <-failures:
		return err
	case <-ctx.Done():
	}
	logger.Info("stopping")
	health.Drain()
	select {
	case err := <-failures:
		return err
	case <-time.After(ending.Drain):
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending.Shutdown)
	defer cancel()
	var all sync.WaitGroup
	for _, each := range listening {
		all.Add(1)
		go func() {
			defer all.Done()
			each.Stop(stopping)
		}()
	}
	if ending.Finish != nil {
		ending.Finish(stopping)
	}
	all.Wait()
	return nil
}

// Admin answers the probes from the very start to the very end; stop ends it.
func Admin(ctx context.Context, host string, server Server) (stop func(), err error) {
	listening, err := Listen(ctx, host, server)
	if err != nil {
		return nil, err
	}
	listening.Serve(make(chan error, 1))
	return func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		listening.Stop(stopping)
	}, nil
}
