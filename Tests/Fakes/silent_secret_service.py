#!/usr/bin/env python3
"""A Secret Service that hangs: it owns the name on the session's D-Bus and never answers a call.

Says "ready" once it has the name, and "called" when the first call has come. Speaks just enough
D-Bus for that: the handshake, Hello and RequestName.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
from typing import BinaryIO

#: The types of messages that matter here.
CALL, ANSWER = 1, 2


def padded(data: bytes, size: int) -> bytes:
    return data + b"\0" * (-len(data) % size)


def string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<I", len(data)) + data + b"\0"


def field(code: int, kind: str, value: bytes) -> bytes:
    return bytes([code, 1]) + kind.encode() + b"\0" + value


def call(serial: int, member: str, signature: str = "", body: bytes = b"") -> bytes:
    """A method call to the bus itself."""
    bus = "org.freedesktop.DBus"
    fields = [
        field(1, "o", string("/org/freedesktop/DBus")),
        field(2, "s", string(bus)),
        field(3, "s", string(member)),
        field(6, "s", string(bus)),
    ]
    if signature:
        fields.append(field(8, "g", bytes([len(signature)]) + signature.encode() + b"\0"))
    array = b""
    for one in fields:
        array = padded(array, 8) + one
    header = struct.pack("<cBBBIII", b"l", 1, 0, 1, len(body), serial, len(array)) + array
    return padded(header, 8) + body


def receive(stream: BinaryIO) -> int:
    """Reads a message; returns its type."""
    head = stream.read(16)
    order = "<" if head[:1] == b"l" else ">"
    body, fields = (struct.unpack_from(order + "I", head, offset)[0] for offset in (4, 12))
    stream.read(fields + -fields % 8 + body)
    return head[1]


def main() -> None:
    address = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    parts = dict(part.split("=", 1) for part in address.split(":", 1)[1].split(","))
    path = parts.get("path") or "\0" + parts["abstract"]
    bus = socket.socket(socket.AF_UNIX)
    bus.connect(path)
    bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
    assert bus.recv(1024).startswith(b"OK")
    name = string("org.freedesktop.secrets")
    bus.sendall(
        b"BEGIN\r\n"
        + call(1, "Hello")
        + call(2, "RequestName", "su", padded(name, 4) + struct.pack("<I", 0))
    )
    messages = bus.makefile("rb")
    # Signals come between the answers.
    answers = 0
    while answers < 2:
        answers += receive(messages) == ANSWER
    print("ready", flush=True)
    while receive(messages) != CALL:
        pass
    print("called", flush=True)
    # Calls pile up in the socket, unanswered.
    signal.pause()


if __name__ == "__main__":
    sys.exit(main())
