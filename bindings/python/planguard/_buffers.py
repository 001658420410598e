"""Values as bytes: the generated module writes and reads them one byte at a time, this in one go."""

# mypy: ignore-errors
# It replaces classes of the generated module at run time.

import ctypes
import struct

from . import _generated as g

_NUMBERS = {
    "i8": ">b",
    "u8": ">B",
    "i16": ">h",
    "u16": ">H",
    "i32": ">i",
    "u32": ">I",
    "i64": ">q",
    "u64": ">Q",
    "float": ">f",
    "double": ">d",
}


class Builder:
    """What is written; it becomes a buffer of the library at the end."""

    __slots__ = ("written",)

    def __init__(self):
        self.written = bytearray()

    def write(self, value):
        """Adds bytes."""
        self.written += value

    def finalize(self):
        """The buffer."""
        length = len(self.written)
        buffer = g._UniffiRustBuffer.alloc(length)
        if length:
            ctypes.memmove(buffer.data, (ctypes.c_char * length).from_buffer(self.written), length)
        buffer.len = length
        return buffer

    def discard(self):
        """Nothing was taken from the library yet."""


class Stream:
    """What is read, as a copy of a buffer of the library."""

    __slots__ = ("data", "len", "offset")

    def __init__(self, data, length):
        self.data, self.len, self.offset = data, length, 0

    @classmethod
    def from_rust_buffer(cls, buffer):
        """Copies a buffer."""
        length = buffer.len
        return cls(ctypes.string_at(buffer.data, length) if length else b"", length)

    def remaining(self):
        """How many bytes are left."""
        return self.len - self.offset

    def read(self, size):
        """Takes bytes."""
        start, end = self.offset, self.offset + size
        if end > self.len:
            raise g.InternalError("read past the end of a buffer")
        self.offset = end
        return self.data[start:end]


def _number(name, form):
    form = struct.Struct(form)

    def write(self, value, pack=form.pack):
        self.written += pack(value)

    def read(self, unpack=form.unpack_from, size=form.size):
        start = self.offset
        if start + size > self.len:
            raise g.InternalError("read past the end of a buffer")
        self.offset = start + size
        return unpack(self.data, start)[0]

    setattr(Builder, f"write_{name}", write)
    setattr(Stream, f"read_{name}", read)


for _name, _form in _NUMBERS.items():
    _number(_name, _form)

g._UniffiRustBufferBuilder = Builder
g._UniffiRustBufferStream = Stream
