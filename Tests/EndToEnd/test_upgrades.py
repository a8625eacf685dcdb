"""What is written down stays right when the program is upgraded or moved."""

from __future__ import annotations

import os
import pathlib
import shlex
import subprocess

import pytest

from cluster_world import ARN, place, run_entry, user_of
from mock_world import STACKS
from programs import binaries
from world import World


class Installation:
    """Programs installed as package managers do: a directory for each version, and links."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cellar = world.root / "Cellar"
        self.bin = world.root / "bin"
        self.bin.mkdir()

    def install(self, version: str) -> None:
        directory = self.cellar / version / "bin"
        directory.mkdir(parents=True)
        for name in ("atmos-auth", "atmos-auth-hook"):
            os.link(binaries() / name, directory / name)
            link = self.bin / name
            link.unlink(missing_ok=True)
            link.symlink_to(f"../Cellar/{version}/bin/{name}")

    def remove(self, version: str) -> None:
        for path in (self.cellar / version / "bin").iterdir():
            path.unlink()

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = self.world.variables({"PATH": f"{self.bin}:/usr/bin:/bin", **more})
        return subprocess.run(
            words,
            cwd=self.world.repository,
            env=environment,
            text=True,
            capture_output=True,
            check=True,
        )


@pytest.fixture
def installed(world: World) -> Installation:
    world.configure(STACKS)
    installation = Installation(world)
    installation.install("1.0")
    return installation


def credential_process(config: pathlib.Path, identity: str) -> list[str]:
    section = config.read_text().split(f"[profile {identity}]\n")[1]
    line = next(line for line in section.splitlines() if line.startswith("credential_process"))
    return shlex.split(line.split("=", 1)[1])


def delivered(installed: Installation) -> pathlib.Path:
    text = installed.run("atmos-auth", "env", "dev-admin", "--login", "-f", "dotenv").stdout
    values = dict(line.split("=", 1) for line in text.splitlines())
    return pathlib.Path(values["AWS_CONFIG_FILE"].strip("'"))


@pytest.mark.parametrize("how", ["by name", "by path", "by another path"])
def test_files_name_the_link_and_not_the_version(installed: Installation, how: str):
    program = {
        "by name": "atmos-auth",
        "by path": str(installed.bin / "atmos-auth"),
        "by another path": "../bin/../bin/atmos-auth",
    }[how]
    code = installed.run(program, "hook", "bash").stdout
    if how != "by another path":
        assert f"{installed.bin}/atmos-auth" in code
        assert str(installed.cellar) not in code
    assert "atmos-auth-hook" in code


def test_an_upgrade_breaks_no_profile(installed: Installation):
    config = delivered(installed)
    command = credential_process(config, "dev-admin")
    assert command[0] == f"{installed.bin}/atmos-auth"
    installed.install("1.1")
    installed.remove("1.0")
    assert '"AccessKeyId"' in installed.run(*command).stdout
    block = installed.run("atmos-auth", "aws-config").stdout
    assert f"{installed.bin}/atmos-auth credential-process" in block
    assert str(installed.cellar) not in block


def test_an_upgrade_breaks_no_kubeconfig(world: World, kube: World):
    installed = Installation(world)
    installed.install("1.0")
    installed.run("atmos-auth", "login")
    before = place(world).read_text()
    assert user_of(before, ARN)["command"] == f"{installed.bin}/atmos-auth"
    installed.install("1.1")
    installed.remove("1.0")
    assert run_entry(world, user_of(before, ARN)).json()["kind"] == "ExecCredential"
    installed.run("atmos-auth", "login")
    assert place(world).read_text() == before


def test_a_name_that_is_not_this_program_is_not_believed(installed: Installation):
    real = installed.cellar / "1.0/bin/atmos-auth"
    code = installed.run("bash", "-c", f"exec -a /usr/bin/env {real} hook bash").stdout
    assert str(real) in code and "/usr/bin/env" not in code


def test_a_new_shell_mends_profiles_of_a_program_that_is_gone(installed: Installation):
    config = delivered(installed)
    before = config.read_text()
    moved = installed.world.root / "somewhere else/bin"
    moved.mkdir(parents=True)
    for name in ("atmos-auth", "atmos-auth-hook"):
        os.link(binaries() / name, moved / name)
    program = str(moved / "atmos-auth")
    # Both are there: the profile stays as it is.
    installed.run(program, "hook", "bash")
    assert config.read_text() == before
    installed.remove("1.0")
    installed.run(program, "hook", "bash")
    command = credential_process(config, "dev-admin")
    assert command[0] == program
    assert '"AccessKeyId"' in installed.run(*command).stdout
    # Only the program is another one, and only once.
    written = config.stat().st_ino
    installed.run(program, "hook", "bash")
    assert config.stat().st_ino == written
