package graph

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// maxTokens is how long a document may be.
const maxTokens = 10_000

// read is a document that fits the schema, or why it does not.
func (g *Graph) read(text string) (*ast.QueryDocument, []failure) {
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxTokens)
	if err != nil {
		return nil, failuresOf(err)
	}
	// Rules take a long time over what nests deep.
	measured := depths{document.Fragments, map[string]int{}}
	for _, operation := range document.Operations {
		if measured.of(operation.SelectionSet) > g.Depth {
			return nil, []failure{{message: fmt.Sprintf("A document is at most %d fields deep.", g.Depth)}}
		}
	}
	if errs := validator.ValidateWithRules(g.schema, document, g.rules()); len(errs) > 0 {
		return nil, failuresOf(errs)
	}
	return document, nil
}

// rules are those of the specification. Suggestions would tell of a schema that nobody is told.
func (g *Graph) rules() *rules.Rules {
	all := rules.NewDefaultRules()
	all.AddRule("IntRange", intRange)
	if g.HasIntrospection {
		return all
	}
	for _, rule := range []core.Rule{
		rules.FieldsOnCorrectTypeRuleWithoutSuggestions, rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRuleWithoutSuggestions, rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		all.RemoveRule(strings.TrimSuffix(rule.Name, "WithoutSuggestions"))
		all.AddRule(rule.Name, rule.RuleFunc)
	}
	all.AddRule("NoIntrospection", noIntrospection)
	return all
}

// intRange holds whole numbers to the 32 bits that GraphQL gives them.
func intRange(observers *core.Events, complain core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		if value.Kind != ast.IntValue || value.ExpectedType == nil || value.ExpectedType.Name() != "Int" {
			return
		}
		if _, err := strconv.ParseInt(value.Raw, 10, 32); err != nil {
			complain(core.Message("Int has 32 bits."), core.At(value.Position))
		}
	})
}

func noIntrospection(observers *core.Events, complain core.AddErrFunc) {
	observers.OnField(func(_ *core.Walker, field *ast.Field) {
		if field.Name == "__schema" || field.Name == "__type" {
			complain(core.Message("The schema is not told."), core.At(field.Position))
		}
	})
}

func failuresOf(err error) []failure {
	var list gqlerror.List
	var one *gqlerror.Error
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = gqlerror.List{one}
	default:
		return []failure{{message: "The document cannot be read."}}
	}
	failures := make([]failure, len(list))
	for i, each := range list {
		failures[i] = failure{message: each.Message, locations: each.Locations}
	}
	return failures
}

// depths are how many fields are inside each other, at most, in fragments.
type depths struct {
	fragments ast.FragmentDefinitionList
	known     map[string]int
}

func (d depths) of(selections ast.SelectionSet) int {
	most := 0
	for _, selection := range selections {
		switch selection := selection.(type) {
		case *ast.Field:
			most = max(most, 1+d.of(selection.SelectionSet))
		case *ast.InlineFragment:
			most = max(most, d.of(selection.SelectionSet))
		case *ast.FragmentSpread:
			most = max(most, d.ofFragment(selection.Name))
		}
	}
	return most
}

// ofFragment counts nothing of a fragment in itself, which a rule refuses.
func (d depths) ofFragment(name string) int {
	if depth, ok := d.known[name]; ok {
		return depth
	}
	d.known[name] = 0
	if fragment := d.fragments.ForName(name); fragment != nil {
		d.known[name] = d.of(fragment.SelectionSet)
	}
	return d.known[name]
}
