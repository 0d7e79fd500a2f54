"""What a user of systems/security.droid writes."""

from security_service.models import Who, Word
from security_service.runtime.context import current
from security_service.service import SecurityService


def who() -> Who:
    request = current.get()
    return Who(subject=request.subject, scopes=sorted(request.scopes)) if request else Who(scopes=[])


class Security(SecurityService):
    """Tells who asks."""

    async def api_who(self) -> Who:
        return who()

    async def billing(self) -> Who:
        return who()

    async def both(self) -> Who:
        return who()

    async def open(self) -> Who:
        return who()

    async def named(self) -> Who:
        return who()

    async def keyed(self) -> Who:
        return who()

    async def kept(self) -> int:
        return 1

    async def kept_open(self) -> int:
        return 1

    async def words(self, word: Word) -> Word:
        return word

    async def found_who(self) -> Who:
        return who()

    async def inside_who(self) -> Who:
        return who()

    async def scoped(self) -> Who:
        return who()

    async def outside_who(self) -> Who:
        return who()

    async def by_ip(self) -> int:
        return 1

    async def by_ip_post(self, word: Word) -> Word:
        return word

    async def own(self) -> int:
        return 1

    async def free(self) -> int:
        return 1

    async def by_subject(self) -> int:
        return 1

    async def by_key(self) -> int:
        return 1

    async def refill(self) -> int:
        return 1
