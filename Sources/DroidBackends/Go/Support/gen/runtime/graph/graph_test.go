package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"droid/gen/runtime/rest"
	"droid/gen/runtime/wire"
)

const document = `scalar JSON

type Query {
  say(text: String!, times: Int = 2): [String!]
  echo(value: JSON!, pet: PetInput, kinds: [Kind!]): JSON
  pet: Pet
  panics: String
}

enum Kind { BIG_DOG CAT @deprecated(reason: "none left") }

"A pet."
type Pet { name: String! kind: Kind! old: String @deprecated }

input PetInput { name: String! kind: Kind! = CAT }
`

func encoded(texts ...string) ([]byte, error) { return wire.Encode(texts, wire.List(wire.StringType)) }

func subject() http.Handler {
	port := New(Options{
		Document: document, Depth: 8, HasIntrospection: true,
		Names: map[string]string{"Kind.BIG_DOG": "big-dog", "Pet.name": "pet-name", "PetInput.name": "pet-name"},
		Fields: map[string]Field{
			"Query.say": {Ask: func(_ context.Context, a *Arguments) ([]byte, error) {
				text, times := Required(a, "text", wire.StringType), Optional(a, "times", wire.IntType)
				if times == nil {
					return nil, a.Err()
				}
				return encoded(strings.Split(strings.Repeat(text, int(*times)), "")...)
			}},
			"Query.echo": {Ask: func(_ context.Context, a *Arguments) ([]byte, error) {
				return encoded(a.texts["value"], a.texts["pet"], a.texts["kinds"])
			}},
			"Query.pet": {Ask: func(context.Context, *Arguments) ([]byte, error) {
				return []byte(`{"pet-name":"Rex","kind":"big-dog"}`), nil
			}},
			"Query.panics": {Ask: func(context.Context, *Arguments) ([]byte, error) { panic("a secret") }},
		},
	})
	router := rest.NewRouter(rest.Options{MaxBody: 1 << 20, Metrics: rest.NewMetrics(prometheus.NewRegistry(), []float64{1})})
	router.Handle(rest.Operation{Method: http.MethodPost, Path: "/graphql"}, port.Answer)
	return router
}

func TestAnswers(t *testing.T) {
	for _, each := range []struct{ query, variables, want string }{
		{`{ say(text: "a") }`, ``, `{"data":{"say":["a","a"]}}`},
		{`{ say(text: "a", times: null) }`, ``, `{"data":{"say":null}}`},
		{`query ($n: Int) { say(text: "a", times: $n) }`, ``, `{"data":{"say":["a","a"]}}`},
		{`query ($n: Int = 1) { say(text: "a", times: $n) }`, ``, `{"data":{"say":["a"]}}`},
		{`query ($n: Int) { say(text: "a", times: $n) }`, `{"n":null}`, `{"data":{"say":null}}`},
		{`{ pet { called: name kind old ... { kind } ...P } } fragment P on Pet { __typename }`, ``,
			`{"data":{"pet":{"called":"Rex","kind":"BIG_DOG","old":null,"__typename":"Pet"}}}`},
		{`query ($no: Boolean!) { pet @skip(if: $no) { name } a: pet @include(if: $no) { name kind @include(if: false) } }`,
			`{"no":true}`, `{"data":{"a":{"name":"Rex"}}}`},
		{`query ($v: JSON!) { echo(value: {a: [1, $v, null], b: X}, kinds: BIG_DOG) }`, `{"v":{"c":9007199254740993}}`,
			`{"data":{"echo":["{\"a\":[1,{\"c\":9007199254740993},null],\"b\":\"X\"}","","[\"big-dog\"]"]}}`},
		{`query ($p: PetInput, $k: [Kind!]) { echo(value: 1, pet: $p, kinds: $k) }`, `{"p":{"name":"x"},"k":"CAT"}`,
			`{"data":{"echo":["1","{\"pet-name\":\"x\"}","[\"CAT\"]"]}}`},
		{`query ($n: String!) { echo(value: true, pet: {name: $n, kind: BIG_DOG}) }`, `{"n":"x"}`,
			`{"data":{"echo":["true","{\"pet-name\":\"x\",\"kind\":\"big-dog\"}",""]}}`},
		{`{ panics }`, ``, `{"data":{"panics":null},"errors":[{"message":"The operation failed.",` +
			`"locations":[{"line":1,"column":3}],"path":["panics"],"extensions":{"code":"internal"}}]}`},
		{`query ($p: PetInput) { echo(value: 1, pet: $p) }`, `{"p":{"name":"x","more":1}}`,
			`{"errors":[{"message":"A variable does not fit its type.","locations":[{"line":1,"column":8}]}]}`},
		{`query ($n: Int) { say(text: "a", times: $n) }`, `{"n":1.5}`,
			`{"errors":[{"message":"A variable does not fit its type.","locations":[{"line":1,"column":8}]}]}`},
		{`{ __type(name: "Kind") { kind enumValues { name } all: enumValues(includeDeprecated: true) { name deprecationReason } } }`, ``,
			`{"data":{"__type":{"kind":"ENUM","enumValues":[{"name":"BIG_DOG"}],"all":[{"name":"BIG_DOG","deprecationReason":null},` +
				`{"name":"CAT","deprecationReason":"none left"}]}}}`},
		{`{ __type(name: "PetInput") { inputFields { name defaultValue type { kind ofType { name } } } } }`, ``,
			`{"data":{"__type":{"inputFields":[{"name":"name","defaultValue":null,"type":{"kind":"NON_NULL","ofType":{"name":"String"}}},` +
				`{"name":"kind","defaultValue":"CAT","type":{"kind":"NON_NULL","ofType":{"name":"Kind"}}}]}}}`},
		{`{ __type(name: "Pet") { description fields { name isDeprecated } } none: __type(name: "Cow") { name } }`, ``,
			`{"data":{"__type":{"description":"A pet.","fields":[{"name":"name","isDeprecated":false},{"name":"kind","isDeprecated":false}]},"none":null}}`},
		{`{ __schema { mutationType { name } directives { name locations args { name } } } }`, ``, ``},
	} {
		body := map[string]any{"query": each.query}
		if each.variables != "" {
			body["variables"] = json.RawMessage(each.variables)
		}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(text)))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		subject().ServeHTTP(answer, request)
		got := answer.Body.String()
		if each.want != "" && got != each.want {
			t.Errorf("%s %s\n got %s\nwant %s", each.query, each.variables, got, each.want)
		}
		if !json.Valid([]byte(got)) || strings.Contains(got, "defer") {
			t.Errorf("%s is answered with %s", each.query, got)
		}
	}
}
