"""Fixtures of the end-to-end tests: a hermetic world, and the services it talks to."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

import pytest

from certificates import certificate_for
from cluster_world import CLUSTERS, APIServer
from iam_world import StrictIAM, User
from identity_center_world import Center
from interactive_shell import SHELLS
from mfa_world import Coded
from mock_world import STACKS
from programs import demand_binaries, tool
from registry_world import AWSAPIs, with_images
from saml_world import form_login
from server import Server, free_port
from services import OTHER_ACCOUNT, Moto, StrictSTS, chain_configuration, client
from signin_world import SignIn
from world import World


def pytest_configure(config: pytest.Config) -> None:
    demand_binaries()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture
def world(tmp_path: pathlib.Path) -> World:
    """A home, a repository and an environment that belong to one test."""
    return World(tmp_path / "world")


@pytest.fixture
def stacks(world: World) -> World:
    """A world with three stacks of an offline cloud."""
    world.configure(STACKS)
    return world


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory):
    """A moto server with one IAM user, a role in its account and a role in another account."""
    directory = tmp_path_factory.mktemp("moto")
    port = free_port()
    server = Server(
        [tool("moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        port,
        "/moto-api/data.json",
        directory / "moto.log",
        {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"},
    )
    try:
        iam = client("iam", server.url)
        iam.create_user(UserName="engineer")
        key = iam.create_access_key(UserName="engineer")["AccessKey"]
        trust = json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}],
            }
        )
        base = iam.create_role(RoleName="base", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        # moto lets anybody into another account through a role that does not exist there yet.
        other = client("sts", server.url).assume_role(
            RoleArn=f"arn:aws:iam::{OTHER_ACCOUNT}:role/bootstrap",
            RoleSessionName="bootstrap",
        )["Credentials"]
        far = client(
            "iam", server.url, other["AccessKeyId"], other["SecretAccessKey"], other["SessionToken"]
        )
        last = far.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        assert last == f"arn:aws:iam::{OTHER_ACCOUNT}:role/deploy"
        yield Moto(server, key["AccessKeyId"], key["SecretAccessKey"], base, last)
    finally:
        server.stop()


@pytest.fixture
def chain(world: World, moto: Moto) -> World:
    """A world whose configuration goes from an IAM user over two roles, against moto."""
    world.environment.update(moto.environment)
    world.configure(chain_configuration(moto.base_role, moto.last_role))
    world.store_keys("engineer", moto.access_key_id, moto.secret_access_key)
    return world


@contextlib.contextmanager
def starting(service):
    """What starts services with the options given; all of them are stopped at the end."""
    with contextlib.ExitStack() as stack:

        def start(*options, **named):
            server = service(*options, **named)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def sts(tmp_path: pathlib.Path):
    """Starts this project's strict STS with the options given; stops it when the test ends."""
    with starting(lambda **options: StrictSTS(tmp_path, **options)) as start:
        yield start


@pytest.fixture
def sign_in_pages(world: World, sts):
    """Starts an identity provider of a kind, and configures the login on its pages."""
    with starting(lambda *kind, **options: form_login(world, sts(), *kind, **options)) as start:
        yield start


@pytest.fixture
def apis(tmp_path: pathlib.Path):
    """An STS with ECR and EKS."""
    server = AWSAPIs(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def cluster(apis: AWSAPIs, tmp_path: pathlib.Path):
    """A cluster called `main`, which EKS knows."""
    server = APIServer(apis, certificate_for(tmp_path, "localhost"))
    apis.tell(
        "/__clusters", {"name": "main", "endpoint": server.url, "authority": server.authority}
    )
    yield server
    server.close()


@pytest.fixture
def docker(world: World, apis: AWSAPIs) -> World:
    """A world whose identity may pull images."""
    return with_images(world, apis)


@pytest.fixture
def kube(world: World, apis: AWSAPIs, cluster: APIServer) -> World:
    """A world whose identity reaches a cluster."""
    return with_images(world, apis, CLUSTERS.format(more=""))


@pytest.fixture
def coded(world: World, sts, tmp_path: pathlib.Path) -> Coded:
    """A user whose codes come from programs on the PATH."""
    programs = tmp_path / "programs"
    programs.mkdir()
    return Coded(world, sts(), programs)


@pytest.fixture
def iam(tmp_path: pathlib.Path):
    """Starts the strict IAM with the options given; stops it when the test ends."""
    with starting(lambda *options: StrictIAM(tmp_path, *options)) as start:
        yield start


@pytest.fixture
def user(world: World, iam) -> User:
    """An IAM user with one access key, in the keyring."""
    return User(world, iam())


@pytest.fixture
def signin(tmp_path: pathlib.Path):
    """Starts the strict sign-in to the console with the options given; stops it at the end."""
    with starting(lambda *options: SignIn(tmp_path, *options)) as start:
        yield start


@pytest.fixture
def center(tmp_path: pathlib.Path):
    """Starts the strict Identity Center with the options given; stops it when the test ends."""
    with starting(lambda *options: Center(tmp_path, *options)) as start:
        yield start


@pytest.fixture
def tiny_disk(tmp_path: pathlib.Path):
    """A file system of 96 KiB, or a skip where it cannot be mounted."""
    mount = tmp_path / "tiny"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96k,mode=0755", "tmpfs", str(mount)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.strip()}")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


@pytest.fixture
def kernel_keys():
    """The kernel's key store, for one test at a time, or a skip where containers forbid it.

    All tests are one user to the kernel, and `keyring lock` forgets everything of a user.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    name = f"atmos-auth-test:{os.getpid()}".encode()
    add_key, keyctl = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]
    key = libc.syscall(add_key, b"user", name, b"x", 1, ctypes.c_long(-2))
    if key < 0 or libc.syscall(keyctl, 8, key, ctypes.c_long(-4)) < 0:
        pytest.skip("the kernel's key store is missing or forbidden here")
    libc.syscall(keyctl, 9, key, ctypes.c_long(-4))
    with open(pathlib.Path(tempfile.gettempdir()) / "atmos-auth-kernel-keys.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """Each shell that has a hook."""
    if shutil.which(request.param) is None:
        pytest.fail(f"{request.param} is not installed: run scripts/install-dependencies test")
    return request.param


@pytest.fixture
def silent_service():
    """The address of a service that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
