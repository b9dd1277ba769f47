"""The three formats of PeerJS for the messages of a data channel."""

import json
from itertools import count
from math import ceil

from binarypack import pack, unpack

# The size from which PeerJS splits binary messages and refuses JSON.
CHUNK_BYTES = 16_300
MAX_CHUNKS = 1_000
MAX_INCOMPLETE = 8


class Closed(Exception):
    """The other side asked to close the connection, after everything that it sent before."""


def format_named(name):
    """The format with this name; those of a peer with custom serializers raise ValueError."""
    formats = {"json": JsonFormat, "raw": RawFormat, "binary": BinaryFormat, "binary-utf8": BinaryFormat, "default": BinaryFormat}
    if name not in formats:
        raise ValueError(f"unknown serialization {name}")
    return formats[name]()


class RawFormat:
    """Text and bytes, unchanged."""

    def decode(self, message):
        return [message]

    def encode(self, value):
        return [value]


class JsonFormat:
    """JSON as bytes: PeerJS does not accept text frames."""

    def decode(self, message):
        return _without_control([json.loads(message)])

    def encode(self, value):
        encoded = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if len(encoded) >= CHUNK_BYTES:
            raise ValueError("the message is too large for JSON, use binary")
        return [encoded]


class BinaryFormat:
    """BinaryPack, in chunks if the message is large."""

    def __init__(self):
        self._ids = count(1)
        self._incomplete = {}

    def decode(self, message):
        value = unpack(message)
        if isinstance(value, dict) and isinstance(value.get("__peerData"), int):
            return self._add_chunk(value)
        return _without_control([value])

    def encode(self, value):
        packed = pack(value)
        if len(packed) <= CHUNK_BYTES:
            return [packed]
        total, identity = ceil(len(packed) / CHUNK_BYTES), next(self._ids)
        chunks = (packed[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES] for n in range(total))
        return [pack({"__peerData": identity, "n": n, "data": data, "total": total}) for n, data in enumerate(chunks)]

    def _add_chunk(self, chunk):
        total, n = chunk["total"], chunk["n"]
        if not 0 <= n < total <= MAX_CHUNKS:
            raise ValueError(f"chunk {n} of {total}: at most {MAX_CHUNKS} are accepted")
        chunks = self._incomplete.setdefault(chunk["__peerData"], {})
        if len(self._incomplete) > MAX_INCOMPLETE:
            raise ValueError(f"more than {MAX_INCOMPLETE} incomplete messages")
        chunks[n] = chunk["data"]
        if len(chunks) < total:
            return []
        del self._incomplete[chunk["__peerData"]]
        return self.decode(b"".join(chunks[i] for i in range(total)))


def _without_control(values):
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("__peerData"), dict):
            raise Closed
    return values
