"""One home directory on two machines, which do not see each other's processes."""

from __future__ import annotations

import json
import pathlib
import subprocess

import pytest

from mfa_world import SEED, Coded
from policy_world import PERIOD, Deployed
from waiting import wait_for


@pytest.fixture
def deploy(coded: Coded) -> Deployed:
    deploy = Deployed(coded, "{policy: applies-only, unattended: true}")
    coded.add_seed(f"otpauth://totp/x?secret={SEED}&period={PERIOD}")
    return deploy


def _elsewhere(deploy: Deployed, *command: str, **variables: str) -> subprocess.Popen:
    """Starts a command on another machine: with a name and processes of its own."""
    return subprocess.Popen(
        ["unshare", "--uts", "--pid", "--fork", "--mount-proc", "sh", "-c"]
        + ['hostname other && exec "$@"', "sh", deploy.world.binary, *command],
        env=deploy.world.variables(variables),
        cwd=deploy.world.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.root
def test_an_apply_keeps_its_session_while_another_machine_applies(
    deploy: Deployed, tmp_path: pathlib.Path
):
    has_key, go_on = tmp_path / "has-key", tmp_path / "go-on"
    inside = (
        f"touch {has_key}; until [ -e {go_on} ]; do :; done; "
        '"$ATMOS_AUTH" credential-process -i deploy'
    )
    words = ("exec", "-i", "deploy", "--", "terraform", "apply")
    running = _elsewhere(deploy, *words, INSIDE=inside)
    wait_for(has_key.exists, "the first apply")
    other = deploy.alone("terraform", "apply")
    go_on.touch()
    output, errors = running.communicate(timeout=60)
    assert running.returncode == other.status == 0, f"{output}{errors}{other}"
    key = deploy.key(output)
    assert json.loads(output.splitlines()[-1])["AccessKeyId"] == key
    assert deploy.key(other.stdout) != key
