from typing import Any

from models_service.errors import Unclear
from models_service.models import Answer, Text
from models_service.service import ModelsService


class Models(ModelsService):
    async def load(self, version: str, uri: str) -> Any:
        return f"{version} {uri}"

    async def trim(self, body: Text) -> Any:
        return body.text.strip()

    async def shout(self, body: Text, before: Any) -> Any:
        return before.upper()

    async def score(self, model: Any, text: Any, limit: int) -> Answer:
        if text == "UNCLEAR":
            raise Unclear(text=text)
        if text in ("FAIL", f"FAIL {model[:2].upper()}"):
            raise ValueError("no luck")
        return Answer(text=text[:limit], model=model)

    async def about(self, model: Any) -> Answer:
        return Answer(text="about", model=model)
