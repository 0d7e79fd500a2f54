"""Kafka, as far as librdkafka's stand-in for it goes, and what stands on its topics."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

# The stand-in makes no topics with settings, and tells of no groups: these are those of systems/events.droid.
TOPICS = {"orders.placed": 3, "orders.placed.dead": 1}
GROUPS = ("events", "droppers", "batchers")
SECONDS = 10.0


class KafkaServer:
    """One broker, which can be taken away and comes back with what it kept."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """A new one in its place: nothing can be taken out of a topic."""
        if hasattr(self, "process"):
            self.process.kill()
            self.process.wait()
        command = [sys.executable, Path(__file__).with_name("kafka_cluster.py"), *(f"{name}:{count}" for name, count in TOPICS.items())]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addresses = self.line()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        self.line()

    def start(self) -> None:
        self.tell("up")

    def stop(self) -> None:
        self.tell("down")


class Kafka:
    """An event is a message; what travels beside it are headers, and the key is the key."""

    def __init__(self, server: KafkaServer) -> None:
        self.server = server

    def settings(self, group: str) -> dict[str, Any]:
        return {"bootstrap.servers": self.server.addresses, "group.id": group, "enable.auto.commit": False, "log_level": 0}

    def publish(self, topic: str, fields: dict[str, str]) -> None:
        fields = dict(fields)
        data, key = fields.pop("data"), fields.pop("key", None)
        producer = Producer({"bootstrap.servers": self.server.addresses, "log_level": 0})
        producer.produce(topic, data.encode(), key.encode() if key else None, headers=list(fields.items()))
        if producer.flush(SECONDS):
            raise OSError("Kafka did not take the event")

    def bounds(self, consumer: Consumer, topic: str) -> dict[int, tuple[int, int]]:
        """Where each partition begins and ends."""
        parts = [TopicPartition(topic, number) for number in range(TOPICS[topic])]
        return {part.partition: consumer.get_watermark_offsets(part, timeout=SECONDS) for part in parts}

    def events(self, topic: str) -> list[dict[str, str]]:
        consumer = Consumer(self.settings("a test"))
        try:
            bounds = self.bounds(consumer, topic)
            consumer.assign([TopicPartition(topic, number, first) for number, (first, _) in bounds.items()])
            wanted = sum(last - first for first, last in bounds.values())
            messages = consumer.consume(wanted, SECONDS) if wanted else []
        finally:
            consumer.close()
        found = []
        for message in messages:
            event = {name: value.decode() for name, value in message.headers() or []}
            if message.key() is not None:
                event["key"] = message.key().decode()
            found.append({**event, "data": message.value().decode()})
        return found

    def groups(self, topic: str) -> dict[str, dict[str, Any]]:
        """Each with what it has not committed."""
        found = {}
        for group in GROUPS:
            consumer = Consumer(self.settings(group))
            try:
                bounds = self.bounds(consumer, topic)
                committed = consumer.committed([TopicPartition(topic, number) for number in bounds], timeout=SECONDS)
                pending = sum(bounds[part.partition][1] - max(part.offset, bounds[part.partition][0]) for part in committed)
            finally:
                consumer.close()
            found[group] = {"pending": pending, "lag": pending}
        return found

    def clear(self) -> None:
        self.server.clear()
