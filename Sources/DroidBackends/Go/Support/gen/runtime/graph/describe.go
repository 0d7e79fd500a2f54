package graph

import (
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"droid/gen/runtime/wire"
)

// node is a part of the schema: what its fields are, as the specification calls them.
type node map[string]func(withDeprecated bool) any

func constant(value any) func(bool) any { return func(bool) any { return value } }

// describe appends what a field asks for of a part of the schema.
func (e *execution) describe(w *wire.Writer, field *ast.Field, value any) {
	switch value := value.(type) {
	case string:
		w.String(value)
	case bool:
		if value {
			w.Raw("true")
		} else {
			w.Raw("false")
		}
	case []string:
		describeList(w, value, func(each string) { w.String(each) })
	case []node:
		describeList(w, value, func(each node) { e.describe(w, field, each) })
	case node:
		if value == nil {
			w.Raw("null")
			return
		}
		w.Raw("{")
		for i, member := range e.collect(field.SelectionSet) {
			w.Name(member.Alias, i == 0)
			switch read := value[member.Name]; {
			case member.Name == "__typename":
				w.String(member.ObjectDefinition.Name)
			case read == nil:
				w.Raw("null")
			default:
				e.describe(w, member, read(e.arguments(member).texts["includeDeprecated"] == "true"))
			}
		}
		w.Raw("}")
	default:
		w.Raw("null")
	}
}

func describeList[T any](w *wire.Writer, list []T, write func(each T)) {
	w.Raw("[")
	for i, each := range list {
		if i > 0 {
			w.Raw(",")
		}
		write(each)
	}
	w.Raw("]")
}

func (e *execution) typeNamed(field *ast.Field) node {
	name, _ := decoded[string]([]byte(e.arguments(field).texts["name"]))
	return kindOf(e.graph.schema, e.graph.schema.Types[name])
}

func schemaOf(schema *ast.Schema) node {
	return node{
		"types": func(bool) any {
			return nodes(slices.Sorted(maps.Keys(schema.Types)), func(name string) node {
				return kindOf(schema, schema.Types[name])
			})
		},
		"queryType":        constant(kindOf(schema, schema.Query)),
		"mutationType":     constant(kindOf(schema, schema.Mutation)),
		"subscriptionType": constant(kindOf(schema, schema.Subscription)),
		"directives": func(bool) any {
			return nodes(slices.Sorted(maps.Keys(schema.Directives)), func(name string) node {
				return directiveOf(schema, schema.Directives[name])
			})
		},
	}
}

func nodes[T any](list []T, of func(each T) node) []node {
	all := make([]node, len(list))
	for i, each := range list {
		all[i] = of(each)
	}
	return all
}

// typeOf is a type as a field has it: with what may be absent, and lists.
func typeOf(schema *ast.Schema, t *ast.Type) node {
	kind, inner := "LIST", t.Elem
	switch {
	case t.NonNull:
		bare := *t
		bare.NonNull = false
		kind, inner = "NON_NULL", &bare
	case t.Elem == nil:
		return kindOf(schema, schema.Types[t.NamedType])
	}
	return node{"kind": constant(kind), "ofType": func(bool) any { return typeOf(schema, inner) }}
}

func kindOf(schema *ast.Schema, kind *ast.Definition) node {
	if kind == nil {
		return nil
	}
	described := node{"kind": constant(string(kind.Kind)), "name": constant(kind.Name)}
	describeBy(described, kind.Description)
	switch kind.Kind {
	case ast.Object:
		described["interfaces"] = constant([]node{})
		described["fields"] = func(withDeprecated bool) any {
			fields := slices.DeleteFunc(slices.Clone(kind.Fields), func(field *ast.FieldDefinition) bool {
				isOurs := len(field.Name) > 1 && field.Name[:2] == "__"
				return isOurs || isHidden(field.Directives, withDeprecated)
			})
			return nodes(fields, func(field *ast.FieldDefinition) node { return fieldOf(schema, field) })
		}
	case ast.InputObject:
		described["isOneOf"] = constant(false)
		described["inputFields"] = func(withDeprecated bool) any {
			fields := slices.DeleteFunc(slices.Clone(kind.Fields), func(field *ast.FieldDefinition) bool {
				return isHidden(field.Directives, withDeprecated)
			})
			return nodes(fields, func(field *ast.FieldDefinition) node {
				return inputOf(schema, field.Name, field.Description, field.Type, field.DefaultValue, field.Directives)
			})
		}
	case ast.Enum:
		described["enumValues"] = func(withDeprecated bool) any {
			values := slices.DeleteFunc(slices.Clone(kind.EnumValues), func(value *ast.EnumValueDefinition) bool {
				return isHidden(value.Directives, withDeprecated)
			})
			return nodes(values, func(value *ast.EnumValueDefinition) node {
				return named(value.Name, value.Description, value.Directives)
			})
		}
	}
	return described
}

func fieldOf(schema *ast.Schema, field *ast.FieldDefinition) node {
	described := named(field.Name, field.Description, field.Directives)
	described["args"] = argumentsOf(schema, field.Arguments)
	described["type"] = func(bool) any { return typeOf(schema, field.Type) }
	return described
}

func argumentsOf(schema *ast.Schema, arguments ast.ArgumentDefinitionList) func(bool) any {
	return func(bool) any {
		return nodes(arguments, func(each *ast.ArgumentDefinition) node {
			return inputOf(schema, each.Name, each.Description, each.Type, each.DefaultValue, each.Directives)
		})
	}
}

func inputOf(
	schema *ast.Schema, name, description string, t *ast.Type, value *ast.Value, directives ast.DirectiveList,
) node {
	described := named(name, description, directives)
	described["type"] = func(bool) any { return typeOf(schema, t) }
	if value != nil {
		described["defaultValue"] = constant(value.String())
	}
	return described
}

func directiveOf(schema *ast.Schema, directive *ast.DirectiveDefinition) node {
	described := node{
		"name":         constant(directive.Name),
		"isRepeatable": constant(directive.IsRepeatable),
		"args":         argumentsOf(schema, directive.Arguments),
	}
	locations := make([]string, len(directive.Locations))
	for i, each := range directive.Locations {
		locations[i] = string(each)
	}
	described["locations"] = constant(locations)
	describeBy(described, directive.Description)
	return described
}

// named is what fields, arguments and values of enums have in common.
func named(name, description string, directives ast.DirectiveList) node {
	deprecated := directives.ForName("deprecated")
	described := node{"name": constant(name), "isDeprecated": constant(deprecated != nil)}
	describeBy(described, description)
	if deprecated != nil {
		reason := "No longer supported"
		if said := deprecated.Arguments.ForName("reason"); said != nil {
			reason = said.Value.Raw
		}
		described["deprecationReason"] = constant(reason)
	}
	return described
}

func describeBy(described node, description string) {
	if description != "" {
		described["description"] = constant(description)
	}
}

func isHidden(directives ast.DirectiveList, withDeprecated bool) bool {
	return !withDeprecated && directives.ForName("deprecated") != nil
}
