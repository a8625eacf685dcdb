"""What stands between a program and its server: TLS, or a proxy."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading


class Relay:
    """Hands connections on to a port; with a certificate it speaks TLS, as a proxy CONNECT.

    As a proxy it hands them on to `behind`, whatever port they are for, if that is given.
    """

    def __init__(self, target: int | None, certificate=None, behind: int | None = None) -> None:
        self.target = target
        self._behind = behind
        self.requests: list[str] = []
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*map(str, certificate))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if certificate else 'http'}://localhost:{self.port}"

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            target = self.target
            first = b""
            if target is None:
                first = connection.recv(65536)
                line = first.split(b"\r\n", 1)[0].decode()
                self.requests.append(line)
                method, address = line.split()[:2]
                if method == "CONNECT":
                    # Whatever the name, the servers of these tests are here.
                    target = self._behind or int(address.rsplit(":", 1)[1])
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    first = b""
                else:
                    # A plain request goes on as it is: moto accepts the absolute form.
                    target = int(address.split("/")[2].rsplit(":", 1)[1])
            else:
                self.requests.append("")
            with socket.create_connection(("127.0.0.1", target)) as onward:
                if first:
                    onward.sendall(first)
                self._copy(connection, onward)
        with contextlib.suppress(OSError):
            connection.close()

    @staticmethod
    def _copy(left: socket.socket, right: socket.socket) -> None:
        other = {left: right, right: left}
        while True:
            for source in select.select([left, right], [], [], 10)[0] or [None]:
                data = source.recv(65536) if source else b""
                if not data:
                    return
                other[source].sendall(data)
