/** A schema of GraphQL: what its documents may ask, and how its names travel as JSON. */

import {
  buildSchema,
  GraphQLError,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  valueFromASTUntyped,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";

import { branded, type Path } from "./codec.js";
import { isArray, isObject, readNumber, type JSONValue } from "./json.js";

/** What is called otherwise where it travels as JSON: the name there, by `Type.name`. */
export type Names = Readonly<Record<string, string>>;

const MOST_TOKENS = 10_000;

/** The schema of a document, whose integers are exact. */
export function readSchema(document: string): GraphQLSchema {
  const schema = buildSchema(document);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type) && !isSpecifiedScalarType(type)) {
      type.parseLiteral = literal;
    }
    if (type.name === "Int64" && isScalarType(type)) {
      type.parseValue = wholeNumber;
      type.parseLiteral = (node) => wholeNumber(literal(node));
    }
  }
  return schema;
}

/** A literal as JSON, without losing a digit. */
function literal(node: ValueNode, variables?: Readonly<Record<string, unknown>> | null): unknown {
  switch (node.kind) {
    case Kind.INT:
      return readNumber(node.value);
    case Kind.LIST:
      return node.values.map((each) => literal(each, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, literal(value, variables)]),
      );
    default:
      return valueFromASTUntyped(node, variables);
  }
}

function wholeNumber(value: unknown): unknown {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) {
    throw new GraphQLError("Int64 is a whole number.");
  }
  return value;
}

/** A document that is not executed, and why. */
export class Refusal extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super("a document is not executed");
    this.errors = errors;
  }
}

export interface DocumentRules {
  /** The most that fields may be inside each other. */
  readonly depth: number;
  /** Whoever asks is told the schema. */
  readonly hasIntrospection?: boolean;
}

/** A document that fits the schema, or a `Refusal`. */
export function readDocument(
  schema: GraphQLSchema,
  text: string,
  { depth, hasIntrospection = false }: DocumentRules,
): DocumentNode {
  const rules = [...specifiedRules, ...(hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule])];
  const tooDeep = new GraphQLError(`A document is at most ${depth} fields deep.`);
  let errors: readonly GraphQLError[];
  try {
    const document = parse(text, { maxTokens: MOST_TOKENS });
    errors = validate(schema, document, rules);
    if (errors.length === 0 && depthOf(document) <= depth) {
      return document;
    }
    errors = errors.length === 0 ? [tooDeep] : errors;
  } catch (error) {
    if (!(error instanceof GraphQLError || error instanceof RangeError)) {
      throw error;
    }
    // It nests deeper than there is a stack.
    errors = [error instanceof RangeError ? tooDeep : error];
  }
  // Suggestions tell of the schema.
  throw new Refusal(hasIntrospection ? errors : errors.map(withoutSuggestion));
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  const { nodes = null, source = null, positions = null } = error;
  const [told = ""] = error.message.split(" Did you mean ");
  return new GraphQLError(told, { nodes, source, positions });
}

/** How many fields are inside each other, at most. It is valid: no fragment is in itself. */
function depthOf(document: DocumentNode): number {
  const known = new Map<string, number>();
  const of = (selections: SelectionSetNode | undefined): number =>
    Math.max(0, ...(selections?.selections.map(one) ?? []));
  const one = (selection: SelectionNode): number =>
    selection.kind === Kind.FRAGMENT_SPREAD
      ? ofFragment(selection.name.value)
      : of(selection.selectionSet) + (selection.kind === Kind.FIELD ? 1 : 0);
  const ofFragment = (name: string): number => {
    const depth = known.get(name) ?? of(fragments.get(name));
    known.set(name, depth);
    return depth;
  };
  const fragments = new Map<string, SelectionSetNode>();
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(each.name.value, each.selectionSet);
    }
  }
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  return Math.max(0, ...operations.map((each) => of(each.selectionSet)));
}

/** An argument as it travels. */
export function toWire(names: Names, type: GraphQLInputType, value: unknown): JSONValue {
  if (isNonNullType(type)) {
    return toWire(names, type.ofType, value);
  }
  const json = branded<JSONValue | undefined>(value) ?? null;
  if (json === null) {
    return null;
  }
  if (isListType(type)) {
    return isArray(json) ? json.map((each) => toWire(names, type.ofType, each)) : json;
  }
  if (isEnumType(type)) {
    return names[`${type.name}.${String(json)}`] ?? json;
  }
  if (!isInputObjectType(type) || !isObject(json)) {
    return json;
  }
  const members = Object.values(type.getFields())
    .filter((field) => json[field.name] !== undefined)
    .map((field): [string, JSONValue] => [
      names[`${type.name}.${field.name}`] ?? field.name,
      toWire(names, field.type, json[field.name]),
    ]);
  return Object.fromEntries(members);
}

/** A value that travels, by the names that a document asks for. */
export function fromWire(names: Names, type: GraphQLOutputType, json: JSONValue): JSONValue {
  if (isNonNullType(type)) {
    return fromWire(names, type.ofType, json);
  }
  if (isListType(type)) {
    return isArray(json) ? json.map((each) => fromWire(names, type.ofType, each)) : json;
  }
  if (isEnumType(type)) {
    return constantOf(names, type, json);
  }
  if (!isObjectType(type) || !isObject(json)) {
    return json;
  }
  const members = Object.values(type.getFields()).map((field): [string, JSONValue] => {
    const member = json[names[`${type.name}.${field.name}`] ?? field.name];
    return [field.name, member === undefined ? null : fromWire(names, field.type, member)];
  });
  return Object.fromEntries(members);
}

function constantOf(names: Names, type: GraphQLEnumType, json: JSONValue): JSONValue {
  const found = type
    .getValues()
    .find(({ name }) => (names[`${type.name}.${name}`] ?? name) === json);
  return found?.name ?? json;
}

/** The steps to a place in arguments, by the names that the caller knows. */
export function placeAmong(
  names: Names,
  args: readonly GraphQLArgument[],
  [argument = "", ...steps]: readonly Path["step"][],
): readonly Path["step"][] {
  const type = args.find(({ name }) => name === argument)?.type;
  return [argument, ...placeIn(names, type, steps)];
}

function placeIn(
  names: Names,
  type: GraphQLInputType | undefined,
  steps: readonly Path["step"][],
): readonly Path["step"][] {
  const [step, ...rest] = steps;
  if (type === undefined || step === undefined) {
    return steps;
  }
  if (isNonNullType(type)) {
    return placeIn(names, type.ofType, steps);
  }
  if (isListType(type)) {
    return [step, ...placeIn(names, type.ofType, rest)];
  }
  if (!isInputObjectType(type)) {
    return steps;
  }
  const field = Object.values(type.getFields()).find(
    ({ name }) => (names[`${type.name}.${name}`] ?? name) === step,
  );
  return [field?.name ?? step, ...placeIn(names, field?.type, rest)];
}
