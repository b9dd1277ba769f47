"""BinaryPack, the default format of PeerJS for data. It is similar to MessagePack, with other codes for text and bytes."""

import struct

_FIXED = {0xC0: None, 0xC1: None, 0xC2: False, 0xC3: True}
# The struct formats of numbers, by code.
_NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
# The struct formats of lengths, and the kinds of value that follow, by code.
_SIZED = {
    0xD8: (">H", "text"), 0xD9: (">I", "text"), 0xDA: (">H", "bytes"), 0xDB: (">I", "bytes"),
    0xDC: (">H", "list"), 0xDD: (">I", "list"), 0xDE: (">H", "map"), 0xDF: (">I", "map"),
}  # fmt: skip
# Short values have their length in the lower four bits of the code.
_SHORT = {0x80: "map", 0x90: "list", 0xA0: "bytes", 0xB0: "text"}
_INTEGERS = ((0xCC, 0, 1 << 8), (0xD0, -(1 << 7), 1 << 7), (0xCD, 0, 1 << 16), (0xD1, -(1 << 15), 1 << 15),
             (0xCE, 0, 1 << 32), (0xD2, -(1 << 31), 1 << 31), (0xD3, -(1 << 63), 1 << 63), (0xCF, 0, 1 << 64))  # fmt: skip
_MAX_DEPTH = 100


def pack(value) -> bytes:
    """Encodes None, booleans, numbers, text, bytes, lists and dictionaries. Raises TypeError or ValueError for other values."""
    parts = []
    _pack(value, parts.append, 0)
    return b"".join(parts)


def unpack(data: bytes):
    """Decodes one value. Raises ValueError if the data is malformed."""
    try:
        return _Reader(data).value(0)
    except (IndexError, TypeError, struct.error) as error:
        raise ValueError(f"malformed BinaryPack: {error}") from error


def _pack(value, write, depth):
    _check_depth(depth)
    if value is None:
        write(b"\xc0")
    elif isinstance(value, bool):
        write(b"\xc3" if value else b"\xc2")
    elif isinstance(value, int):
        write(_packed_integer(value))
    elif isinstance(value, float):
        write(struct.pack(">Bd", 0xCB, value))
    elif isinstance(value, str):
        encoded = value.encode()
        write(_head(len(encoded), 0xB0, 0xD8) + encoded)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        write(_head(len(value), 0xA0, 0xDA) + bytes(value))
    elif isinstance(value, (list, tuple)):
        write(_head(len(value), 0x90, 0xDC))
        for item in value:
            _pack(item, write, depth + 1)
    elif isinstance(value, dict):
        write(_head(len(value), 0x80, 0xDE))
        for key, item in value.items():
            _pack(str(key), write, depth + 1)
            _pack(item, write, depth + 1)
    else:
        raise TypeError(f"BinaryPack has no form for {type(value).__name__}")


def _packed_integer(value):
    if -32 <= value < 128:
        return struct.pack(">B", value & 0xFF)
    for code, low, end in _INTEGERS:
        if low <= value < end:
            return bytes([code]) + struct.pack(_NUMBERS[code], value)
    raise ValueError(f"{value} has more than 64 bits")


def _head(length, short, long):
    if length < 16:
        return bytes([short + length])
    return struct.pack(">BH", long, length) if length < 1 << 16 else struct.pack(">BI", long + 1, length)


def _check_depth(depth):
    if depth > _MAX_DEPTH:
        raise ValueError(f"BinaryPack: more than {_MAX_DEPTH} levels")


class _Reader:
    def __init__(self, data):
        self._data = data
        self._place = 0

    def value(self, depth):
        _check_depth(depth)
        code = self._take(1)[0]
        if code < 0x80 or code >= 0xE0:
            return code if code < 0x80 else code - 0x100
        if code in _FIXED:
            return _FIXED[code]
        if code in _NUMBERS:
            return self._number(_NUMBERS[code])
        if code in _SIZED:
            size_format, kind = _SIZED[code]
            return self._sized(kind, self._number(size_format), depth)
        if code & 0xF0 in _SHORT:
            return self._sized(_SHORT[code & 0xF0], code & 0x0F, depth)
        raise ValueError(f"malformed BinaryPack: code {code:#x}")

    def _sized(self, kind, size, depth):
        if kind == "bytes":
            return self._take(size)
        if kind == "text":
            return self._take(size).decode()
        if kind == "list":
            return [self.value(depth + 1) for _ in range(size)]
        return {self.value(depth + 1): self.value(depth + 1) for _ in range(size)}

    def _number(self, form):
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _take(self, size):
        taken = self._data[self._place : self._place + size]
        if len(taken) < size:
            raise ValueError("malformed BinaryPack: it ends too early")
        self._place += size
        return taken
