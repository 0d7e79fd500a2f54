"""GraphQL over HTTP: a port whose fields the service answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from typing import Annotated, Any, cast

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_named_type,
    get_operation_ast,
    subscribe,
)
from graphql.execution.values import get_variable_values
from pydantic import Field, TypeAdapter, ValidationError

from .context import current, new_context
from .graphql_errors import Late, told
from .graphql_schema import Refusal, read_document, read_schema
from .graphql_stream import stream
from .operations import Guard
from .problems import Invalid, InvalidInput, Refused, pointer
from .wire import JSON, Model


class Question(Model):
    """The body of a request."""

    query: str
    operation_name: Annotated[str | None, Field(alias="operationName")] = None
    variables: dict[str, Any] | None = None
    # Clients tell more in it than we read.
    extensions: JSON | None = None


@dataclass(frozen=True, kw_only=True)
class GraphField:
    """What answers a field of Query, Mutation or Subscription."""

    # The name of a method of the service.
    ask: str
    # In the order in which the method takes them.
    arguments: Mapping[str, TypeAdapter[Any]]
    result: TypeAdapter[Any] | None = None
    guards: tuple[Guard, ...] = ()
    # Seconds, where it has less time than the request.
    timeout: float | None = None


class Graph:
    """A port of GraphQL: its schema, with what answers it."""

    def __init__(
        self,
        document: Traversable,
        *,
        names: Mapping[str, str],
        fields: Mapping[str, GraphField],
        depth: int,
        has_introspection: bool = False,
    ) -> None:
        self.document = document.read_bytes()
        self._schema = read_schema(self.document.decode(), names)
        self._depth = depth
        self._has_introspection = has_introspection
        for place, field in fields.items():
            root, _, name = place.partition(".")
            definition = cast(GraphQLObjectType, self._schema.type_map[root]).fields[name]
            if root == "Subscription":
                definition.subscribe = _source(field, definition)
                definition.resolve = _itself
            else:
                definition.resolve = _resolver(field, definition)

    async def answer(self, request: Request, service: object, question: Question) -> Response:
        """The answer to a request."""
        variables = question.variables or {}
        try:
            document = read_document(
                self._schema,
                question.query,
                depth=self._depth,
                has_introspection=self._has_introspection,
            )
            operation = self._operation(document, question.operation_name, variables)
        except Refusal as refusal:
            return _response(400, ExecutionResult(errors=list(refusal.errors)))
        if operation.operation is OperationType.SUBSCRIPTION:
            if "text/event-stream" not in request.headers.get("accept", ""):
                raise Refused(406, "A subscription is answered as text/event-stream.")
            if context := current.get():
                context.deadline = None
        ask = subscribe if operation.operation is OperationType.SUBSCRIPTION else execute
        result: Any = ask(
            self._schema,
            document,
            context_value=(request, service),
            variable_values=variables,
            operation_name=question.operation_name,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        if operation.operation is OperationType.SUBSCRIPTION:
            stopping: asyncio.Event = request.app.state.process.health.stopping
            return StreamingResponse(stream(result, stopping), media_type="text/event-stream")
        return _response(200, result)

    def _operation(
        self, document: DocumentNode, name: str | None, variables: dict[str, Any]
    ) -> OperationDefinitionNode:
        """The operation that is meant, if its variables are what it asks for."""
        operation = get_operation_ast(document, name)
        if operation is None:
            raise Refusal([GraphQLError("The document has no such operation, or several.")])
        values = get_variable_values(self._schema, operation.variable_definitions or (), variables)
        if isinstance(values, list):
            # Their own texts show the values.
            raise Refusal(
                [GraphQLError("A variable does not fit its type.", error.nodes) for error in values]
            )
        return operation


def _response(status: int, result: ExecutionResult) -> Response:
    content = result.formatted if status == 200 else {"errors": result.formatted["errors"]}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


async def _itself(source: Any, info: Any, **_: Any) -> Any:
    return source


def _resolver(field: GraphField, definition: GraphQLField) -> Callable[..., Any]:
    async def resolve(source: Any, info: Any, **given: Any) -> Any:
        request, service = info.context
        try:
            try:
                async with asyncio.timeout(field.timeout) as limit:
                    await _admit(field, request)
                    result = await getattr(service, field.ask)(*_values(field, definition, given))
            except TimeoutError as error:
                raise Late if limit.expired() else error from error
            return _written(field, result)
        except Exception as error:
            raise told(error) from error

    return resolve


def _source(field: GraphField, definition: GraphQLField) -> Callable[..., Any]:
    async def subscribed(source: Any, info: Any, **given: Any) -> AsyncIterator[Any]:
        request, service = info.context
        try:
            await _admit(field, request)
            values = getattr(service, field.ask)(*_values(field, definition, given))
        except Exception as error:
            raise told(error) from error
        return written(values)

    async def written(values: AsyncIterator[Any]) -> AsyncIterator[Any]:
        try:
            async for value in values:
                yield _written(field, value)
        except Exception as error:
            raise told(error) from error

    return subscribed


async def _admit(field: GraphField, request: Request) -> None:
    """Refuse who may not ask, or asks too often; what headers tell is told of requests alone."""
    context = replace(current.get() or new_context(), headers=[])
    for guard in field.guards:
        await guard(request, context)


def _values(field: GraphField, definition: GraphQLField, given: Mapping[str, Any]) -> list[Any]:
    """What the method is given, once it is what the contract allows."""
    values: list[Any] = []
    errors: list[InvalidInput] = []
    for name, adapter in field.arguments.items():
        try:
            values.append(adapter.validate_python(given.get(name)))
        except ValidationError as error:
            kind = definition.args[name].type
            for each in error.errors(include_url=False, include_input=False):
                detail = each["msg"].removeprefix("Value error, ")
                place = pointer([name, *_place(kind, each["loc"])])
                errors.append(InvalidInput(detail=detail, pointer=place))
    if errors:
        raise Invalid(errors)
    return values


def _place(kind: GraphQLInputType, steps: Sequence[object]) -> Iterator[object]:
    """A place by the names that the caller knows."""
    for step in steps:
        named = get_named_type(kind)
        if isinstance(named, GraphQLInputObjectType):
            for name, given in named.fields.items():
                if given.out_name == step:
                    step, kind = name, given.type
                    break
        yield step


def _written(field: GraphField, result: Any) -> Any:
    """A value as it travels, if the contract allows it."""
    if field.result is None:
        return True
    content = field.result.dump_json(result, by_alias=True, exclude_none=True, warnings=False)
    try:
        field.result.validate_json(content)
    except ValidationError as error:
        places = [(*each["loc"], each["type"]) for each in error.errors(include_url=False)]
        raise ValueError(f"the answer breaks the contract: {places}") from None
    return json.loads(content)
