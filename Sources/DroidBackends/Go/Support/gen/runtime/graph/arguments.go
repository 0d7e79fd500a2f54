package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/wire"
)

// Arguments are what a field is given, taken one after the other. What is wrong with them, Err tells when all have been taken.
type Arguments struct {
	graph       *Graph
	definitions ast.ArgumentDefinitionList
	texts       map[string]string // as they travel
	invalid     []problem.Place
}

// Err is the problem that the arguments are, if the contract does not allow them.
func (a *Arguments) Err() error {
	if len(a.invalid) > 0 {
		return problem.Invalid(a.invalid...)
	}
	return nil
}

// Required takes an argument that has to be there.
func Required[T any](a *Arguments, name string, t wire.Type[T]) T {
	value, problems := wire.Decode(a.texts[name], t)
	for _, each := range problems {
		place := a.graph.place(a.definitions.ForName(name).Type, strings.Split(each.Pointer, "/")[1:])
		a.invalid = append(a.invalid, problem.Place{Detail: each.Detail, Pointer: "#/" + name + place})
	}
	return value
}

// Optional takes an argument that may be left out.
func Optional[T any](a *Arguments, name string, t wire.Type[T]) *T {
	if a.isAbsent(name) {
		return nil
	}
	value := Required(a, name, t)
	return &value
}

// Nilable takes an argument that may be left out, of a type that is nil then.
func Nilable[T any](a *Arguments, name string, t wire.Type[T]) T {
	if a.isAbsent(name) {
		var none T
		return none
	}
	return Required(a, name, t)
}

func (a *Arguments) isAbsent(name string) bool {
	text, isThere := a.texts[name]
	return !isThere || text == "null"
}

// place is a pointer by the names that the caller knows.
func (g *Graph) place(t *ast.Type, steps []string) string {
	place := ""
	for _, step := range steps {
		if t.Elem != nil {
			t = t.Elem
		} else if kind := g.schema.Types[t.NamedType]; kind.Kind == ast.InputObject {
			for _, field := range kind.Fields {
				if g.wireName(kind, field.Name) == step {
					step, t = field.Name, field.Type
					break
				}
			}
		}
		place += "/" + step
	}
	return place
}
