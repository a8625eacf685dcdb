"""Which hosts are asked when nothing redirects: the identity center's own, in its own region.

A proxy leads every name to the fake, which has a certificate for the names that are right.
"""

from __future__ import annotations

import contextlib
import pathlib
import socket
import ssl
import urllib.request

import pytest

from certificates import certificate_for
from identity_center_world import Center, log_in, team
from relay import Relay
from world import World


class Everywhere(Relay):
    """A proxy behind which every host is one server."""

    def __init__(self, port: int) -> None:
        super().__init__(None)
        self.everything = port

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            line = connection.recv(65536).split(b"\r\n", 1)[0].decode()
            self.requests.append(line.split()[1])
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with socket.create_connection(("127.0.0.1", self.everything)) as onward:
                self._copy(connection, onward)
        with contextlib.suppress(OSError):
            connection.close()


class SecureCenter(Center):
    """The fake behind TLS; it is asked about itself without checking the certificate."""

    def get(self, path: str) -> bytes:
        return self._ask(path, None)

    def post(self, path: str, body: bytes = b"") -> bytes:
        return self._ask(path, body)

    def _ask(self, path: str, body: bytes | None) -> bytes:
        context = ssl._create_unverified_context()
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(f"https://127.0.0.1:{self.port}{path}", body, timeout=10) as response:
            return response.read()


@pytest.mark.parametrize(
    "region, oidc, portal, sts",
    [
        (
            "eu-west-1",
            "oidc.eu-west-1.amazonaws.com",
            "portal.sso.eu-west-1.amazonaws.com",
            "sts.us-west-2.amazonaws.com",
        ),
        (
            "cn-north-1",
            "oidc.cn-north-1.amazonaws.com.cn",
            "portal.sso.cn-north-1.amazonaws.com.cn",
            "sts.cn-northwest-1.amazonaws.com.cn",
        ),
        (
            "us-gov-west-1",
            "oidc.us-gov-west-1.amazonaws.com",
            "portal.sso.us-gov-west-1.amazonaws.com",
            "sts.us-gov-east-1.amazonaws.com",
        ),
    ],
)
def test_trap_33_the_hosts_of_the_identity_centers_region(
    world: World, tmp_path: pathlib.Path, region: str, oidc: str, portal: str, sts: str
):
    chain, key = map(str, certificate_for(tmp_path, oidc, portal, sts))
    server = SecureCenter(tmp_path, "--auto-approve", "--certificate", chain, "--key", key)
    partition = {"cn": "aws-cn", "us": "aws-us-gov"}.get(region.split("-")[0], "aws")
    workload = sts.split(".")[1]
    try:
        with Everywhere(server.port) as proxy:
            world.environment.update(
                HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}", AWS_CA_BUNDLE=chain
            )
            world.configure(
                team()
                .replace("region: eu-west-1\n  identities", f"region: {region}\n  identities")
                .replace("arn:aws:iam", f"arn:{partition}:iam")
                .replace("region: eu-west-1}", f"region: {workload}}}")
            )
            log_in(world, server, "-i", "deploy")
        assert set(proxy.requests) == {f"{oidc}:443", f"{portal}:443", f"{sts}:443"}
    finally:
        server.stop()
