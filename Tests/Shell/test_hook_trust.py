"""What a grant allows, and what ends it (case 51 of docs/shell-cases.md)."""

from __future__ import annotations

import re

import pytest

from hookshell import active
from hookworld import seal, unsealed


def test_a_new_file_changes_nothing_until_it_is_allowed(world, start):
    parent = world.stack("up", "parent")
    directory = parent / "a"
    directory.mkdir()
    (directory / ".atmos-identity").write_text("dev\n")
    shell = start()
    out = shell.cd(directory)
    assert active(shell) is None
    assert "asks for `dev`; see `atmos-auth status`, then `atmos-auth allow`" in out
    assert "atmos-auth:" not in shell.run("true") + shell.cd(parent) + shell.cd(directory)
    world.grant(directory, "dev")
    shell.run("true")
    assert active(shell) == "dev"
    # Another name asks again.
    (directory / ".atmos-identity").write_text("prod\n")
    out = shell.run("true")
    assert active(shell) is None
    assert "asks for `prod`" in out


def test_denied_and_revoked_in_another_terminal(world, start):
    directory = world.stack("a")
    world.session("dev")
    shell = start()
    shell.cd(directory)
    assert active(shell) == "dev"
    world.grant(directory, decision="deny")
    world.session("dev")
    out = shell.run("true")
    assert active(shell) is None
    assert "atmos-auth:" not in out
    world.grant(directory, "dev")
    shell.run("true")
    assert active(shell) == "dev"
    next((world.state / "trust").glob("*.grant")).unlink()
    world.advance()
    world.session("dev")
    out = shell.run("true")
    assert active(shell) is None
    assert "asks for `dev`" in out


def test_a_directory_that_took_the_place_of_an_allowed_one(world, start):
    directory = world.stack("a")
    shell = start()
    shell.cd(directory)
    assert active(shell) == "dev"
    shell.cd(world.repository)
    directory.rename(world.repository / "moved")
    other = world.repository / "a"
    other.mkdir()
    (other / ".atmos-identity").write_text("dev\n")
    shell.cd(other)
    assert active(shell) is None
    # Nor did the grant move with the directory.
    shell.cd(world.repository / "moved")
    assert active(shell) is None


def test_what_it_means_has_changed(world, start):
    shell = start()
    out = shell.cd(world.stack("a", changed=True))
    assert active(shell) is None
    assert "what `dev` means here has changed" in out


def test_protected_is_not_entered_by_cd(world, start):
    parent = world.stack("up", "parent")
    directory = world.stack("up/prod", "prod admin", protected=True)
    shell = start()
    shell.cd(parent)
    out = shell.cd(directory)
    assert active(shell) is None
    assert "`prod admin` is protected; enter it with `atmos-auth use 'prod admin'`" in out


def test_an_edited_configuration_is_looked_at_once(world, start):
    configuration = world.repository / "atmos.yaml"
    missing = world.repository / ".atmos.yaml"
    configuration.write_text("a: 1\n")
    directory = world.stack("a", inputs=(configuration, missing))
    shell = start()
    shell.cd(directory)
    assert active(shell) == "dev" and not world.asked()
    shell.cd(world.repository)
    configuration.write_text("a: 2\n")
    # What `atmos-auth` finds out is that nothing of importance changed.
    grant = next((world.state / "trust").glob("*.grant"))
    fresh = world.root / "fresh"
    world.stack("a", inputs=(configuration, missing), advance=False)
    fresh.write_bytes(grant.read_bytes())
    configuration.touch()
    world.stack("a", inputs=(configuration, missing), advance=False)
    fresh.write_bytes(grant.read_bytes())
    stale = seal(
        unsealed(fresh.read_text()).replace(
            f"input\t{configuration}\t", f"input\t{configuration}\t1"
        )
    )
    grant.write_text(stale)
    world.main(f'cp "{fresh}" "{grant}"')
    out = shell.cd(directory)
    assert world.asked() == [f"__revalidate --directory {directory}"]
    assert active(shell) == "dev" and "atmos-auth:" not in out
    # Where it cannot tell, nobody is active, and it is not asked at every prompt.
    shell.cd(world.repository)
    grant.write_text(stale)
    world.main("exit 1")
    out = shell.cd(directory) + shell.run("true") + shell.run("true")
    assert len(world.asked()) == 2
    assert active(shell) is None
    assert "could not be checked" in out


def test_a_variable_that_the_configuration_reads(world, start):
    directory = world.stack("a", environment={"STAGE": "one", "UNSET": None})
    shell = start(environment={"STAGE": "one"})
    shell.cd(directory)
    assert active(shell) == "dev"
    shell.cd(world.repository)
    shell.setenv("STAGE", "two")
    shell.cd(directory)
    assert active(shell) is None
    assert len(world.asked()) == 1


#: What a grant with a correct last line may say, and must not.
DAMAGE = {
    "later": lambda text: text.replace("grant 2", "grant 3"),
    "name": lambda text: text.replace("AWS_PROFILE", "A;touch PWNED"),
    "expires": lambda text: text.replace("expires\tAWS", "expires\tA;touch PWNED"),
    "word": lambda text: text + "future\tx\n",
    "kept word": lambda text: text + "asked\tdev\n",
    "field": lambda text: text.replace("style\t900", "style\t900\tx"),
    "further field": lambda text: text.replace("fingerprint\tf00d\t0", "fingerprint\tf00d\t0\tx"),
    "second fingerprint": lambda text: text + "fingerprint\tf00e\t1\n",
    "flag": lambda text: text.replace("eu-west-1\t1", "eu-west-1\t2"),
    "no flag": lambda text: text.replace("eu-west-1\t1", "eu-west-1"),
    "identity": lambda text: text.replace("identity\tdev", "identity\t%24(touch%20PWNED)"),
    "number": lambda text: text.replace("style\t900", "style\ta[$(touch PWNED)]"),
}

#: What becomes of the last line of a grant that was cut or altered.
CUT = {
    "empty": lambda text: "",
    "short": lambda text: text[:40],
    "no end": unsealed,
    "no last byte": lambda text: text[:-1],
    "an altered byte": lambda text: text.replace("unset\tAWS_VAULT", "unset\tAWS_VAULU"),
    "a lost line": lambda text: re.sub(r"^unset\tAWS_VAULT.*\n", "", text, flags=re.M),
    "another hash": lambda text: unsealed(text) + "end\t0000000000000000\n",
    "after the end": lambda text: text + "trait\tlater\n",
    "as format 1": lambda text: text.replace("grant 2", "grant 1"),
}


@pytest.mark.parametrize("damage", [*DAMAGE, *CUT])
def test_a_damaged_grant_grants_nothing_dangerous(world, start, damage):
    directory = world.stack("a")
    path = next((world.state / "trust").glob("*.grant"))
    shell = start()
    shell.cd(directory)
    assert active(shell) == "dev", "the undamaged one grants"
    shell.cd(world.repository)
    before = path.read_text()
    damaged = CUT[damage](before) if damage in CUT else seal(DAMAGE[damage](unsealed(before)))
    assert damaged != before
    path.write_text(damaged)
    shell.cd(directory)
    shell.run("true")
    assert active(shell) is None
    assert not list(world.root.rglob("PWNED"))


def test_what_begins_with_a_plus_in_a_grant_is_skipped(world, start):
    directory = world.stack("a")
    path = next((world.state / "trust").glob("*.grant"))
    text = unsealed(path.read_text())
    text = text.replace("decision\tallow\n", "+since\t1\ndecision\tallow\t+by\n")
    text = text.replace("AWS_VAULT\t1\n", "AWS_VAULT\t1\t+later\t+x\n+note\n")
    path.write_text(seal(text))
    shell = start(environment={"AWS_VAULT": "mine"})
    shell.cd(directory)
    assert active(shell) == "dev" and shell.exported("AWS_VAULT") is None
    shell.cd(world.repository)
    assert shell.exported("AWS_VAULT") == "mine"


def test_a_grant_of_an_earlier_release_is_written_again(world, start):
    directory = world.stack("a")
    path = next((world.state / "trust").glob("*.grant"))
    fresh = world.root / "fresh"
    fresh.write_bytes(path.read_bytes())
    world.grant(directory, version=1)
    world.main(f'cp "{fresh}" "{path}"')
    shell = start()
    shell.cd(directory)
    assert active(shell) == "dev"
    assert world.asked() == [f"__revalidate --directory {directory}"]
    shell.cd(world.repository)
    shell.cd(directory)
    assert active(shell) == "dev" and len(world.asked()) == 1


def test_a_grant_of_an_earlier_release_that_cannot_be_written_again(world, start):
    """It still counts; nothing is known to be plain, and nothing names the expiry's variable."""
    world.session("dev")
    directory = world.stack("a", version=1)
    shell = start(environment={"AWS_REGION": "us-east-1", "AWS_SESSION_TOKEN": "secret"})
    out = shell.cd(directory)
    assert active(shell) == "dev" and "atmos-auth:" not in out
    assert world.asked() == [f"__revalidate --directory {directory}"]
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") is None
    assert "us-east-1" not in shell.exported("__ATMOS_AUTH_DIFF")
    shell.cd(world.repository)
    assert shell.exported("AWS_REGION") == "us-east-1"
    assert shell.exported("AWS_SESSION_TOKEN") == "secret"


def test_a_selection_of_an_earlier_release_beside_a_new_one(world, start):
    directory = world.stack("a", "two")
    world.grant(directory, "dev", append=True)
    path = next((world.state / "trust").glob("*.grant"))
    text = unsealed(path.read_text())
    path.write_text(
        seal(text.replace("fingerprint\tf00d\t0\n", "fingerprint\tf00d\t0\noutdated\n", 1))
    )
    shell = start()
    shell.cd(directory)
    assert active(shell) == "two" and len(world.asked()) == 1
    (directory / ".atmos-identity").write_text("dev\n")
    shell.run("true")
    assert active(shell) == "dev" and len(world.asked()) == 1


def test_a_grant_that_others_may_write(world, start):
    directory = world.stack("a")
    grant = next((world.state / "trust").glob("*.grant"))
    shell = start()
    for mode, name in ((0o600, "dev"), (0o666, None), (0o600, "dev"), (0o602, None)):
        grant.chmod(mode)
        shell.cd(directory)
        assert active(shell) == name, f"{mode:o}"
        shell.cd(world.repository)


HOSTILE = [
    "",
    "two words",
    "it's",
    "back\\slash",
    "\\",
    "$HOME `id` $(touch PWNED)",
    "line\nbreak\n",
    "tab\there",
    "!hist !!",
    "'; touch PWNED; '",
    "\\'; touch PWNED; '",
    "ünï©🔑",
    "-n",
    "*",
    "%n",
    "\x1b[31m",
    "\r",
    "#atmos-auth-ok",
    "a" * 3000,
    "'",
    "''",
    '"',
    "\\n",
    "~",
    "{a,b}",
    "\udcff",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_any_value_of_a_variable(world, start, value):
    directory = world.stack("a", extra={"ODD": value})
    shell = start()
    out = shell.cd(directory)
    assert shell.exported("ODD") == (value if value != "\udcff" else "\ufffd")
    assert active(shell) == "dev"
    shell.run("true")
    shell.cd(world.repository)
    assert shell.exported("ODD") is None
    assert not list(world.root.rglob("PWNED"))
    assert "rror" not in out


@pytest.mark.parametrize("value", HOSTILE[:-1])
def test_any_earlier_value_of_a_variable(world, start, value):
    directory = world.stack("a")
    shell = start(
        environment={"AWS_PROFILE": value, "AWS_VAULT": value, "AWS_SESSION_TOKEN": value}
    )
    for _ in range(2):
        shell.cd(directory)
        assert active(shell) == "dev"
        shell.cd(world.repository)
        for name in ("AWS_PROFILE", "AWS_VAULT", "AWS_SESSION_TOKEN"):
            assert shell.exported(name) == value
    assert not list(world.root.rglob("PWNED"))
