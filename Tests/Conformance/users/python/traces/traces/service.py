"""What a user of systems/traces.droid writes."""

from traces_service.errors import Unknown
from traces_service.models import Person
from traces_service.service import TracesService


class Traces(TracesService):
    """Asks itself as if it were another, and tells itself what it has heard."""

    async def named(self, name: str) -> Person:
        return Person(id=1, name=name)

    async def fail(self) -> None:
        raise RuntimeError("a reason that Persona must not read")

    async def unknown(self, id: int) -> None:
        raise Unknown(id=id)

    async def ask(self, name: str) -> Person:
        return await self.clients.other.named(name)

    async def ask_fail(self) -> None:
        await self.clients.other.fail()

    async def ask_unknown(self, id: int) -> None:
        await self.clients.other.unknown(id)

    async def tell(self, person: Person) -> None:
        await self.events.told(person)

    async def on_heard(self, event: Person, id: str) -> None:
        if event.name == "fail":
            raise RuntimeError("a reason that Persona must not read")
        await self.clients.other.named(event.name)
