"""A cluster that speaks Kafka on the wire: librdkafka's own stand-in for tests, out of the wheel of confluent-kafka.

    python kafka_cluster.py TOPIC:PARTITIONS...

Prints its addresses. Takes `down` and `up` on standard input, each answered with a line, and ends with it. It holds clients to the
protocol of producing, fetching, groups and offsets; it makes no topics with settings, replicates nothing and forgets all at its end.
"""

import ctypes
import importlib.util
import sys
from pathlib import Path
from typing import Any

import confluent_kafka  # noqa: F401  # it loads what the library needs

PRODUCER = 0


def library() -> ctypes.CDLL:
    found = importlib.util.find_spec("confluent_kafka")
    assert found is not None and found.origin is not None
    [path] = Path(found.origin).parent.with_name("confluent_kafka.libs").glob("librdkafka-*.so*")
    return ctypes.CDLL(str(path))


def function(name: str, result: Any, *arguments: Any) -> Any:
    found = getattr(LIBRARY, name)
    found.restype, found.argtypes = result, arguments
    return found


LIBRARY = library()
POINTER, TEXT, INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
said = ctypes.create_string_buffer(512)
client = function("rd_kafka_new", POINTER, INT, POINTER, TEXT, ctypes.c_size_t)(PRODUCER, None, said, len(said))
cluster = function("rd_kafka_mock_cluster_new", POINTER, POINTER, INT)(client, 1)
if not cluster:
    raise SystemExit(f"there is no cluster: {said.value.decode()}")
for argument in sys.argv[1:]:
    topic, _, partitions = argument.partition(":")
    function("rd_kafka_mock_topic_create", INT, POINTER, TEXT, INT, INT)(cluster, topic.encode(), int(partitions), 1)
print(function("rd_kafka_mock_cluster_bootstraps", TEXT, POINTER)(cluster).decode(), flush=True)
for line in sys.stdin:
    function(f"rd_kafka_mock_broker_set_{line.strip()}", INT, POINTER, ctypes.c_int32)(cluster, 1)
    print(line, end="", flush=True)
function("rd_kafka_mock_cluster_destroy", None, POINTER)(cluster)
