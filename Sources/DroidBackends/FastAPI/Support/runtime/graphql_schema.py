"""A schema that is read from its document, and given what answers its fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    SelectionSetNode,
    build_schema,
    is_input_object_type,
    parse,
    specified_rules,
    validate,
    value_from_ast,
)

MOST_TOKENS = 10_000


def read_schema(document: str, names: Mapping[str, str]) -> GraphQLSchema:
    """The schema of a document. `names` are those that are others on the wire, by `Type.name`."""
    schema = build_schema(document)
    for kind in schema.type_map.values():
        match kind:
            case GraphQLEnumType():
                for name, value in kind.values.items():
                    value.value = names.get(f"{kind.name}.{name}", name)
                vars(kind).pop("_value_lookup", None)
            case GraphQLInputObjectType():
                for name, given in kind.fields.items():
                    given.out_name = names.get(f"{kind.name}.{name}", name)
            case GraphQLObjectType():
                for name, field in kind.fields.items():
                    if wire := names.get(f"{kind.name}.{name}"):
                        field.resolve = _reader(wire)
    for kind in schema.type_map.values():
        # Defaults were read before values had the names of the wire.
        if isinstance(kind, GraphQLInputObjectType):
            _read_defaults(kind.fields.values())
        elif isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                _read_defaults(field.args.values())
    return schema


def _read_defaults(all_given: Iterable[GraphQLArgument | GraphQLInputField]) -> None:
    for given in all_given:
        if isinstance(given, GraphQLArgument) and is_input_object_type(given.type):
            continue  # it is read anew for each request
        if given.ast_node and given.ast_node.default_value:
            given.default_value = value_from_ast(given.ast_node.default_value, given.type)


def _reader(name: str) -> Callable[[Any, Any], Any]:
    return lambda source, info: source.get(name)


class Refusal(Exception):
    """A document that is not executed, and why."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__("a document is not executed")
        self.errors = errors


def read_document(
    schema: GraphQLSchema, text: str, *, depth: int, has_introspection: bool
) -> DocumentNode:
    """A document that fits the schema."""
    try:
        document = parse(text, max_tokens=MOST_TOKENS)
        rules = [*specified_rules]
        if not has_introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        errors = validate(schema, document, rules)
        if not errors and _depth(document) > depth:
            errors = [GraphQLError(f"A document is at most {depth} fields deep.")]
    except GraphQLError as error:
        errors = [error]
    except RecursionError:
        errors = [GraphQLError(f"A document is at most {depth} fields deep.")]
    if not has_introspection:
        # Suggestions tell of the schema.
        errors = [_without_suggestion(error) for error in errors]
    if errors:
        raise Refusal(errors)
    return document


def _without_suggestion(error: GraphQLError) -> GraphQLError:
    message = error.message.partition(" Did you mean ")[0]
    return GraphQLError(message, error.nodes, error.source, error.positions)


def _depth(document: DocumentNode) -> int:
    """How many fields are inside each other, at most. The document is valid: no fragment is in itself."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    known: dict[str, int] = {}

    def of(selections: SelectionSetNode | None) -> int:
        return max(map(one, selections.selections), default=0) if selections else 0

    def one(selection: Any) -> int:
        match selection:
            case FieldNode():
                return 1 + of(selection.selection_set)
            case InlineFragmentNode():
                return of(selection.selection_set)
            case FragmentSpreadNode():
                name = selection.name.value
                if name not in known:
                    known[name] = of(fragments[name].selection_set)
                return known[name]
        return 0

    return max(of(getattr(each, "selection_set", None)) for each in document.definitions)
