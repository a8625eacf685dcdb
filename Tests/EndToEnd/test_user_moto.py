"""Rotating keys and registering devices against moto's IAM, which nobody of this project wrote."""

from __future__ import annotations

import uuid

import pytest

from services import Moto, client
from world import World


@pytest.fixture
def person(world: World, moto: Moto) -> tuple[World, str]:
    """A user of their own, with one key in the keyring."""
    name = f"user-{uuid.uuid4().hex[:8]}"
    iam = client("iam", moto.url)
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    world.environment |= {"AWS_ENDPOINT_URL_IAM": moto.url, "AWS_ENDPOINT_URL_STS": moto.url}
    world.configure(
        "auth: {realm: e2e, identities: {me: {kind: aws/user, default: true, "
        "credentials: {region: us-east-1}}}}\n"
    )
    world.store_keys("me", key["AccessKeyId"], key["SecretAccessKey"])
    return world, name


def test_keys_are_rotated(person: tuple[World, str], moto: Moto):
    world, name = person
    iam = client("iam", moto.url)
    [before] = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    world.run("user", "rotate", status=0)
    [after] = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    assert after["AccessKeyId"] != before["AccessKeyId"]
    # moto forgets whose a session is; that it makes one shows that it knows the key.
    world.run("login", status=0)


def test_two_keys_are_told(person: tuple[World, str], moto: Moto):
    world, name = person
    iam = client("iam", moto.url)
    other = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    answer = world.run("user", "rotate", status=77)
    assert f"--delete-key {other[-4:]}" in answer.stderr
    world.run("user", "rotate", "--delete-key", other[-4:], "--deactivate", status=0)
    states = [key["Status"] for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]
    assert sorted(states) == ["Active", "Inactive"]


def test_a_device_is_registered_and_taken_away(person: tuple[World, str], moto: Moto):
    world, name = person
    iam = client("iam", moto.url)
    world.run("mfa", "register", status=0)
    [device] = iam.list_mfa_devices(UserName=name)["MFADevices"]
    assert device["SerialNumber"].endswith(f":mfa/{name}")
    assert device["SerialNumber"] in {
        item["SerialNumber"] for item in iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    }
