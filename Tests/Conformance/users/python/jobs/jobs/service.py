import asyncio
import logging
import os

from jobs_service.models import Part
from jobs_service.service import JobsService


class Jobs(JobsService):
    async def run(self, part: int, parts: int) -> None:
        logging.info("working")
        match os.environ.get("WORK"):
            case "ask":
                await self.clients.upstream.take(Part(part=part, parts=parts))
            case "tell":
                await self.events.told(Part(part=part, parts=parts))
            case "fail":
                raise ValueError("no luck")
            case "wait":
                await asyncio.sleep(60)
            case "tidy":
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    logging.info("tidied")
            case "stay":
                while True:
                    try:
                        await asyncio.sleep(60)
                    except asyncio.CancelledError:
                        logging.info("not now")
