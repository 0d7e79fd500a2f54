package graph

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"droid/gen/runtime/wire"
)

// variables are those of an operation as they travel, by name; one that is absent is not there. No message has their values.
func (g *Graph) variables(
	operation *ast.OperationDefinition, given map[string]*json.RawMessage,
) (map[string]string, []failure) {
	values := map[string]string{}
	var failures []failure
	for _, variable := range operation.VariableDefinitions {
		text, isThere := given[variable.Variable]
		var w wire.Writer
		fits := true
		switch {
		case isThere && text != nil:
			fits = g.writeVariable(&w, variable.Type, *text)
		case isThere:
			fits = g.writeVariable(&w, variable.Type, json.RawMessage("null"))
		case variable.DefaultValue != nil:
			g.writeLiteral(&w, variable.Type, variable.DefaultValue, nil)
		case variable.Type.NonNull:
			fits = false
		default:
			continue
		}
		if !fits {
			failures = append(failures, failure{message: "A variable does not fit its type.", locations: at(variable.Position)})
		}
		values[variable.Variable] = string(w.Bytes())
	}
	return values, failures
}

// writeVariable appends a value of a variable as it travels, or is false.
func (g *Graph) writeVariable(w *wire.Writer, t *ast.Type, text json.RawMessage) bool {
	if string(text) == "null" {
		w.Raw("null")
		return !t.NonNull
	}
	if t.Elem != nil {
		return g.writeVariables(w, t.Elem, text)
	}
	switch kind := g.schema.Types[t.NamedType]; kind.Kind {
	case ast.Enum:
		name, ok := decoded[string](text)
		w.String(g.wireName(kind, name))
		return ok && kind.EnumValues.ForName(name) != nil
	case ast.InputObject:
		return g.writeInput(w, kind, text)
	default:
		w.Raw(string(text))
		return fits(kind.Name, text)
	}
}

// writeVariables appends a list; what is no list stands for one of itself.
func (g *Graph) writeVariables(w *wire.Writer, element *ast.Type, text json.RawMessage) bool {
	elements, ok := decoded[[]json.RawMessage](text)
	if !ok {
		elements = []json.RawMessage{text}
	}
	w.Raw("[")
	for i, each := range elements {
		if i > 0 {
			w.Raw(",")
		}
		if !g.writeVariable(w, element, each) {
			return false
		}
	}
	w.Raw("]")
	return true
}

func (g *Graph) writeInput(w *wire.Writer, kind *ast.Definition, text json.RawMessage) bool {
	members, ok := decoded[map[string]json.RawMessage](text)
	if !ok {
		return false
	}
	for name := range members {
		if kind.Fields.ForName(name) == nil {
			return false
		}
	}
	w.Raw("{")
	isFirst := true
	for _, field := range kind.Fields {
		member, isThere := members[field.Name]
		if !isThere {
			if field.Type.NonNull && field.DefaultValue == nil {
				return false
			}
			continue
		}
		w.Name(g.wireName(kind, field.Name), isFirst)
		isFirst = false
		if !g.writeVariable(w, field.Type, member) {
			return false
		}
	}
	w.Raw("}")
	return true
}

// fits tells whether JSON is of one of GraphQL's own scalars; the contract says what others are.
func fits(scalar string, text json.RawMessage) bool {
	switch scalar {
	case "Int":
		number, ok := decoded[float64](text)
		return ok && number == math.Trunc(number) && number >= math.MinInt32 && number <= math.MaxInt32
	case "Float":
		_, ok := decoded[float64](text)
		return ok
	case "String":
		return text[0] == '"'
	case "Boolean":
		_, err := strconv.ParseBool(string(text))
		return err == nil && text[0] >= 'f'
	default:
		return true
	}
}

func decoded[T any](text json.RawMessage) (T, bool) {
	var value T
	err := json.Unmarshal(text, &value)
	return value, err == nil
}

// writeLiteral appends a value of the document as it travels.
func (g *Graph) writeLiteral(w *wire.Writer, t *ast.Type, value *ast.Value, variables map[string]string) {
	if value.Kind == ast.NullValue {
		w.Raw("null")
		return
	}
	if value.Kind == ast.Variable {
		text, isThere := variables[value.Raw]
		if !isThere {
			text = "null"
		}
		w.Raw(text)
		return
	}
	if t.Elem != nil {
		elements := value.Children
		if value.Kind != ast.ListValue {
			elements = ast.ChildValueList{{Value: value}}
		}
		w.Raw("[")
		for i, each := range elements {
			if i > 0 {
				w.Raw(",")
			}
			g.writeLiteral(w, t.Elem, each.Value, variables)
		}
		w.Raw("]")
		return
	}
	switch kind := g.schema.Types[t.NamedType]; kind.Kind {
	case ast.Enum:
		w.String(g.wireName(kind, value.Raw))
	case ast.InputObject:
		w.Raw("{")
		isFirst := true
		for _, each := range value.Children {
			if isAbsent(each.Value, variables) {
				continue
			}
			w.Name(g.wireName(kind, each.Name), isFirst)
			isFirst = false
			g.writeLiteral(w, kind.Fields.ForName(each.Name).Type, each.Value, variables)
		}
		w.Raw("}")
	default:
		writeScalar(w, value, variables)
	}
}

// isAbsent tells whether a value is a variable that is not there.
func isAbsent(value *ast.Value, variables map[string]string) bool {
	_, isThere := variables[value.Raw]
	return value.Kind == ast.Variable && !isThere
}

// writeScalar appends a literal that no type takes apart.
func writeScalar(w *wire.Writer, value *ast.Value, variables map[string]string) {
	switch value.Kind {
	case ast.ListValue, ast.ObjectValue:
		brackets := "[]"
		if value.Kind == ast.ObjectValue {
			brackets = "{}"
		}
		w.Raw(brackets[:1])
		for i, each := range value.Children {
			if value.Kind == ast.ObjectValue {
				w.Name(each.Name, i == 0)
			} else if i > 0 {
				w.Raw(",")
			}
			writeScalar(w, each.Value, variables)
		}
		w.Raw(brackets[1:])
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		w.String(value.Raw)
	case ast.Variable:
		if text, isThere := variables[value.Raw]; isThere {
			w.Raw(text)
		} else {
			w.Raw("null")
		}
	default:
		w.Raw(value.Raw)
	}
}
