"""`logout` removes what it names, and `user configure` keeps secrets out of argv."""

from __future__ import annotations

import base64
import json
import re
import subprocess

import pytest
from joserfc import jwe
from joserfc.jwk import OctKey

from mock_world import STACKS, single
from secret_scan import ProcessWatch, assert_nowhere
from services import against
from terminal import Terminal
from world import KEYRING_PASSWORD, World

USER = """\
auth:
  realm: {realm}
  identities:
    engineer: {{kind: aws/user, default: true, credentials: {{region: us-east-1}}}}
"""


def sessions(world: World) -> list[str]:
    return sorted(path.stem for path in (world.state / "sessions").rglob("*.session"))


@pytest.fixture
def logged_in(world: World) -> World:
    world.configure(STACKS)
    for name in ("dev-admin", "staging-admin", "prod-admin"):
        world.run("login", "-i", name, status=0)
    return world


def test_logout_ends_one_identity(logged_in: World):
    answer = logged_in.run("logout", "dev-admin", status=0)
    assert answer.stdout == ""
    assert "Logged out dev-admin" in answer.stderr
    logged_in.run("whoami", "-i", "dev-admin", status=77)
    logged_in.run("whoami", "-i", "staging-admin", status=0)
    assert "dev-admin" not in sessions(logged_in)


def test_logout_by_the_identity_flag(logged_in: World):
    logged_in.run("logout", "--identity", "dev-admin", status=0)
    logged_in.run("whoami", "-i", "dev-admin", status=77)


def test_logout_of_a_provider_ends_all_that_stand_on_it(logged_in: World):
    answer = logged_in.run("logout", "--provider", "sandbox", status=0)
    assert "sandbox" in answer.stderr and "3 identities" in answer.stderr
    assert sessions(logged_in) == []


def test_logout_all(logged_in: World):
    answer = logged_in.run("logout", "--all", status=0)
    assert "all 3 identities" in answer.stderr
    assert sessions(logged_in) == []


def test_logout_all_realms_reaches_the_other_repositories(logged_in: World):
    other = logged_in.repository.parent / "second"
    other.mkdir()
    (other / "atmos.yaml").write_text(STACKS.replace("realm: e2e", "realm: second"))
    there = {"ATMOS_CLI_CONFIG_PATH": str(other)}
    logged_in.run("login", "-i", "dev-admin", cwd=other, env=there, status=0)
    answer = logged_in.run("logout", "--all-realms", status=0)
    assert "e2e" in answer.stderr and "second" in answer.stderr
    assert sessions(logged_in) == []


def test_dry_run_only_tells(logged_in: World):
    before = sessions(logged_in)
    answer = logged_in.run("logout", "--all", "--dry-run", status=0)
    assert "Would remove" in answer.stderr
    assert sessions(logged_in) == before


def test_logout_twice_is_no_error(logged_in: World):
    logged_in.run("logout", "dev-admin", status=0)
    logged_in.run("whoami", "-i", "dev-admin", status=77)
    logged_in.run("logout", "dev-admin", status=0)


def test_logout_of_an_unknown_identity_names_those_there_are(logged_in: World):
    answer = logged_in.run("logout", "nobody")
    assert answer.status == 64
    assert "identity not found" in answer.stderr


def test_keys_stay_in_the_keyring_unless_asked(world: World):
    world.configure(USER.format(realm="e2e"))
    world.store_keys("engineer", "AKIAEXAMPLEEXAMPLE00", "a-secret-key")
    entry = world.data / "keyring" / "atmos_e2e_engineer"
    assert entry.exists()
    world.run("logout", "engineer", status=0)
    assert entry.exists()
    refused = world.run("logout", "engineer", "--keychain")
    assert refused.status == 77, str(refused)
    assert "--force" in refused.stderr
    assert entry.exists()
    world.run("logout", "engineer", "--keychain", "--force", status=0)
    assert not entry.exists()


# user configure


def test_keys_are_sealed_in_the_file_keyring(world: World):
    world.configure(USER.format(realm="e2e"))
    with ProcessWatch() as watch:
        answer = world.run(
            "user",
            "configure",
            "--identity",
            "engineer",
            "--access-key-id",
            "AKIAEXAMPLEEXAMPLE00",
            stdin="secret-on-standard-input\n",
            status=0,
        )
    assert "Saved credentials to keyring" in answer.stderr
    entry = world.data / "keyring" / "atmos_e2e_engineer"
    assert entry.stat().st_mode & 0o777 == 0o600
    assert entry.parent.stat().st_mode & 0o777 == 0o700
    assert entry.read_text().count(".") == 4, "a compact JWE"
    assert_nowhere(world, ["secret-on-standard-input"], watch)


def test_other_keys_end_what_was_made_with_the_old_ones(world: World, sts):
    first = sts()
    against(world, first)
    world.run("exec", "--", "true", status=0)
    assert first.calls(), "it was logged in to"
    sessions = world.state / "sessions/e2e"
    assert sorted(path.name for path in sessions.glob("*.session")) == [
        "base.session",
        "deploy.session",
        "engineer.session",
    ]
    command = ("user", "configure", "-i", "engineer", "--access-key-id")
    same = world.run(*command, first.access_key_id, stdin=first.secret_access_key + "\n", status=0)
    assert "Ended" not in same.stderr
    assert len(list(sessions.glob("*.session"))) == 3
    other = world.run(*command, "AKIAOTHEROTHER000001", stdin="another-secret\n", status=0)
    assert "Ended 3 sessions made with other keys" in other.stderr
    assert not list(sessions.glob("*.session"))
    refused = world.run("login")
    assert refused.status != 0, "the keys are nobody's"


@pytest.mark.parametrize(
    "pasted",
    ["two words", "AKIAEXAMPLEEXAMPLE00,a-secret", "a\u00a0secret", "aws_secret_access_key = x"],
)
def test_a_pasted_secret_that_cannot_be_one_replaces_nothing(world: World, pasted: str):
    world.configure(USER.format(realm="e2e"))
    world.store_keys("engineer", "AKIAEXAMPLEEXAMPLE00", "the-good-one")
    entry = world.data / "keyring" / "atmos_e2e_engineer"
    before = entry.read_bytes()
    answer = world.run(
        "user",
        "configure",
        "-i",
        "engineer",
        "--access-key-id",
        "AKIAEXAMPLEEXAMPLE00",
        stdin=pasted,
    )
    assert answer.status == 64, str(answer)
    assert pasted not in answer.stderr
    assert entry.read_bytes() == before


def test_the_secret_is_never_an_option(world: World):
    world.configure(USER.format(realm="e2e"))
    answer = world.run(
        "user",
        "configure",
        "--identity",
        "engineer",
        "--access-key-id",
        "AKIAEXAMPLEEXAMPLE00",
        "--secret-access-key",
        "on-the-command-line",
    )
    assert answer.status == 64
    assert "on-the-command-line" not in answer.stderr


@pytest.mark.parametrize("secret", ["", "\n", "   \n"])
def test_a_secret_that_cannot_be_one_is_refused(world: World, secret: str):
    world.configure(USER.format(realm="e2e"))
    answer = world.run(
        "user",
        "configure",
        "--identity",
        "engineer",
        "--access-key-id",
        "AKIAEXAMPLEEXAMPLE00",
        stdin=secret,
    )
    assert answer.status in (64, 77), str(answer)
    assert not (world.data / "keyring" / "atmos_e2e_engineer").exists()


def test_only_users_have_keys_to_configure(world: World):
    world.configure(single(extra="    engineer: {kind: aws/user}\n"))
    answer = world.run(
        "user",
        "configure",
        "--identity",
        "dev",
        "--access-key-id",
        "AKIAEXAMPLEEXAMPLE00",
        stdin="x\n",
    )
    assert answer.status == 64, str(answer)
    assert "has no stored keys" in answer.stderr and "engineer" in answer.stderr


def test_realms_keep_keys_of_one_name_apart(world: World):
    world.configure(USER.format(realm="one"))
    world.store_keys("engineer", "AKIAEXAMPLEEXAMPLE00", "first")
    world.configure(USER.format(realm="two"))
    world.store_keys("engineer", "AKIAEXAMPLEEXAMPLE00", "second")
    names = {path.name for path in (world.data / "keyring").iterdir()}
    assert {"atmos_one_engineer", "atmos_two_engineer"} <= names


def test_keys_written_as_json_by_others_keep_their_shape(world: World):
    """The envelope of atmos: type and data, nothing else at the top."""
    pytest.importorskip("joserfc")

    world.configure(USER.format(realm="e2e"))
    world.store_keys("engineer", "AKIAEXAMPLEEXAMPLE00", "a-secret-key")
    text = (world.data / "keyring" / "atmos_e2e_engineer").read_text()
    # The keyring library that atmos uses writes a header of its own, `created`.
    registry = jwe.JWERegistry(
        algorithms=["PBES2-HS256+A128KW", "A256GCM"], strict_check_header=False
    )
    opened = jwe.decrypt_compact(
        text, OctKey.import_key(KEYRING_PASSWORD.encode()), registry=registry
    )
    item = json.loads(opened.plaintext)
    data = item.get("Data", item.get("data"))
    envelope = json.loads(base64.b64decode(data)) if isinstance(data, str) else item
    assert envelope["type"] == "aws"
    assert envelope["data"]["access_key_id"] == "AKIAEXAMPLEEXAMPLE00"
    assert envelope["data"]["secret_access_key"] == "a-secret-key"


# stored keys that were deleted in the cloud


@pytest.fixture
def outdated(world: World, sts) -> World:
    """Keys in the keyring that the strict STS does not know."""
    world.server = sts()
    world.environment["AWS_ENDPOINT_URL_STS"] = world.server.url
    world.configure(USER.format(realm="e2e"))
    world.store_keys("engineer", "AKIADELETEDDELETED01", "a-secret-of-yesterday")
    return world


def entry(world: World) -> bytes:
    return (world.data / "keyring" / "atmos_e2e_engineer").read_bytes()


def test_deleted_keys_without_a_person_name_the_command(outdated: World):
    before = entry(outdated)
    answer = outdated.run("login", "-i", "engineer", status=77)
    assert "the stored access keys AKIA…ED01 of identity `engineer` are not valid" in answer.stderr
    assert "atmos-auth user configure -i engineer" in answer.stderr
    assert entry(outdated) == before


def test_a_hint_with_a_hostile_name_runs_nothing_when_it_is_pasted(world: World):
    name = "a'$(touch pwned)'b"
    world.configure(
        f"""\
        auth:
          identities:
            "{name}": {{kind: aws/user, credentials: {{region: us-east-1}}}}
        """
    )
    answer = world.run("login", "-i", name, status=77)
    (command,) = re.findall(r"hint: store them with `(.*)`$", answer.stderr, re.MULTILINE)
    pasted = subprocess.run(
        ["bash", "-c", f"atmos-auth() {{ printf '%s\\n' \"$@\"; }}; {command}"],
        cwd=world.repository, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert pasted.stdout.splitlines()[:4] == ["user", "configure", "-i", name]
    assert not (world.repository / "pwned").exists()


def at_terminal(world: World, key: str, secret: str) -> tuple[int, str]:
    """Logs in at a terminal and types keys when asked; exit status and what the screen showed."""
    terminal = Terminal(world, "login", "-i", "engineer")
    terminal.answer("Access Key ID: ", key)
    terminal.answer("Secret Access Key: ", secret)
    return terminal.end(), terminal.shown


def test_deleted_keys_are_replaced_at_the_terminal(outdated: World):
    server = outdated.server
    status, shown = at_terminal(outdated, server.access_key_id, server.secret_access_key)
    assert status == 0, shown
    assert "are not valid" in shown and "stored the new access keys" in shown
    assert server.secret_access_key not in shown
    # Without a person: the keyring has the new ones.
    outdated.run("logout", "engineer", status=0)
    outdated.run("login", "-i", "engineer", status=0)


def test_wrong_keys_at_the_terminal_replace_nothing(outdated: World):
    before = entry(outdated)
    status, shown = at_terminal(outdated, "AKIAWRONGWRONGWRONG1", "no-secret-of-anybody")
    assert status == 77, shown
    assert entry(outdated) == before
