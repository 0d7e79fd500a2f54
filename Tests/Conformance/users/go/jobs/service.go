// Package service is what a user of systems/jobs.droid writes.
package service

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"jobs/gen"
)

// Service does what the variable WORK says.
type Service struct{ parts gen.Parts }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }

// Run does the work, once.
func (s *Service) Run(ctx context.Context, part, parts int) error {
	slog.InfoContext(ctx, "working")
	mine := gen.Part{Part: int64(part), Parts: int64(parts)}
	switch os.Getenv("WORK") {
	case "ask":
		_, err := s.parts.Clients.Upstream.Take(ctx, mine)
		return err
	case "tell":
		return s.parts.Events.Told.Publish(ctx, mine)
	case "fail":
		return errors.New("no luck")
	case "wait":
		<-ctx.Done()
		return ctx.Err()
	case "tidy":
		<-ctx.Done()
		slog.InfoContext(ctx, "tidied")
	case "stay":
		<-ctx.Done()
		slog.InfoContext(ctx, "not now")
		time.Sleep(time.Minute)
	}
	return nil
}
