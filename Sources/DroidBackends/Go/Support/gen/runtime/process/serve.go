package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	"droid/gen/runtime/telemetry"
)

const (
	// maxHeader and what net/http adds to it are 16 KiB.
	maxHeader = 12 << 10
	// readTime is how long the head of a request may take.
	readTime = 10 * time.Second
	// idleTime is how long a connection may wait for its next request: longer than usual load balancers do.
	idleTime = 90 * time.Second
)

// Server is a handler on a port.
type Server struct {
	Port    int
	Handler http.Handler
}

// Listening is a server that has its port.
type Listening struct {
	server   *http.Server
	listener net.Listener
}

// Listen takes the port of a server, and answers nobody yet.
func Listen(ctx context.Context, host string, server Server) (*Listening, error) {
	address := net.JoinHostPort(host, strconv.Itoa(server.Port))
	listener, err := new(net.ListenConfig).Listen(context.WithoutCancel(ctx), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return &Listening{listener: listener, server: &http.Server{
		Handler:                      server.Handler,
		ReadHeaderTimeout:            readTime,
		IdleTimeout:                  idleTime,
		MaxHeaderBytes:               maxHeader,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0), // callers that are no HTTP are no news
	}}, nil
}

// Serve answers in the background. What ends it before its time goes to failures.
func (l *Listening) Serve(failures chan<- error) {
	telemetry.Logger("process").Info("listening on " + l.listener.Addr().String())
	go func() {
		if err := l.server.Serve(l.listener); !errors.Is(err, http.ErrServerClosed) {
			failures <- err
		}
	}()
}

// Stop lets the requests under way finish, as long as the context allows.
func (l *Listening) Stop(ctx context.Context) {
	if err := l.server.Shutdown(ctx); err != nil {
		telemetry.Logger("process").Warn("requests were cut off", "error", err)
		_ = l.server.Close()
	}
}
