"""What is stored belongs to where it came from: keys, seeds, tokens, provisioned identities."""

from __future__ import annotations

import pathlib
import shutil

import pytest

from identity_center_world import (
    against,
    cli_token,
    log_in,
    team,
    token_of_another_program,
)
from mfa_world import DEVICE, SEED, Coded
from terminal import Terminal
from world import World

#: The person's `engineer`, and the same name in the same realm elsewhere.
OTHER = """\
auth:
  realm: mfa
  identities:
    engineer: {{kind: aws/user, credentials: {{region: {region}}}}}
"""


def checkout(world: World, name: str, text: str) -> pathlib.Path:
    """A clone of somebody's repository, in which nothing of the person's own is named."""
    directory = world.root / name
    (directory / ".git").mkdir(parents=True, exist_ok=True)
    (directory / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (directory / "atmos.yaml").write_text(text)
    world.is_own = False
    return directory


def records(world: World) -> list[pathlib.Path]:
    return sorted((world.state / "trust").glob("*.origin"))


def calls(coded: Coded) -> int:
    return len(coded.log())


def test_a_logout_in_a_checkout_keeps_the_keys_of_the_persons_own(coded: Coded):
    world = coded.world
    clone = checkout(world, "clone", OTHER.format(region="eu-west-1"))
    forget = ("logout", "engineer", "--keychain", "--force")
    assert "Would keep" in world.run(*forget, "--dry-run", cwd=clone, status=0).stderr
    answer = world.run(*forget, cwd=clone, status=0)
    assert "kept, since it was not stored for this `engineer`" in answer.stderr
    world.is_own = True
    world.run("login", "-i", "engineer", status=0)
    assert "kept" not in world.run(*forget, status=0).stderr
    assert world.run("login", "-i", "engineer").status == 77


def test_keys_are_those_of_the_definition_that_they_were_stored_for(coded: Coded):
    world = coded.world
    clone = checkout(world, "clone", OTHER.format(region="eu-west-1"))
    shown = world.run("allow", "-i", "engineer", cwd=clone, status=0).stderr
    assert "belong to your own configuration" in shown and "--with-keys" in shown
    before = calls(coded)
    refused = world.run("login", "-i", "engineer", cwd=clone)
    assert refused.status == 77, str(refused)
    assert "the keys stored for `engineer` belong to your own configuration" in refused.stderr
    assert "user configure -i engineer" in refused.stderr
    assert "allow -i engineer --with-keys" in refused.stderr
    assert calls(coded) == before
    # The person can say that both may use them.
    world.run("allow", "-i", "engineer", "--with-keys", cwd=clone, status=0)
    world.run("login", "-i", "engineer", cwd=clone, status=0)
    world.is_own = True
    world.run("login", "-i", "engineer", status=0)


def test_a_clone_that_says_the_same_has_the_same_keys(coded: Coded):
    world = coded.world
    clone = checkout(world, "clone", (world.repository / "atmos.yaml").read_text())
    world.run("allow", "-i", "engineer", cwd=clone, status=0)
    world.run("login", "-i", "engineer", cwd=clone, status=0)
    answer = world.run("credential-process", "-i", "engineer", cwd=clone, status=0)
    assert answer.json()["SessionToken"]


def test_what_was_stored_before_is_the_first_allowed_chains(coded: Coded):
    world = coded.world
    for record in records(world):
        record.unlink()
    first = checkout(world, "first", OTHER.format(region="eu-west-1"))
    second = checkout(world, "second", OTHER.format(region="eu-west-2"))
    for directory in (first, second):
        world.run("allow", "-i", "engineer", cwd=directory, status=0)
    world.run("login", "-i", "engineer", cwd=first, status=0)
    refused = world.run("login", "-i", "engineer", cwd=second)
    assert refused.status == 77 and f"belong to {first}" in refused.stderr, str(refused)
    # A change of the first that was allowed stays with its keys; own configuration has them anyway.
    checkout(world, "first", OTHER.format(region="eu-west-3"))
    assert world.run("login", "-i", "engineer", cwd=first).status == 77
    world.run("allow", "-i", "engineer", cwd=first, status=0)
    world.run("login", "-i", "engineer", cwd=first, status=0)
    world.is_own = True
    world.run("login", "-i", "engineer", status=0)


def test_keys_stored_again_belong_to_where_that_was_done(coded: Coded):
    world = coded.world
    first = checkout(world, "first", OTHER.format(region="eu-west-1"))
    second = checkout(world, "second", OTHER.format(region="eu-west-2"))
    for directory in (first, second):
        world.run("allow", "-i", "engineer", cwd=directory, status=0)
    words = ("user", "configure", "-i", "engineer", "--access-key-id")
    keys = coded.server.access_key_id, coded.server.secret_access_key
    said = world.run(*words, keys[0], cwd=first, stdin=keys[1] + "\n", status=0).stderr
    assert "belong to your own configuration" in said and "replaced" in said
    world.run("login", "-i", "engineer", cwd=first, status=0)
    assert world.run("login", "-i", "engineer", cwd=second).status == 77


def test_a_record_that_cannot_be_read_is_nobodys_but_the_persons(coded: Coded):
    world = coded.world
    clone = checkout(world, "clone", (world.repository / "atmos.yaml").read_text())
    world.run("allow", "-i", "engineer", cwd=clone, status=0)
    for record in records(world):
        record.write_bytes(record.read_bytes().replace(b"own", b"0wn"))
    assert world.run("login", "-i", "engineer", cwd=clone).status == 77
    world.is_own = True
    world.run("login", "-i", "engineer", status=0)


def test_codes_of_a_seed_are_sent_for_nobody_else(coded: Coded):
    world = coded.world
    world.run("mfa", "add", "-i", "jane", stdin=SEED, status=0)
    other = f"""\
        auth:
          realm: other
          identities:
            mallory: {{kind: aws/user, credentials: {{mfa_arn: "{DEVICE}", region: us-east-1}}}}
    """
    clone = checkout(world, "clone", "\n".join(line[8:] for line in other.splitlines()))
    world.run("allow", "-i", "mallory", cwd=clone, status=0)
    world.run(
        *("user", "configure", "-i", "mallory", "--access-key-id", coded.server.access_key_id),
        cwd=clone,
        stdin=coded.server.secret_access_key + "\n",
        status=0,
    )
    before = calls(coded)
    refused = world.run("login", "-i", "mallory", cwd=clone)
    assert refused.status == 77 and "belong to your own configuration" in refused.stderr
    assert calls(coded) == before
    world.is_own = True
    world.run("login", "-i", "jane", status=0)
    world.is_own = False
    world.run("allow", "-i", "mallory", "--with-keys", cwd=clone, status=0)
    world.run("login", "-i", "mallory", cwd=clone, status=0)


@pytest.mark.parametrize("ends", ["mfa remove", "logout"])
def test_what_is_removed_is_nobodys(coded: Coded, ends: str):
    world = coded.world
    coded.add_seed()
    world.run("login", "-i", "jane", status=0)
    count = len(records(world))
    if ends == "logout":
        world.run("logout", "-i", "jane", "--keychain", "--force", status=0)
    else:
        world.run("mfa", "remove", "--device", DEVICE, status=0)
    assert len(records(world)) == count - 1


def test_a_checkouts_job_does_not_get_a_persons_token_of_the_aws_cli(world: World, center):
    server = center()
    against(world, server)
    cli_token(world, token_of_another_program(server))
    clone = checkout(world, "clone", team(realm="other"))
    job = {"CI": "true"}
    refused = world.run("credential-process", "-i", "dev", cwd=clone, env=job)
    assert refused.status != 0 and refused.stdout == "", str(refused)
    assert "GetRoleCredentials" not in server.calls()
    # Somebody who allowed the checkout gets it there, as does the job for their own configuration.
    world.run("allow", "-i", "dev", cwd=clone, status=0)
    world.run("credential-process", "-i", "dev", cwd=clone, status=0)
    assert server.calls()["GetRoleCredentials"] == 1
    world.is_own = True
    world.run("credential-process", "-i", "dev", env=job, status=0)


def test_a_variable_makes_no_job_of_a_terminal(coded: Coded):
    world = coded.world
    clone = checkout(world, "clone", OTHER.format(region="eu-west-1"))
    words = ("exec", "-i", "engineer", "--", "sh", "-c", "echo >ran")
    begin = calls(coded)
    with Terminal(world, *words, cwd=clone, env={"CI": "1"}) as terminal:
        terminal.wait(77)
        assert "is not allowed yet" in terminal.shown
    assert calls(coded) == begin and not (clone / "ran").exists()
    assert not list(world.state.rglob("*.session"))
    # For the person's own, their seed makes the code there as well.
    world.is_own = True
    with Terminal(world, *words, cwd=clone, env={"CI": "1"}) as terminal:
        terminal.wait(0)
    assert calls(coded) > begin and (clone / "ran").exists()


def test_a_checkouts_job_opens_no_keyring_of_the_desktop(world: World):
    keyring = "{type: system, spec: {unlock_for: 0}}"
    text = f"auth:\n  keyring: {keyring}\n  identities:\n    dev: {{kind: mock/aws}}\n"
    clone = checkout(world, "clone", text)
    # The password names the file keyring, and no variable a type.
    world.environment |= {
        "ATMOS_KEYRING_TYPE": None,
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    }
    job = {"CI": "true"}
    said = world.run("login", "-i", "dev", cwd=clone, env=job, status=0).stderr
    assert "no system keyring" not in said
    shutil.rmtree(world.data / "keyring")
    world.run("allow", "-i", "dev", cwd=clone, status=0)
    said = world.run("login", "-i", "dev", cwd=clone, status=0).stderr
    assert "no system keyring" in said


PROVISION = "      auto_provision_identities: true\n"


def provisioned(world: World, directory: pathlib.Path | None = None) -> list[str]:
    listed = world.run("list", "--format", "json", cwd=directory, status=0).json()["identities"]
    return sorted(name for name in listed if "/" in name)


def test_provisioned_identities_belong_to_the_portal(world: World, center):
    server = center("--auto-approve", "--accounts", "2", "--roles", "1")
    against(world, server, team(PROVISION))
    log_in(world, server, "--provider", "corp")
    mine = provisioned(world)
    assert len(mine) == 2
    # The same name, and another portal: none of them, before and after a login there.
    elsewhere = team(PROVISION, realm="other").replace("region: eu-west-1", "region: eu-west-2", 1)
    clone = checkout(world, "clone", elsewhere)
    assert provisioned(world, clone) == []
    assert "account-0000/ReadOnlyAccess" not in world.run("list", cwd=clone, status=0).stdout
    server.tell("/__accounts", [{"id": "100000000009", "name": "theirs", "roles": ["Admin"]}])
    terminal = Terminal(world, "login", "--no-browser", "--provider", "corp", cwd=clone)
    terminal.answer("go on? [y/N] ", "y")
    terminal.wait(0)
    assert provisioned(world, clone) == ["theirs/Admin"]
    world.is_own = True
    assert provisioned(world) == mine
    # Another name, and the same portal: all of them, by that name.
    same = team(PROVISION).replace("corp", "sso")
    named = checkout(world, "named", same)
    assert provisioned(world, named) == mine
    world.is_own = True
    world.run("logout", "--provider", "corp", status=0)
    assert provisioned(world) == []
    world.is_own = False
    assert provisioned(world, named) == [] and provisioned(world, clone) == ["theirs/Admin"]


def test_a_checkout_has_no_token_written_down_in_plain_text(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    shares = team("      spec: {share_token: true}\n")
    clone = checkout(world, "clone", shares)
    shown = world.run("allow", "-i", "dev", cwd=clone, status=0).stderr
    assert "share_token" not in shown
    log_in(world, server, "-i", "dev", cwd=clone)
    assert not list(world.home.rglob(".aws/sso/cache/*.json"))
    status = world.run("status", cwd=clone, status=0).stdout
    assert status.count("Ignored: ") == 1
    assert "`auth.providers.corp.spec.share_token` of a checkout" in status
    # The person's own counts, also where the checkout says the same of the same portal.
    world.write("../home/.atmos/atmos.yaml", shares)
    world.run("logout", "--provider", "corp", cwd=clone)
    log_in(world, server, "-i", "dev", cwd=clone)
    assert list(world.home.rglob(".aws/sso/cache/*.json"))
    assert "Ignored" not in world.run("status", cwd=clone, status=0).stdout
