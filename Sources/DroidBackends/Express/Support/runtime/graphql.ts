/** GraphQL over HTTP: a port whose fields the service answers. */

import {
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  subscribe,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";

import { admit, type Guard } from "./access.js";
import type { Call } from "./call.js";
import { pointerTo, refused, stepsOf, type Codec, type Refuse } from "./codec.js";
import { currentRequest, requests } from "./context.js";
import { told } from "./graphqlErrors.js";
import {
  fromWire,
  placeAmong,
  readDocument,
  readSchema,
  Refusal,
  toWire,
  type DocumentRules,
  type Names,
} from "./graphqlSchema.js";
import { streamOf, written } from "./graphqlStream.js";
import { isObject, type JSONObject, type JSONValue } from "./json.js";
import {
  encodeResult,
  fromBody,
  readInputs,
  type Answer,
  type Operation,
  type Route,
} from "./operation.js";
import { InvalidRequest, Problem, type Fault } from "./problems.js";
import { json, optional, record, text, type RecordCodec } from "./values.js";
import { within } from "./timing.js";

/** The body of a request. */
interface Question {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: JSONObject | undefined;
  /** Clients tell more in it than we read. */
  readonly extensions?: JSONValue | undefined;
}

const variables: Codec<JSONObject> = {
  decode: (value, refuse, path) =>
    isObject(value) ? value : refused(refuse, "must be an object", path),
  encode: (value) => value,
  lift: json.lift,
  column: json.column,
};

const Question = record<Question>({
  query: text(),
  operationName: optional(text()),
  variables: optional(variables),
  extensions: optional(json),
});

interface FieldRules<Values> {
  /** By their names in GraphQL. */
  readonly inputs: RecordCodec<Values>;
  /** Who may ask, where it is not all who ask the port. */
  readonly guard?: Guard;
}

/** What answers a field: what is left to do with these arguments, undefined if they are refused. */
interface Field<Answering> {
  readonly guard?: Guard;
  /** In seconds, where it has less time than the request. */
  readonly timeout?: number;
  prepare(given: JSONObject, refuse: Refuse): (() => Answering) | undefined;
}

export interface FieldOptions<Values, Result> extends CommandOptions<Values, Result | undefined> {
  readonly result: Codec<Result>;
}

export interface CommandOptions<Values, Result = void> extends FieldRules<Values> {
  readonly timeout?: number;
  handle(values: Values): Promise<Result>;
}

export interface SubscriptionOptions<Values, Result> extends FieldRules<Values> {
  readonly result: Codec<Result>;
  handle(values: Values): AsyncIterable<Result | undefined>;
}

/** What answers a field of Query or Mutation. */
export function field<Values, Result>(
  options: FieldOptions<Values, Result>,
): Field<Promise<JSONValue>> {
  const { result, handle, ...rules } = options;
  return prepared(rules, async (values) => writtenValue(result, await handle(values)));
}

/** What does something that has no answer: it answers true. */
export function command<Values>(options: CommandOptions<Values>): Field<Promise<JSONValue>> {
  const { handle, ...rules } = options;
  return prepared(rules, async (values) => {
    await handle(values);
    return true;
  });
}

/** What answers a field of Subscription. */
export function subscription<Values, Result>(
  options: SubscriptionOptions<Values, Result>,
): Field<AsyncIterable<JSONValue>> {
  const { result, handle, ...rules } = options;
  return prepared(rules, (values) => valuesOf(result, handle(values)));
}

function prepared<Values, Answering>(
  { inputs, ...rules }: FieldRules<Values>,
  answer: (values: Values) => Answering,
): Field<Answering> {
  return {
    ...rules,
    prepare(given, refuse) {
      const values = inputs.decode(given, refuse);
      return values && (() => answer(values));
    },
  };
}

async function* valuesOf<Result>(
  result: Codec<Result>,
  values: AsyncIterable<Result | undefined>,
): AsyncGenerator<JSONValue> {
  for await (const value of values) {
    yield writtenValue(result, value);
  }
}

function writtenValue<Result>(codec: Codec<Result>, value: Result | undefined): JSONValue {
  if (value === undefined && codec.isOptional !== true) {
    throw new TypeError("the operation has no answer, and the contract has one");
  }
  return value === undefined ? null : encodeResult(codec, value);
}

export interface GraphOptions
  extends Pick<Route, "port" | "path" | "timeout" | "guard" | "origins">,
    DocumentRules {
  /** The schema, in GraphQL's own language. */
  readonly document: string;
  readonly names: Names;
  /** Fires when the process is about to end: subscriptions do, too. */
  readonly stopping: AbortSignal;
  readonly queries?: Readonly<Record<string, Field<Promise<JSONValue>>>>;
  readonly mutations?: Readonly<Record<string, Field<Promise<JSONValue>>>>;
  readonly subscriptions?: Readonly<Record<string, Field<AsyncIterable<JSONValue>>>>;
}

/** What a port of GraphQL answers: documents, and its schema if it tells it. */
export function operationsOfGraph(options: GraphOptions): readonly Operation[] {
  const { document, names, depth, hasIntrospection = false, stopping, ...rest } = options;
  const { queries = {}, mutations = {}, subscriptions = {}, ...route } = rest;
  const schema = readSchema(document);
  for (const [type, fields] of [
    [schema.getQueryType(), queries],
    [schema.getMutationType(), mutations],
  ] as const) {
    for (const [name, field] of Object.entries(fields)) {
      const definition = type?.getFields()[name];
      if (definition !== undefined) {
        definition.resolve = (_source, given, call) =>
          resolve(names, field, definition, given, call);
      }
    }
  }
  for (const [name, field] of Object.entries(subscriptions)) {
    const definition = schema.getSubscriptionType()?.getFields()[name];
    if (definition !== undefined) {
      definition.subscribe = (_source, given, call) =>
        source(names, field, definition, given, call);
      definition.resolve = (value) => value;
    }
  }
  const rules = { depth, hasIntrospection };
  const graph: Operation = {
    ...route,
    name: "graphql",
    method: "post",
    answer: async (call) => answer(schema, rules, stopping, call),
  };
  const told: Operation = {
    ...route,
    name: "schema",
    method: "get",
    path: `${route.path === "/graphql" ? "" : route.path}/schema.graphql`,
    answer: async () => ({
      status: 200,
      headers: { "Content-Type": "application/graphql" },
      body: document,
    }),
  };
  return hasIntrospection ? [graph, told] : [graph];
}

async function answer(
  schema: GraphQLSchema,
  rules: DocumentRules,
  stopping: AbortSignal,
  call: Call,
): Promise<Answer> {
  const { question } = await readInputs({ question: fromBody(Question) }, call);
  let document: DocumentNode;
  let operation: OperationDefinitionNode;
  try {
    document = readDocument(schema, question.query, rules);
    operation = meant(schema, document, question);
  } catch (error) {
    if (error instanceof Refusal) {
      return { status: 400, body: written({ errors: error.errors }) };
    }
    throw error;
  }
  const asked: ExecutionArgs = {
    schema,
    document,
    contextValue: call,
    variableValues: question.variables,
    operationName: question.operationName,
  };
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    return { status: 200, body: written(await execute(asked)) };
  }
  if (!call.header("accept")?.includes("text/event-stream")) {
    throw new Problem(406, { detail: "A subscription is answered as text/event-stream." });
  }
  const context = currentRequest();
  if (context !== undefined) {
    context.deadline = Number.POSITIVE_INFINITY;
  }
  const gone = context === undefined ? [] : [context.signal];
  const results = await subscribe(asked);
  const stream = streamOf(results, AbortSignal.any([stopping, ...gone]));
  return { status: 200, headers: { "Content-Type": "text/event-stream" }, stream };
}

/** The operation that is meant, if its variables are what it asks for. */
function meant(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables = {} }: Question,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    throw new Refusal([new GraphQLError("The document has no such operation, or several.")]);
  }
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (errors !== undefined) {
    // Their own texts show the values.
    const message = "A variable does not fit its type.";
    throw new Refusal(errors.map(({ nodes = null }) => new GraphQLError(message, { nodes })));
  }
  return operation;
}

type Definition = GraphQLField<unknown, Call>;
type Given = Readonly<Record<string, unknown>>;

async function resolve(
  names: Names,
  field: Field<Promise<JSONValue>>,
  definition: Definition,
  given: Given,
  call: Call,
): Promise<JSONValue> {
  const work = async (): Promise<JSONValue> => {
    const prepared = await begin(names, field, definition, given, call);
    return prepared();
  };
  try {
    const { timeout } = field;
    const value = await (timeout === undefined ? work() : within(timeout * 1000, work()));
    return fromWire(names, definition.type, value);
  } catch (error) {
    throw told(error);
  }
}

async function source(
  names: Names,
  field: Field<AsyncIterable<JSONValue>>,
  definition: Definition,
  given: Given,
  call: Call,
): Promise<AsyncIterable<JSONValue>> {
  try {
    const prepared = await begin(names, field, definition, given, call);
    return valuesIn(names, definition, prepared());
  } catch (error) {
    throw told(error);
  }
}

async function* valuesIn(
  names: Names,
  { type }: Definition,
  values: AsyncIterable<JSONValue>,
): AsyncGenerator<JSONValue> {
  try {
    for await (const value of values) {
      yield fromWire(names, type, value);
    }
  } catch (error) {
    throw told(error);
  }
}

/** What is left to do once who asks may, and the arguments are what the contract allows. */
async function begin<Answering>(
  names: Names,
  { guard, prepare }: Field<Answering>,
  { args }: Definition,
  given: Given,
  call: Call,
): Promise<() => Answering> {
  const context = currentRequest();
  if (guard !== undefined && context !== undefined) {
    // What its headers would tell is told of requests alone.
    await requests.run({ ...context, headers: new Map() }, () => admit(call, guard));
  }
  const values = args
    .filter(({ name }) => given[name] !== undefined)
    .map(({ name, type }): [string, JSONValue] => [name, toWire(names, type, given[name])]);
  const faults: Fault[] = [];
  const prepared = prepare(Object.fromEntries(values), (detail, path) =>
    faults.push({ detail, pointer: pointerTo(placeAmong(names, args, stepsOf(path))) }),
  );
  if (prepared === undefined) {
    throw new InvalidRequest(faults);
  }
  return prepared;
}
