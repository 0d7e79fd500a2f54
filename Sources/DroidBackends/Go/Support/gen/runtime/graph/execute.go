package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"droid/gen/runtime/rest"
	"droid/gen/runtime/wire"
)

// execution is a document that is being answered.
type execution struct {
	graph     *Graph
	request   *rest.Request
	variables map[string]string
}

// answer asks all fields of an operation: those of a query at the same time, those of a mutation one after the other.
func (e *execution) answer(ctx context.Context, operation *ast.OperationDefinition) *rest.Response {
	fields := e.collect(operation.SelectionSet)
	answers := make([]string, len(fields))
	failed := make([]*failure, len(fields))
	var all sync.WaitGroup
	for i, field := range fields {
		all.Go(func() { answers[i], failed[i] = e.field(ctx, field) })
		if operation.Operation == ast.Mutation {
			all.Wait()
		}
	}
	all.Wait()
	var w wire.Writer
	w.Raw(`{"data":{`)
	var failures []failure
	for i, field := range fields {
		w.Name(field.Alias, i == 0)
		w.Raw(answers[i])
		if failed[i] != nil {
			failures = append(failures, *failed[i])
		}
	}
	w.Raw("}")
	if len(failures) > 0 {
		w.Raw(",")
		writeFailures(&w, failures)
	}
	w.Raw("}")
	return rest.Encoded(http.StatusOK, string(w.Bytes()))
}

// collect is what a selection asks for, each answer once. A fragment counts where it is first met, as the specification has
// it: fragments that name each other twice would take for ever.
func (e *execution) collect(selections ast.SelectionSet) []*ast.Field {
	return e.collected(selections, map[string]bool{})
}

func (e *execution) collected(selections ast.SelectionSet, met map[string]bool) []*ast.Field {
	var fields []*ast.Field
	add := func(field *ast.Field) {
		i := slices.IndexFunc(fields, func(other *ast.Field) bool { return other.Alias == field.Alias })
		if i < 0 {
			fields = append(fields, field)
			return
		}
		both := *fields[i]
		both.SelectionSet = slices.Concat(both.SelectionSet, field.SelectionSet)
		fields[i] = &both
	}
	for _, selection := range selections {
		switch selection := selection.(type) {
		case *ast.Field:
			if e.isWanted(selection.Directives) {
				add(selection)
			}
		case *ast.InlineFragment:
			if e.isWanted(selection.Directives) {
				for _, field := range e.collected(selection.SelectionSet, met) {
					add(field)
				}
			}
		case *ast.FragmentSpread:
			if !met[selection.Name] && e.isWanted(selection.Directives) {
				met[selection.Name] = true
				for _, field := range e.collected(selection.Definition.SelectionSet, met) {
					add(field)
				}
			}
		}
	}
	return fields
}

// isWanted is false for what is skipped or not included.
func (e *execution) isWanted(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		if argument := directive.Arguments.ForName("if"); argument != nil {
			var w wire.Writer
			writeScalar(&w, argument.Value, e.variables)
			if (string(w.Bytes()) == "true") == (directive.Name == "skip") {
				return false
			}
		}
	}
	return true
}

// field is the answer to a field of an operation: null where it fails.
func (e *execution) field(ctx context.Context, field *ast.Field) (string, *failure) {
	var w wire.Writer
	switch field.Name {
	case "__typename":
		w.String(field.ObjectDefinition.Name)
	case "__schema":
		e.describe(&w, field, schemaOf(e.graph.schema))
	case "__type":
		e.describe(&w, field, e.typeNamed(field))
	default:
		if err := e.writeAnswer(ctx, &w, field); err != nil {
			f := told(ctx, field, err)
			return "null", &f
		}
	}
	return string(w.Bytes()), nil
}

func (e *execution) writeAnswer(ctx context.Context, w *wire.Writer, field *ast.Field) (err error) {
	defer recovered(&err)
	answer, err := e.ask(ctx, field)
	if err == nil {
		e.write(w, field.Definition.Type, answer, field.SelectionSet)
	}
	return err
}

func (e *execution) ask(ctx context.Context, field *ast.Field) (answer []byte, err error) {
	asked := e.graph.Fields[field.ObjectDefinition.Name+"."+field.Name]
	if asked.Ask == nil {
		return nil, nil // GraphQL wants a query where there is nothing to ask
	}
	whole := ctx
	if asked.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, asked.Timeout)
		defer cancel()
	}
	if err := e.request.Admit(ctx, asked.Guard); err != nil {
		return nil, err
	}
	answer, err = asked.Ask(ctx, e.arguments(field))
	if whole.Err() == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, errLate
	}
	return answer, err
}

func recovered(err *error) {
	if reason := recover(); reason != nil {
		*err = fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
	}
}

// arguments are what a field is given, and what stands in for what it is not given.
func (e *execution) arguments(field *ast.Field) *Arguments {
	definitions := field.Definition.Arguments
	texts := map[string]string{}
	for _, definition := range definitions {
		value := definition.DefaultValue
		if given := field.Arguments.ForName(definition.Name); given != nil && !isAbsent(given.Value, e.variables) {
			value = given.Value
		}
		if value != nil {
			var w wire.Writer
			e.graph.writeLiteral(&w, definition.Type, value, e.variables)
			texts[definition.Name] = string(w.Bytes())
		}
	}
	return &Arguments{graph: e.graph, definitions: definitions, texts: texts}
}

// write appends what a selection asks for of a value that travels.
func (e *execution) write(w *wire.Writer, t *ast.Type, text []byte, selections ast.SelectionSet) {
	kind := e.graph.schema.Types[t.Name()]
	switch {
	case len(text) == 0 || string(text) == "null":
		w.Raw("null")
	case t.Elem != nil:
		elements, _ := decoded[[]json.RawMessage](text)
		w.Raw("[")
		for i, each := range elements {
			if i > 0 {
				w.Raw(",")
			}
			e.write(w, t.Elem, each, selections)
		}
		w.Raw("]")
	case kind.Kind == ast.Enum:
		name, _ := decoded[string](text)
		w.String(e.graph.constants[kind.Name][name])
	case kind.Kind == ast.Object:
		members, _ := decoded[map[string]json.RawMessage](text)
		w.Raw("{")
		for i, field := range e.collect(selections) {
			w.Name(field.Alias, i == 0)
			if field.Name == "__typename" {
				w.String(kind.Name)
				continue
			}
			e.write(w, field.Definition.Type, members[e.graph.wireName(kind, field.Name)], field.SelectionSet)
		}
		w.Raw("}")
	default:
		w.Raw(string(text))
	}
}
