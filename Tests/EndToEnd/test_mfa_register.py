"""`mfa register` and `unregister` lose no seed wherever they are stopped, and go on from there."""

from __future__ import annotations

import base64
import json
import re
import time

import pytest

from iam_devices import code_of
from iam_world import DEVICE, REGISTER, User
from secret_scan import ProcessWatch, assert_nowhere
from services import client
from terminal import Terminal
from world import World

UNREGISTER = ("mfa", "unregister", "-i", "engineer", "--force")
SEED = "atmos-auth_totp_arn:aws:iam::123456789012:mfa%2Fengineer"


def log_in(user: User) -> None:
    """Without waiting for the window after those that the registration used up."""
    user.run("login", "-i", "engineer", env={"ATMOS_AUTH_MFA_CODE": code(user)}, status=0)


def registered(user: User, device: str = DEVICE) -> None:
    assert user.iam.devices() == {device: "engineer"}
    assert user.stored()["mfa_arn"] == device
    assert user.stored()["secret_access_key"] == user.iam.secret_access_key
    assert user.entries() == {"atmos_e2e_engineer", SEED}


def code(user: User, ahead: int = 1) -> str:
    """A code that was not given yet: that of the next window, which AWS takes as well."""

    address = (user.store / SEED).read_text()
    seed = re.search(r"secret=([A-Z2-7]+)", address).group(1)
    return code_of(base64.b32decode(seed), int(time.time()) // 30 + ahead)


def test_a_device_is_made_enabled_and_used_at_once(user: User):
    answer = user.run(*REGISTER, status=0)
    registered(user)
    assert answer.stdout == ""
    assert f"Registered MFA device {DEVICE} for user engineer" in answer.stderr
    assert f"`credentials.mfa_arn: {DEVICE}`" in answer.stderr
    assert user.iam.get("/__served")["EnableMFADevice"] == 1
    again = user.run(*REGISTER, status=0)
    assert f"MFA device {DEVICE} of user engineer is already registered" in again.stderr
    assert user.iam.get("/__served")["EnableMFADevice"] == 1
    log_in(user)
    assert user.iam.get("/__served")["GetSessionToken"] == 1


@pytest.mark.parametrize("kind", ["hold", "hold-after"])
@pytest.mark.parametrize("number", range(5))
def test_killed_at_a_call(user: User, kind: str, number: int):
    was_killed = user.killed_in_call(number, kind, *REGISTER)
    assert was_killed == (number < 4), "four calls: caller, devices, create, enable"
    if was_killed:
        user.run(*REGISTER, status=0)
    registered(user)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", range(5))
def test_killed_at_a_change_of_the_keyring(user: User, moment: str, number: int):
    was_killed = user.killed_in_keyring(number, moment, *REGISTER)
    assert was_killed == (number < 4), "four changes: begun, seed, device, forgotten"
    if was_killed:
        user.run(*REGISTER, status=0)
    registered(user)


def test_a_device_that_is_there_and_unused_is_replaced_only_when_asked(user: User):
    keys = (user.iam.access_key_id, user.iam.secret_access_key)
    client("iam", user.iam.url, *keys).create_virtual_mfa_device(VirtualMFADeviceName="engineer")
    answer = user.run(*REGISTER, status=77)
    assert f"MFA device {DEVICE} already exists and is not in use" in answer.stderr
    assert "--replace" in answer.stderr and "--device-name engineer-2" in answer.stderr
    user.run(*REGISTER, "--replace", status=0)
    assert user.iam.devices() == {DEVICE: "engineer"}


def test_a_device_whose_seed_is_elsewhere_is_left_alone(user: User):
    user.run(*REGISTER, status=0)
    (user.store / SEED).unlink()
    user.world.run(
        "user",
        "configure",
        "-i",
        "engineer",
        "--access-key-id",
        user.iam.access_key_id,
        "--mfa-arn",
        "",
        stdin=user.iam.secret_access_key + "\n",
        status=0,
    )
    for options in ((), ("--replace",)):
        answer = user.run(*REGISTER, *options, status=77)
        assert "is already in use, and its seed is not in the keyring" in answer.stderr
    user.run(*REGISTER, "--device-name", "engineer-2", status=0)
    assert user.iam.devices() == {DEVICE: "engineer", DEVICE + "-2": "engineer"}
    assert user.stored()["mfa_arn"] == DEVICE + "-2"


def test_a_seed_whose_device_is_gone_is_replaced(user: User):
    user.killed_in_call(3, "hold", *REGISTER)
    assert user.iam.devices() == {DEVICE: None}
    keys = (user.iam.access_key_id, user.iam.secret_access_key)
    client("iam", user.iam.url, *keys).delete_virtual_mfa_device(SerialNumber=DEVICE)
    user.run(*REGISTER, status=0)
    registered(user)


@pytest.mark.parametrize("name", ["a b", "ü", "a/b", "x" * 227, ""])
def test_names_that_no_device_has(user: User, name: str):
    answer = user.run(*REGISTER, "--device-name", name, status=64)
    assert "cannot be the name of an MFA device" in answer.stderr


def test_only_what_is_needed_has_to_be_allowed(user: User):
    user.iam.policy(deny=["ListMFADevices"])
    user.run(*REGISTER, status=0)
    registered(user)


@pytest.mark.parametrize(
    "action, resource",
    [
        ("CreateVirtualMFADevice", DEVICE),
        ("EnableMFADevice", "arn:aws:iam::123456789012:user/engineer"),
    ],
)
def test_what_is_missing_is_told_as_a_statement(user: User, action: str, resource: str):
    user.iam.policy(deny=[action])
    answer = user.run(*REGISTER, status=77)
    statement = json.loads(
        re.search(r"the user needs a policy with: (\{.*\})", answer.stderr).group(1)
    )
    assert statement == {"Effect": "Allow", "Action": f"iam:{action}", "Resource": resource}
    user.iam.policy()
    user.run(*REGISTER, status=0)
    registered(user)


def test_a_code_for_a_phone_is_shown_on_a_terminal_only(user: User):
    answer = user.run(*REGISTER, "--qr", status=77)
    assert "only shown on a terminal" in answer.stderr
    assert user.iam.get("/__calls") == {}
    terminal = Terminal(user.world, *REGISTER, "--qr")
    terminal.wait(0)
    shown = terminal.last
    assert "▀" in shown and "then clear the screen" in shown
    for secret in user.iam.get("/__secrets"):
        assert secret not in shown


def test_awsus_variables_show_it_for_a_phone_too(user: User):
    def lines(**variables: str) -> int:
        terminal = Terminal(user.world, *REGISTER, env=variables)
        terminal.wait(0)
        return sum("▀" in line for line in terminal.last.splitlines())

    assert lines(AWSU_QR="false", AWSU_QR_ISSUER="x" * 80) == 0
    shown = lines(AWSU_QR="true")
    assert shown > 0
    # More text takes a larger code.
    assert lines(AWSU_QR="true", AWSU_QR_ISSUER="x" * 80) > shown
    assert lines(AWSU_QR="1", AWSU_ISSUER="x" * 80) > shown
    # Without a terminal it is no reason to fail.
    answer = user.run(*REGISTER, env={"AWSU_QR": "true"}, status=0)
    assert "▀" not in answer.stderr


def test_another_device_of_the_configuration_is_told(user: User):
    user.world.configure("""\
        auth:
          identities:
            engineer:
              kind: aws/user
              default: true
              credentials:
                mfa_arn: GAHT12345678
        """)
    # Calls are signed after a second factor: the device that the user has.
    terminal = Terminal(user.world, *REGISTER)
    terminal.answer("Enter MFA code of GAHT12345678", "123456")
    terminal.wait(0)
    shown = terminal.last
    assert "atmos.yaml:7 names another device" in shown
    assert user.iam.devices() == {DEVICE: "engineer"}


# unregister


@pytest.fixture
def owner(user: User) -> User:
    """Who has a device, and a session with a second factor."""
    user.run(*REGISTER, status=0)
    log_in(user)
    user.iam.policy(mfa=["DeactivateMFADevice"])
    return user


def unregistered(user: User) -> None:
    assert user.iam.devices() == {}
    assert "mfa_arn" not in user.stored()
    assert user.entries() == {"atmos_e2e_engineer"}


def test_a_device_is_taken_away(owner: User):
    answer = owner.run(*UNREGISTER, status=0)
    assert f"deactivated MFA device {DEVICE}" in answer.stderr
    assert f"Removed MFA device {DEVICE} of user engineer" in answer.stderr
    unregistered(owner)
    owner.run("login", "-i", "engineer", status=0)
    answer = owner.run(*UNREGISTER, status=64)
    assert "has no MFA device" in answer.stderr


@pytest.mark.parametrize("kind", ["hold", "hold-after"])
@pytest.mark.parametrize("number", range(6))
def test_killed_while_it_is_taken_away(owner: User, kind: str, number: int):
    was_killed = owner.killed_in_call(number, kind, *UNREGISTER)
    # The second call is refused, and that answer is not held.
    calls = ["caller", "deactivate without a code", "caller of the session", "deactivate", "delete"]
    assert was_killed == (number < len(calls) and (number, kind) != (1, "hold-after"))
    if was_killed:
        owner.run(*UNREGISTER, status=0)
    unregistered(owner)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", range(2))
def test_killed_while_it_is_forgotten(owner: User, moment: str, number: int):
    assert owner.killed_in_keyring(number, moment, *UNREGISTER)
    if (number, moment) != (1, "after"):
        owner.run(*UNREGISTER, status=0)
    unregistered(owner)


def test_a_lost_device_goes_without_it_where_the_policy_allows_that(owner: User):
    owner.run("logout", "engineer", status=0)
    (owner.store / SEED).unlink()
    answer = owner.run(*UNREGISTER, status=77)
    assert owner.iam.devices() == {DEVICE: "engineer"}, str(answer)
    owner.iam.policy()
    owner.run(*UNREGISTER, status=0)
    unregistered(owner)


def test_a_person_is_asked_first(owner: User):
    answer = owner.run(*UNREGISTER[:-1], status=77)
    assert "--force" in answer.stderr
    # Nothing in the keyring matters for that.
    answer = owner.run(*UNREGISTER[:-1], env={"ATMOS_KEYRING_TYPE": "memory"}, status=77)
    assert "--force" in answer.stderr
    terminal = Terminal(owner.world, *UNREGISTER[:-1])
    terminal.answer(f"Remove MFA device {DEVICE} for good?", "no")
    terminal.wait(77)
    assert owner.iam.devices() == {DEVICE: "engineer"}


def test_no_secret_is_shown(world: World, iam):
    server = iam()
    world.environment |= {"AWS_ENDPOINT_URL": server.url, "ATMOS_LOGS_LEVEL": "trace"}
    world.configure(
        "auth: {realm: e2e, mfa: {sources: [terminal]},"
        " identities: {engineer: {kind: aws/user, default: true}}}\n"
    )
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    with ProcessWatch() as watch:
        server.fail("503", "EnableMFADevice", count=1)
        world.run(*REGISTER, env={"AWS_MAX_ATTEMPTS": "1"}, status=69)
        world.run(*REGISTER, status=0)
        world.run("user", "rotate", "--dry-run", status=77)
    secrets = server.get("/__secrets") + [server.secret_access_key]
    assert len(secrets) == 2
    assert_nowhere(world, secrets, watch)
