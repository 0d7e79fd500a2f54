package graph

import (
	"context"
	"iter"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"droid/gen/runtime/wire"
)

// silence is how long nothing may be sent: proxies end what is silent.
const silence = 15 * time.Second

const complete = "event: complete\ndata: \n\n"

// Tell tells values one after the other, as far as the contract allows them.
func Tell[T any](values iter.Seq2[T, error], t wire.Type[T], tell func(answer []byte) bool) error {
	for value, err := range values {
		if err != nil {
			return err
		}
		answer, err := wire.Encode(value, t)
		if err != nil || !tell(answer) {
			return err
		}
	}
	return nil
}

// stream sends what a subscription gives as events, by GraphQL over SSE, until it ends, or the process does.
func (e *execution) stream(ctx context.Context, operation *ast.OperationDefinition, send func(text string) bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events := make(chan string)
	go func() {
		defer close(events)
		for _, field := range e.collect(operation.SelectionSet) {
			e.follow(ctx, field, events)
		}
	}()
	for {
		text := complete
		select {
		case <-ctx.Done():
			return
		case <-e.graph.Stopping:
		case <-time.After(silence):
			text = ":\n\n"
		case event, ok := <-events:
			if ok {
				text = event
			}
		}
		if !send(text) || text == complete {
			return
		}
	}
}

// follow gives the events of a field; a failure is the last.
func (e *execution) follow(ctx context.Context, field *ast.Field, events chan<- string) {
	tell := func(text string) bool {
		select {
		case events <- "event: next\ndata: " + text + "\n\n":
			return true
		case <-ctx.Done():
			return false
		}
	}
	err := e.subscribe(ctx, field, func(answer []byte) bool {
		var w wire.Writer
		w.Raw(`{"data":{`)
		w.Name(field.Alias, true)
		e.write(&w, field.Definition.Type, answer, field.SelectionSet)
		w.Raw("}}")
		return tell(string(w.Bytes()))
	})
	if err != nil && ctx.Err() == nil {
		var w wire.Writer
		w.Raw("{")
		writeFailures(&w, []failure{told(ctx, field, err)})
		w.Raw("}")
		tell(string(w.Bytes()))
	}
}

func (e *execution) subscribe(ctx context.Context, field *ast.Field, tell func(answer []byte) bool) (err error) {
	defer recovered(&err)
	asked := e.graph.Streams[field.Name]
	if err := e.request.Admit(ctx, asked.Guard); err != nil {
		return err
	}
	return asked.Ask(ctx, e.arguments(field), tell)
}
