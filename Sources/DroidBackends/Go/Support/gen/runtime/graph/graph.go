// Package graph answers ports of GraphQL: documents in, what their fields ask for out.
package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/rest"
	"droid/gen/runtime/wire"
)

// Options are what a port of GraphQL is.
type Options struct {
	// Document is the schema, in GraphQL's own language.
	Document string
	// Names are those that are others where values travel as JSON, by Type.name.
	Names map[string]string
	// Depth is the most that fields may be inside each other.
	Depth int
	// HasIntrospection tells the schema to whom asks.
	HasIntrospection bool
	// Fields answer what can be asked and told, by the names of their types and their own.
	Fields map[string]Field
	// Streams answer what can be subscribed to, by name.
	Streams map[string]Stream
	// Stopping ends all streams when it is closed.
	Stopping <-chan struct{}
}

// Field answers a field of Query or Mutation.
type Field struct {
	Guard rest.Guard
	// Timeout is for what has less time than its request.
	Timeout time.Duration
	// Ask is the answer as JSON, nothing where it is absent.
	Ask func(ctx context.Context, a *Arguments) ([]byte, error)
}

// Stream answers a field of Subscription.
type Stream struct {
	Guard rest.Guard
	// Ask gives answers to tell until it returns; tell is false when nobody listens any more.
	Ask func(ctx context.Context, a *Arguments, tell func(answer []byte) bool) error
}

// Graph is a port of GraphQL.
type Graph struct {
	Options
	schema *ast.Schema
	// constants are the values of enums in GraphQL, by what they are on the wire.
	constants map[string]map[string]string
}

// New is a port that answers as the options say. Its schema is known to be right.
func New(options Options) *Graph {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: options.Document})
	// The parser knows it, and we do not.
	delete(schema.Directives, "defer")
	g := &Graph{Options: options, schema: schema, constants: map[string]map[string]string{}}
	for _, kind := range schema.Types {
		constants := make(map[string]string, len(kind.EnumValues))
		for _, each := range kind.EnumValues {
			constants[g.wireName(kind, each.Name)] = each.Name
		}
		g.constants[kind.Name] = constants
	}
	return g
}

// wireName is what a field or value of a type is called where it travels as JSON.
func (g *Graph) wireName(kind *ast.Definition, name string) string {
	if other, ok := g.Names[kind.Name+"."+name]; ok {
		return other
	}
	return name
}

// question is the body of a request.
type question struct {
	Query         string
	OperationName *string
	Variables     map[string]*json.RawMessage
	Extensions    json.RawMessage
}

var questionType = &wire.Record[question]{Fields: []wire.Field[question]{
	wire.Required("query", func(q *question) *string { return &q.Query }, wire.StringType),
	wire.Optional("operationName", func(q *question) **string { return &q.OperationName }, wire.StringType),
	wire.OptionalMap("variables", func(q *question) *map[string]*json.RawMessage { return &q.Variables }, wire.Map(wire.Nullable(wire.JSONType))),
	// Clients tell more in it than we read.
	wire.OptionalList("extensions", func(q *question) *json.RawMessage { return &q.Extensions }, wire.JSONType),
}}

// Answer answers a document.
func (g *Graph) Answer(ctx context.Context, r *rest.Request) (*rest.Response, error) {
	asked := rest.Body(r, questionType)
	if err := r.Err(); err != nil {
		return nil, err
	}
	document, failures := g.read(asked.Query)
	if len(failures) > 0 {
		return refusal(failures), nil
	}
	operation := operationOf(document, asked.OperationName)
	if operation == nil {
		return refusal([]failure{{message: "The document has no such operation, or several."}}), nil
	}
	variables, failures := g.variables(operation, asked.Variables)
	if len(failures) > 0 {
		return refusal(failures), nil
	}
	e := &execution{graph: g, request: r, variables: variables}
	if operation.Operation != ast.Subscription {
		return e.answer(ctx, operation), nil
	}
	if !strings.Contains(r.Header("Accept").Text(), "text/event-stream") {
		return nil, problem.New(http.StatusNotAcceptable, "A subscription is answered as text/event-stream.")
	}
	return r.Stream("text/event-stream", func(ctx context.Context, send func(text string) bool) {
		e.stream(ctx, operation, send)
	}), nil
}

// Schema answers the schema itself.
func (g *Graph) Schema(context.Context, *rest.Request) (*rest.Response, error) {
	return rest.Text("application/graphql", g.Document), nil
}

// operationOf is the operation that is meant; nil if there is none, or it is not said which.
func operationOf(document *ast.QueryDocument, name *string) *ast.OperationDefinition {
	if name == nil {
		if len(document.Operations) == 1 {
			return document.Operations[0]
		}
		return nil
	}
	for _, operation := range document.Operations {
		if operation.Name == *name {
			return operation
		}
	}
	return nil
}
