"""`allow`, `deny`, `revoke`, `prune`, `status` and `use`: a directory never acts unseen."""

from __future__ import annotations

import re
import shutil

import pytest

from mock_world import STACKS
from trust_world import checkout_of_stacks, grants, status
from world import World


@pytest.fixture
def world(world: World) -> World:
    """A world whose configuration is a checkout's, of which nothing was allowed."""
    world.is_own = False
    return world


@pytest.fixture
def stacks(world: World) -> World:
    return checkout_of_stacks(world)


def test_a_new_file_is_not_trusted_and_says_how_to_allow_it(stacks: World):
    text = status(stacks, "stacks/dev")
    assert ".atmos-identity" in text and "dev-admin" in text
    assert "atmos-auth allow" in text
    assert grants(stacks) == []


def test_allow_all_says_that_it_did(stacks: World):
    answer = stacks.run("allow", "--all", status=0)
    assert "allowed all 4, until `atmos-auth revoke`\n" in answer.stderr
    assert stacks.run("exec", "dev-admin", "--", "true", status=0).stderr == ""
    stacks.run("revoke", status=0)
    assert grants(stacks) == []
    stacks.run("exec", "dev-admin", "--", "true", status=77)


def test_revoking_a_name_reaches_the_directories_that_select_it(stacks: World):
    for stack in ("dev", "staging"):
        stacks.run("allow", cwd=stacks.repository / "stacks" / stack, status=0)
    stacks.run("exec", "dev-admin", "--", "true", status=0)
    stacks.run("revoke", "-i", "dev-admin", status=0)
    stacks.run("exec", "dev-admin", "--", "true", status=77)
    stacks.run("exec", "--", "true", cwd=stacks.repository / "stacks/dev", status=77)
    # Those that select another one are as before.
    stacks.run("exec", "--", "true", cwd=stacks.repository / "stacks/staging", status=0)


def test_allow_all_of_what_is_ones_own_says_so(stacks: World):
    for file in stacks.repository.rglob(".atmos-identity"):
        file.unlink()
    stacks.is_own = True
    answer = stacks.run("allow", "--all", status=0)
    assert answer.stderr == "nothing here needs allowing\n"


def test_allow_records_a_grant_for_the_directory_itself(stacks: World):
    directory = stacks.repository / "stacks/dev"
    answer = stacks.run("allow", cwd=directory, status=0)
    assert answer.stdout == ""
    assert "dev-admin" in answer.stderr
    facts = directory.stat()
    assert grants(stacks) == [f"{facts.st_dev}-{facts.st_ino}.grant"]
    assert "allow" in status(stacks, "stacks/dev").lower()


def test_allow_works_from_below_and_by_path(stacks: World):
    deep = stacks.repository / "stacks/dev/modules/vpc"
    deep.mkdir(parents=True)
    stacks.run("allow", cwd=deep, status=0)
    stacks.run("allow", str(stacks.repository / "stacks/staging"), status=0)
    assert len(grants(stacks)) == 2


def test_allow_without_a_file_says_so(world: World):
    world.configure(STACKS)
    answer = world.run("allow")
    assert answer.status in (64, 78), str(answer)
    assert ".atmos-identity" in answer.stderr


def test_allow_of_an_unknown_identity_is_refused(stacks: World):
    stacks.select("stacks/odd", "dev-admn")
    answer = stacks.run("allow", cwd=stacks.repository / "stacks/odd")
    assert answer.status in (64, 78), str(answer)
    assert "identity not found" in answer.stderr and "dev-admin" in answer.stderr
    assert grants(stacks) == []


def test_deny_and_revoke(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)
    stacks.run("deny", cwd=directory, status=0)
    assert "den" in status(stacks, "stacks/dev").lower()
    stacks.run("revoke", cwd=directory, status=0)
    assert "atmos-auth allow" in status(stacks, "stacks/dev")


def test_prune_forgets_directories_that_are_gone(stacks: World):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.run("allow", cwd=stacks.repository / "stacks/prod", status=0)
    shutil.rmtree(stacks.repository / "stacks/prod")
    stacks.run("prune", status=0)
    assert len(grants(stacks)) == 1


def test_an_unrelated_edit_asks_nothing(stacks: World):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.configure("# a comment\n" + STACKS + "    unrelated: {kind: ambient}\n")
    text = status(stacks, "stacks/dev")
    assert "allowed" in text and "changed" not in text.lower(), text


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("111122223333", "999988887777", "999988887777"),
        ("eu-west-1", "us-gov-west-1", "us-gov-west-1"),
        ("sandbox", "other", "other"),
    ],
)
def test_a_change_of_what_it_would_do_is_shown_as_a_difference(
    stacks: World, old: str, new: str, shown: str
):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.configure(STACKS.replace(old, new))
    text = status(stacks, "stacks/dev")
    assert shown in text, text
    assert "atmos-auth allow" in text


def earlier(grant: str) -> str:
    """A grant as an earlier release would have written it: format 1 of docs/protocol.md."""
    lines = grant.replace("atmos-auth-grant 2", "atmos-auth-grant 1").splitlines()
    kept = [line for line in lines if line.split("\t")[0] not in ("expires", "region", "end")]
    assert len(kept) == len(lines) - 3
    changes = re.compile(r"^((?:un)?set\t.*)\t[01]$")
    return "".join(changes.sub(r"\1", line) + "\n" for line in kept)


def test_a_grant_of_an_earlier_release_counts_and_is_written_again(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)
    (grant,) = (stacks.state / "trust").glob("*.grant")
    text = grant.read_text()
    grant.write_text(earlier(text))
    assert "Used: allowed" in status(stacks, "stacks/dev")
    stacks.run("__revalidate", "--directory", str(directory), status=0)
    assert grant.read_text() == text


def test_other_selections_of_an_earlier_release_stay_what_they_are(stacks: World):
    directory = stacks.repository / "stacks/dev"
    for name in ("dev-admin", "staging-admin"):
        stacks.select("stacks/dev", name)
        stacks.run("allow", cwd=directory, status=0)
    (grant,) = (stacks.state / "trust").glob("*.grant")
    text = grant.read_text()
    both = earlier(re.sub(r"^(expires|region)\t.*\n", "", text, count=2, flags=re.M))
    grant.write_text(both)
    stacks.run("__revalidate", "--directory", str(directory), status=0)
    first, second = grant.read_text().split("selection\tstaging-admin")
    assert "\noutdated\n" in first and "\nexpires\t" not in first
    assert "\noutdated\n" not in second and "\nexpires\t" in second
    for name in ("dev-admin", "staging-admin"):
        stacks.select("stacks/dev", name)
        assert "Used: allowed" in status(stacks, "stacks/dev")
    stacks.select("stacks/dev", "dev-admin")
    stacks.run("__revalidate", "--directory", str(directory), status=0)
    assert grant.read_text() == text


def test_another_identity_in_an_allowed_directory_asks_again(stacks: World):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.select("stacks/dev", "prod-admin")
    text = status(stacks, "stacks/dev")
    assert "`atmos-auth allow` would change:" in text
    assert "- identity dev-admin: principal.account.id = 111122223333" in text
    assert "+ identity prod-admin: principal.account.id = 333344445555" in text


def test_another_region_in_an_allowed_directory_is_shown_as_a_difference(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.select("stacks/dev", "identity = dev-admin\nregion = eu-north-1")
    stacks.run("allow", cwd=directory, status=0)
    assert ".atmos-identity: region = eu-north-1" in status(stacks, "stacks/dev")
    stacks.select("stacks/dev", "identity = dev-admin\nregion = us-west-2")
    for text in (status(stacks, "stacks/dev"), stacks.run("allow", cwd=directory).stderr):
        assert "- .atmos-identity: region = eu-north-1" in text, text
        assert "+ .atmos-identity: region = us-west-2" in text, text


def test_a_directory_replaced_by_another_is_not_the_one_allowed(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)
    directory.rename(stacks.repository / "stacks/old")
    stacks.select("stacks/dev", "dev-admin")
    assert "atmos-auth allow" in status(stacks, "stacks/dev")


@pytest.mark.parametrize("word", ["none", "false", "no", "off", "0"])
def test_none_means_nobody_below_here(stacks: World, word: str):
    stacks.select("stacks/dev/inner", word)
    text = status(stacks, "stacks/dev/inner")
    assert "dev-admin" not in text.splitlines()[0]
    assert "nobody" in text.lower() or "none" in text.lower()


def test_exec_commands_in_an_untrusted_directory_do_not_run(stacks: World):
    stacks.configure(
        STACKS.replace("id: 111122223333", "id: !exec 'touch executed; echo 111122223333'")
    )
    assert "dev-admin" in status(stacks, "stacks/dev")
    assert "dev-admin" in stacks.run("list").stdout
    stacks.run("validate")
    assert not list(stacks.repository.rglob("executed")), "!exec ran before `allow`"


def test_use_prints_shell_code_only_for_a_shell(stacks: World, shell: str):
    stacks.is_own = True
    answer = stacks.run("use", "dev-admin", "--shell", shell, status=0)
    assert "dev-admin" in answer.stdout
    refused = stacks.run("use", "nobody", "--shell", shell)
    assert refused.status == 64 and refused.stdout == ""


def test_use_without_a_hook_says_what_is_missing(stacks: World):
    answer = stacks.run("use", "dev-admin")
    assert answer.status == 64, str(answer)
    assert "atmos-auth hook" in answer.stderr


def test_status_says_when_nothing_is_selected(world: World):
    world.configure(STACKS)
    text = status(world, ".")
    assert text.startswith("Shell: nobody (no .atmos-identity at or above this directory")


def test_status_begins_with_the_answer(world: World):
    world.configure(STACKS)
    directory = world.select("stack", "dev-admin")
    first = status(world, "stack").splitlines()[0]
    assert first.startswith("Shell: nobody (") and "not allowed yet: `atmos-auth allow`" in first
    world.run("allow", cwd=directory, status=0)
    first = status(world, "stack").splitlines()[0]
    assert first == "Shell: nobody (the hook has not selected the directory's identity)"
    answer = world.run("status", env={"ATMOS_IDENTITY": "prod-admin"}, status=0)
    assert answer.stdout.startswith("Shell: prod-admin (ATMOS_IDENTITY was set by hand")


def test_status_names_settings_of_a_checkout_that_do_not_count(world: World):
    world.is_own = False
    world.configure(STACKS.replace("auth:\n", "auth:\n  shell: {switch: false}\n", 1))
    assert "Ignored: `auth.shell` of a checkout" in status(world, ".")
    world.is_own = True
    assert "Ignored:" not in status(world, ".")
