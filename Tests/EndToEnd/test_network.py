"""TLS, proxies and endpoints, as the SDKs have them."""

from __future__ import annotations

import pathlib
import socket

import pytest

from certificates import certificate_for
from relay import Relay
from services import USERS, Moto, chain_configuration
from world import World

#: A name that nobody but a proxy of these tests can resolve: proxies are not asked for localhost.
NAME = "sts.example.test"

#: Where nothing listens.
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, pathlib.Path]:
    """A certificate that nobody trusts, for localhost, and its key."""
    return certificate_for(tmp_path_factory.mktemp("tls"), "localhost", NAME, "127.0.0.1")


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


def test_a_proxy_may_be_spoken_to_by_tls(reachable: World, tls: Relay, certificate):
    with Relay(None, certificate) as proxy:
        env = through(tls, certificate, HTTPS_PROXY=f" https://127.0.0.1:{proxy.port} ")
        reachable.run("login", env=env, status=0)
        assert proxy.requests and all(
            line.startswith(f"CONNECT {NAME}:{tls.port}") for line in proxy.requests
        )
        tls.requests.clear()
        unknown = reachable.run("login", env={**env, "AWS_CA_BUNDLE": None}, timeout=120)
        assert unknown.status == 69, str(unknown)
        assert tls.requests == []


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
        assert tls.requests and proxy.requests == []
        reachable.run("logout", "--all", status=0)
        reachable.run("login", env=env | through(tls, certificate), status=0)
        assert proxy.requests, "another name is asked for there"


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"])
def test_endpoints_come_from_the_variables_of_the_sdks(reachable: World, moto: Moto, variable: str):
    elsewhere = reachable.run("login", env={variable: NOBODY}, status=69)
    assert NOBODY.removeprefix("http://") in elsewhere.stderr
    reachable.run("login", env={variable: moto.url}, status=0)


def test_the_services_own_variable_wins(reachable: World, moto: Moto):
    own, general = "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"
    reachable.run("login", env={own: NOBODY, general: moto.url}, status=69)
    reachable.run("login", env={own: moto.url, general: NOBODY}, status=0)


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
