"""`user configure --verify` asks AWS first; bad input of any sort stores nothing."""

from __future__ import annotations

import pytest

from iam_world import DEVICE, REGISTER, User
from terminal import Terminal

CONFIGURE = ("user", "configure", "-i", "engineer")


def configure(user: User, *options: str, key: str | None = None, secret: str | None = None, **more):
    return user.run(
        *CONFIGURE,
        "--access-key-id",
        user.iam.access_key_id if key is None else key,
        *options,
        stdin=(user.iam.secret_access_key if secret is None else secret) + "\n",
        **more,
    )


def test_whose_the_keys_are(user: User):
    answer = configure(user, "--verify", status=0)
    assert "The keys are those of arn:aws:iam::123456789012:user/engineer" in answer.stderr
    assert "Saved credentials to keyring" in answer.stderr


def test_keys_that_aws_does_not_take_are_not_stored(user: User):
    before = user.stored()
    answer = configure(user, "--verify", secret="not-the-secret-of-this-key", status=77)
    assert "nothing was stored" in answer.stderr
    answer = configure(user, "--verify", key="AKIANOBODYNOBODY0000", status=77)
    assert "AKIA…0000" in answer.stderr
    assert user.stored() == before


def test_a_device_that_the_user_has_is_told(user: User):
    user.run(*REGISTER, status=0)
    (user.store / "atmos_e2e_engineer").unlink()
    answer = configure(user, "--verify", status=0)
    assert f"give `--mfa-arn {DEVICE}`" in answer.stderr
    user.iam.policy(deny=["ListMFADevices"])
    assert "--mfa-arn" not in configure(user, "--verify", status=0).stderr


def test_a_device_that_the_user_has_is_offered(user: User):
    user.run(*REGISTER, status=0)
    (user.store / "atmos_e2e_engineer").unlink()
    terminal = Terminal(user.world, *CONFIGURE, "--verify")
    terminal.answer("Access Key ID: ", user.iam.access_key_id)
    terminal.answer("Secret Access Key: ", f"  {user.iam.secret_access_key} ")
    terminal.answer(f"MFA ARN (optional, Enter takes {DEVICE}): ", "")
    terminal.wait(0)
    assert user.stored()["mfa_arn"] == DEVICE
    assert user.stored()["secret_access_key"] == user.iam.secret_access_key


@pytest.mark.parametrize(
    "typed, says",
    [
        ((""), "the access key id is empty; nothing was stored"),
        (("AKIAEXAMPLEEXAMPLE00", ""), "the secret access key is empty; nothing was stored"),
        (
            ("AKIAEXAMPLEEXAMPLE00", "AKIAEXAMPLEEXAMPLE00"),
            "that is an access key id, not a secret",
        ),
        (("AKIAEXAMPLEEXAMPLE00", "x" * 40, "me"), "neither the ARN nor the serial number"),
    ],
)
def test_what_cannot_be_right_is_told_at_once(user: User, typed: tuple[str, ...], says: str):
    before = user.stored()
    terminal = Terminal(user.world, *CONFIGURE)
    questions = ("Access Key ID: ", "Secret Access Key: ", "MFA ARN")
    for question, text in zip(questions, typed or ("",), strict=False):
        terminal.answer(question, text)
    terminal.wait(64)
    assert says in " ".join(terminal.last.split())
    assert user.stored() == before


def test_a_security_key_is_no_device_for_sts(user: User):
    answer = configure(user, "--mfa-arn", "arn:aws:iam::123456789012:u2f/user/me/key", status=64)
    assert "names a security key" in answer.stderr


def test_keys_of_the_configuration_win_and_that_is_told(user: User):
    user.world.configure("""\
        auth:
          identities:
            engineer:
              kind: aws/user
              credentials:
                access_key_id: AKIAEXAMPLEEXAMPLE00
                secret_access_key: !env MY_SECRET
        """)
    user.world.environment["MY_SECRET"] = "x" * 40
    answer = configure(user, status=0)
    assert "atmos.yaml:6 also gives access keys for engineer" in answer.stderr
