"""`user rotate`, wherever it is stopped, leaves a working key in the keyring and goes on later."""

from __future__ import annotations

import json
import re

import pytest

from iam_world import User
from secret_scan import ProcessWatch, assert_nowhere
from terminal import Terminal
from waiting import wait_for
from world import World

ROTATE = ("user", "rotate", "-i", "engineer")
STEPS = 12


def rotated(user: User) -> None:
    """Exactly one key is left, a new one, and it is the one in the keyring."""
    keys = user.stored()
    assert user.iam.keys() == {keys["access_key_id"]: "Active"}
    assert keys["access_key_id"] != user.iam.access_key_id
    assert user.has_working_key()
    assert user.entries() == {"atmos_e2e_engineer"}


def test_the_key_in_the_keyring_is_replaced(user: User):
    answer = user.run(*ROTATE, status=0)
    rotated(user)
    assert answer.stdout == ""
    assert "made access key AKIA…" in answer.stderr
    assert "deleted access key AKIA…0001" in answer.stderr
    assert "Rotated the access keys of engineer: AKIA…0001 is replaced by AKIA…" in answer.stderr
    user.run("login", "-i", "engineer", status=0)


def test_what_is_stored_with_the_keys_stays(user: User):
    user.world.run(
        "user",
        "configure",
        "-i",
        "engineer",
        "--access-key-id",
        user.iam.access_key_id,
        "--session-duration",
        "2h",
        stdin=user.iam.secret_access_key + "\n",
        status=0,
    )
    before = user.stored()
    user.run(*ROTATE, status=0)
    after = user.stored()
    assert after["session_duration"] == "2h"
    assert set(before) == set(after)


def test_a_new_key_that_is_not_known_at_once_is_waited_for(world: World, iam):
    person = User(world, iam("--propagation", "1"))
    person.run(*ROTATE, status=0)
    rotated(person)
    calls = person.iam.get("/__calls")
    assert calls["GetCallerIdentity"] == 3 + 1, "old key; new key, refused and taken; this test"
    assert calls["DeleteAccessKey"] == 2, "IAM did not know the new key at first either"


@pytest.mark.parametrize("kind", ["hold", "hold-after"])
@pytest.mark.parametrize("number", range(STEPS))
def test_killed_at_a_call(user: User, kind: str, number: int):
    was_killed = user.killed_in_call(number, kind, *ROTATE)
    assert user.has_working_key()
    if was_killed:
        user.run(*ROTATE, status=0)
    else:
        assert number > 4, "fewer calls than there are"
    # The call that is held last is the deletion, after which nothing is left but to forget.
    rotated(user)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", range(6))
def test_killed_at_a_change_of_the_keyring(user: User, moment: str, number: int):
    was_killed = user.killed_in_keyring(number, moment, *ROTATE)
    assert user.has_working_key()
    assert was_killed == (number < 5), "five changes: begun, made, switched, switched, forgotten"
    if was_killed:
        user.run(*ROTATE, status=0)
    rotated(user)


def test_killed_again_and_again(user: User):
    """Whatever happens in a row: the second run is killed like the first."""
    for number, kind in enumerate(["hold-after"] * 4):
        user.killed_in_call(number, kind, *ROTATE)
        assert user.has_working_key()
    user.run(*ROTATE, status=0)
    rotated(user)


def test_a_lost_answer_is_not_asked_for_twice(user: User):
    user.iam.fail("drop-after", "CreateAccessKey")
    answer = user.run(*ROTATE, status=69)
    assert "a key may have been made all the same" in answer.stderr
    assert "atmos-auth user rotate -i engineer" in answer.stderr
    assert len(user.iam.keys()) == 2
    assert user.has_working_key()
    again = user.run(*ROTATE, status=0)
    assert "an interrupted rotation has left access key" in again.stderr
    rotated(user)


def test_a_key_that_somebody_made_is_not_taken_for_a_lost_one(user: User):
    """Killed before the key was made; then a colleague makes one and uses it."""
    user.killed_in_call(2, "hold", *ROTATE)
    user.iam.post(
        "/__keys",
        {
            "user": "engineer",
            "access_key_id": "AKIACOLLEAGUE0000002",
            "secret_access_key": "of-a-colleague",
            "unused": 0,
        },
    )
    answer = user.run(*ROTATE, status=77)
    assert "already has two access keys" in answer.stderr
    assert "AKIACOLLEAGUE0000002" in user.iam.keys()  # noqa: SIM118 (not a dictionary)


def test_two_keys_are_told_and_what_to_type(user: User):
    user.iam.post(
        "/__keys",
        {
            "user": "engineer",
            "access_key_id": "AKIAOTHEROTHER00FLAP",
            "secret_access_key": "another-secret",
            "age": 200 * 86400,
            "unused": 30 * 86400,
            "status": "Inactive",
        },
    )
    answer = user.run(*ROTATE, status=77)
    assert "user `engineer` already has two access keys, the most that IAM allows" in answer.stderr
    assert re.search(
        r"AKIA…0001 \(in the keyring\): active, made 400 days ago, last used today for (sts|iam)",
        answer.stderr,
    )
    assert "AKIA…FLAP: inactive, made 200 days ago, last used 30 days ago for s3" in answer.stderr
    assert "`atmos-auth user rotate -i engineer --delete-key FLAP`" in answer.stderr
    assert "CreateAccessKey" not in user.iam.get("/__calls")
    user.run(*ROTATE, "--delete-key", "0001", status=64)
    user.run(*ROTATE, "--delete-key", "AKIA", status=64)
    assert len(user.iam.keys()) == 2
    user.run(*ROTATE, "--delete-key", "FLAP", status=0)
    rotated(user)


def test_two_keys_that_may_not_be_seen(user: User):
    user.iam.post(
        "/__keys",
        {"user": "engineer", "access_key_id": "AKIAOTHEROTHER00FLAP", "secret_access_key": "x"},
    )
    user.iam.policy(deny=["ListAccessKeys", "GetAccessKeyLastUsed"])
    answer = user.run(*ROTATE, status=77)
    assert "already has two access keys" in answer.stderr
    assert "iam:ListAccessKeys" in answer.stderr
    assert user.entries() == {"atmos_e2e_engineer"}


def test_only_what_is_needed_has_to_be_allowed(user: User):
    user.iam.policy(deny=["ListAccessKeys", "GetAccessKeyLastUsed", "UpdateAccessKey"])
    user.run(*ROTATE, status=0)
    rotated(user)


def test_what_is_missing_is_told_as_a_statement(user: User):
    user.iam.policy(deny=["CreateAccessKey"])
    answer = user.run(*ROTATE, status=77)
    statement = json.loads(
        re.search(r"the user needs a policy with: (\{.*\})", answer.stderr).group(1)
    )
    assert statement == {
        "Effect": "Allow",
        "Action": "iam:CreateAccessKey",
        "Resource": "arn:aws:iam::123456789012:user/engineer",
    }
    assert user.entries() == {"atmos_e2e_engineer"}


def test_a_key_that_may_not_be_deleted_is_told_and_deleted_later(user: User):
    user.iam.policy(deny=["DeleteAccessKey"])
    answer = user.run(*ROTATE, status=77)
    assert "the new key is in use; the old one, AKIA…0001, still works" in answer.stderr
    assert user.stored()["access_key_id"] != user.iam.access_key_id
    assert user.has_working_key()
    user.iam.policy()
    answer = user.run(*ROTATE, status=0)
    assert "Finished the rotation of" in answer.stderr
    rotated(user)


def test_the_old_key_can_be_kept_inactive(user: User):
    user.run(*ROTATE, "--deactivate", status=0)
    assert user.iam.keys()[user.iam.access_key_id] == "Inactive"
    assert user.has_working_key()
    assert user.entries() == {"atmos_e2e_engineer"}


def test_a_policy_that_asks_for_mfa_is_met_with_one_code(world: World, iam):
    serial = "arn:aws:iam::123456789012:mfa/engineer"
    server = iam("--mfa-serial", serial)
    server.policy(mfa=["CreateAccessKey", "DeleteAccessKey", "ListAccessKeys"])
    person = User(world, server)
    answer = person.run(*ROTATE, status=77)
    assert "credentials.mfa_arn" in answer.stderr
    person.world.run(
        "user",
        "configure",
        "-i",
        "engineer",
        "--access-key-id",
        server.access_key_id,
        "--mfa-arn",
        serial,
        stdin=server.secret_access_key + "\n",
        status=0,
    )
    answer = person.run(*ROTATE, status=77)
    assert "atmos-auth login -i engineer" in answer.stderr, "without a terminal nobody can type it"

    terminal = Terminal(world, *ROTATE)
    terminal.answer("Enter MFA code", "123456")
    terminal.wait(0)
    assert server.get("/__served")["GetSessionToken"] == 1
    keys = person.stored()
    assert server.keys() == {keys["access_key_id"]: "Active"}
    assert keys["mfa_arn"] == serial


def test_keys_of_the_configuration_are_refused(world: World, iam):
    server = iam()
    world.environment |= {
        "AWS_ENDPOINT_URL": server.url,
        "MY_ID": server.access_key_id,
        "MY_SECRET": server.secret_access_key,
    }
    world.configure("""\
        auth:
          realm: e2e
          identities:
            engineer:
              kind: aws/user
              credentials:
                access_key_id: !env MY_ID
                secret_access_key: !env MY_SECRET
        """)
    answer = world.run(*ROTATE, status=78)
    assert "come from" in answer.stderr and "atmos.yaml:7 (`!env MY_ID`)" in answer.stderr
    assert server.get("/__calls") == {}


def test_a_keyring_that_forgets_is_refused(user: User):
    answer = user.run(*ROTATE, env={"ATMOS_KEYRING_TYPE": "memory"}, status=78)
    assert "a new key would be lost" in answer.stderr
    assert len(user.iam.keys()) == 1


def test_a_keyring_that_takes_nothing_costs_no_key(user: User):
    user.store.chmod(0o500)
    try:
        # root writes anyway; the keyring's program is told to fail instead.
        script = user.world.root / "keyring.py"
        script.write_text(
            script.read_text()
            .replace(
                'if action == "list":',
                'if action == "write" and "secret" in sys.stdin.peek(9999)'
                ' and "rotation" in name: sys.exit(7)\nif action == "list":',
            )
            .replace("sys.stdin.peek(9999)", "(value := sys.stdin.buffer.read()).decode()")
            .replace(
                'value = sys.stdin.buffer.read() if action == "write" else b""',
                'value = value if "value" in dir() else sys.stdin.buffer.read()',
            )
        )
        answer = user.run(*ROTATE)
    finally:
        user.store.chmod(0o700)
    assert answer.status != 0
    assert "could not be stored" in answer.stderr
    assert user.iam.keys() == {user.iam.access_key_id: "Active"}
    assert user.has_working_key()


def test_nothing_is_changed_by_a_dry_run(user: User):
    answer = user.run(*ROTATE, "--dry-run", status=0)
    assert answer.stdout == ""
    assert [line.split()[:3] for line in answer.stderr.splitlines()] == [
        ["Would", "make", "an"],
        ["Would", "wait", "until"],
        ["Would", "store", "the"],
        ["Would", "delete", "access"],
    ]
    assert user.iam.keys() == {user.iam.access_key_id: "Active"}
    assert user.entries() == {"atmos_e2e_engineer"}
    user.killed_in_keyring(2, "after", *ROTATE)
    answer = user.run(*ROTATE, "--dry-run", status=0)
    assert "Would finish the rotation of" in answer.stderr


def test_one_at_a_time(user: User):
    user.iam.fail("hold", "CreateAccessKey")
    first = user.world.start(*ROTATE)
    wait_for(lambda: user.iam.get("/__held"), "no key was asked for")
    answer = user.run(*ROTATE, status=69)
    assert "another process is replacing the keys" in answer.stderr
    first.kill()
    first.communicate()
    user.iam.post("/__release")
    user.run(*ROTATE, status=0)
    rotated(user)


def test_logout_forgets_what_was_begun(user: User):
    user.killed_in_keyring(1, "after", *ROTATE)
    assert len(user.entries()) == 2
    user.run("logout", "engineer", "--keychain", "--force", status=0)
    assert user.entries() == set()


def test_no_secret_is_shown(world: World, iam):
    server = iam()
    world.environment |= {"AWS_ENDPOINT_URL": server.url, "ATMOS_LOGS_LEVEL": "trace"}
    world.configure("auth: {realm: e2e, identities: {engineer: {kind: aws/user, default: true}}}\n")
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    with ProcessWatch() as watch:
        world.run(*ROTATE, "--dry-run", status=0)
        server.fail("503", "DeleteAccessKey", count=3)
        world.run(*ROTATE, env={"AWS_MAX_ATTEMPTS": "1"}, status=69)
        world.run(*ROTATE, status=0)
    secrets = server.get("/__secrets") + [server.secret_access_key]
    assert len(secrets) == 2
    assert_nowhere(world, secrets, watch)
