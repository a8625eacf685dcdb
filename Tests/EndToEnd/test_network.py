"""TLS, proxies and endpoints, as the SDKs have them."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import pathlib
import select
import socket
import threading

import pytest

from atmos_world import World
from services import Moto, chain_configuration

#: A name that nobody but a proxy of these tests can resolve: proxies are not asked for localhost.
NAME = "sts.example.test"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, pathlib.Path]:
    """A certificate that nobody trusts, for localhost, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    directory = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.DNSName("localhost"),
                    x509.DNSName(NAME),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                ]
            ),
            False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = directory / "certificate.pem", directory / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret


class Relay:
    """Hands connections on to a port; with a certificate it speaks TLS, as a proxy CONNECT."""

    def __init__(self, target: int | None, certificate=None) -> None:
        self.target = target
        self.requests: list[str] = []
        self._context = None
        if certificate:
            import ssl

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
                    target = int(address.rsplit(":", 1)[1])
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


@pytest.fixture
def tls(moto: Moto, certificate) -> Relay:
    """moto behind TLS; yields the relay, whose `url` is https."""
    with Relay(moto.server.port, certificate) as relay:
        yield relay


@pytest.fixture
def reachable(world: World, moto: Moto) -> World:
    world.configure(chain_configuration(moto.base_role, moto.last_role))
    world.store_keys("engineer", moto.access_key_id, moto.secret_access_key)
    return world


def test_an_unknown_certificate_is_refused(reachable: World, tls: Relay):
    answer = reachable.run("login", env={"AWS_ENDPOINT_URL_STS": tls.url})
    assert answer.status == 69, str(answer)
    assert "certificate" in answer.stderr.lower()


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_makes_it_known(reachable: World, tls: Relay, certificate, variable: str):
    env = {"AWS_ENDPOINT_URL_STS": tls.url, variable: str(certificate[0])}
    reachable.run("login", env=env, status=0)
    assert tls.requests


def test_a_bundle_that_is_not_there_is_named(reachable: World, tls: Relay):
    env = {"AWS_ENDPOINT_URL_STS": tls.url, "AWS_CA_BUNDLE": "/nowhere/bundle.pem"}
    answer = reachable.run("login", env=env)
    assert answer.status in (69, 71, 78), str(answer)
    assert "/nowhere/bundle.pem" in answer.stderr


def through(tls: Relay, certificate, **more: str) -> dict[str, str]:
    """The environment that asks for a host which is behind a proxy."""
    return {
        "AWS_ENDPOINT_URL_STS": f"https://{NAME}:{tls.port}",
        "AWS_CA_BUNDLE": str(certificate[0]),
        **more,
    }


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_https_goes_through_the_proxy(reachable: World, tls: Relay, certificate, variable: str):
    with Relay(None) as proxy:
        env = through(tls, certificate, **{variable: f"http://127.0.0.1:{proxy.port}"})
        reachable.run("login", env=env, status=0)
        assert proxy.requests and all(
            line.startswith(f"CONNECT {NAME}:{tls.port}") for line in proxy.requests
        )


@pytest.mark.parametrize("value", [NAME, "*", ".example.test", "other.test, example.test"])
def test_no_proxy_goes_around_it(reachable: World, tls: Relay, certificate, value: str):
    with Relay(None) as proxy:
        env = through(
            tls, certificate, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}", NO_PROXY=value
        )
        answer = reachable.run("login", env=env, timeout=120)
        assert proxy.requests == []
        assert answer.status == 69, "the name can be resolved by the proxy only"


def test_a_proxy_that_is_not_there_exits_69(reachable: World, tls: Relay, certificate):
    env = through(tls, certificate, HTTPS_PROXY="http://127.0.0.1:9")
    answer = reachable.run("login", env=env, timeout=120)
    assert answer.status == 69, str(answer)


def test_a_proxys_password_is_never_shown(reachable: World, tls: Relay, certificate):
    env = through(tls, certificate, HTTPS_PROXY="http://someone:proxy-password@127.0.0.1:9")
    answer = reachable.run("login", "--logs-level", "trace", env=env, timeout=120)
    assert answer.status == 69
    assert "proxy-password" not in answer.stdout + answer.stderr


def test_localhost_is_never_asked_for_at_a_proxy(reachable: World, tls: Relay, certificate):
    with Relay(None) as proxy:
        env = {
            "AWS_ENDPOINT_URL_STS": tls.url,
            "AWS_CA_BUNDLE": str(certificate[0]),
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}",
        }
        reachable.run("login", env=env, status=0)
        assert proxy.requests == []


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"])
def test_endpoints_come_from_the_variables_of_the_sdks(reachable: World, moto: Moto, variable: str):
    reachable.run("login", env={variable: moto.url}, status=0)


def test_the_services_own_variable_wins(reachable: World, moto: Moto):
    env = {"AWS_ENDPOINT_URL_STS": moto.url, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    reachable.run("login", env=env, status=0)


def test_the_regional_endpoint_is_asked_by_default(reachable: World):
    """Nothing leaves the machine: the proxy sees the name and refuses."""
    with Relay(None) as proxy:
        reachable.run("login", env={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}, timeout=120)
        assert proxy.requests[0].startswith("CONNECT sts.eu-central-1.amazonaws.com:443")


@pytest.mark.slow
def test_a_server_that_hangs_is_given_up(reachable: World):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        env = {
            "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{listener.getsockname()[1]}",
            # Each try takes half a minute.
            "AWS_MAX_ATTEMPTS": "1",
        }
        answer = reachable.run("login", env=env)
        assert answer.status == 69, str(answer)
        listener.setblocking(False)
        listener.accept()[0].close()
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_endpoints_of_the_shared_configuration_count(world: World, sts):
    from test_sessions import USERS

    server = sts()
    world.configure(USERS)
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    file = world.home / ".aws/config"
    file.parent.mkdir()
    file.write_text(f"""\
[default]
endpoint_url = http://127.0.0.1:9
[profile other]
services = local
[services local]
sts =
  endpoint_url = {server.url}
""")
    assert "127.0.0.1:9" in world.run("login", status=69).stderr
    world.run("login", env={"AWS_PROFILE": "other"}, status=0)
    world.run("login", env={"AWS_ENDPOINT_URL": server.url}, status=0)
