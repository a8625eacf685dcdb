#!/usr/bin/env python3
"""A Secret Service that hangs: it owns the name on the session's D-Bus and never answers a call.

Says "ready" once it has the name. Speaks just enough D-Bus for that: the handshake, Hello and
RequestName.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys


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


def main() -> None:
    address = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    parts = dict(part.split("=", 1) for part in address.split(":", 1)[1].split(","))
    path = parts.get("path") or "\0" + parts["abstract"]
    bus = socket.socket(socket.AF_UNIX)
    bus.connect(path)
    bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
    assert bus.recv(1024).startswith(b"OK")
    bus.sendall(b"BEGIN\r\n" + call(1, "Hello"))
    bus.recv(4096)
    name = string("org.freedesktop.secrets")
    bus.sendall(call(2, "RequestName", "su", padded(name, 4) + struct.pack("<I", 0)))
    bus.recv(4096)
    print("ready", flush=True)
    # Calls pile up in the socket, unanswered.
    signal.pause()


if __name__ == "__main__":
    sys.exit(main())
