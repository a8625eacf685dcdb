"""What an error says: whose fault it is by name, and a hint that can be pasted."""

from __future__ import annotations

import shutil

import pytest

from mock_world import STACKS, USER, single
from services import StrictSTS, against
from terminal import Terminal
from world import World

# Words that are not known


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["import", "awsconfig"], "did you mean `atmos-auth import aws-config`?"),
        (["import", "aws"], "did you mean `atmos-auth import aws-config`?"),
        (["user", "configur"], "did you mean `atmos-auth user configure`?"),
        (["mfa", "statu"], "did you mean `atmos-auth mfa status`?"),
        (["keyring", "unlock"], "did you mean `atmos-auth keyring lock`?"),
        (["keyring", "frobnicate"], "it has `status`, `lock`, `migrate`"),
    ],
)
def test_a_word_below_a_command_names_the_near_one(world: World, words: list[str], line: str):
    text = world.said(*words)
    assert text == (f"error: `atmos-auth {words[0]}` has no command `{words[1]}`\n  hint: {line}\n")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (
            ["login", "--duration", "2h", "dev"],
            ["unknown option `--duration`", "principal.duration"],
        ),
        (["use", "dev", "--region", "x"], ["unknown option `--region`", "region = NAME"]),
        (["list", "--json"], ["unknown option `--json`", "--format json"]),
        (["list", "--tag", "x"], ["unknown option `--tag`", "did you mean `--tags`?"]),
        (["use", "a", "b"], ["unexpected argument `b`"]),
        (["exec", "--min-validity"], ["missing value for `--min-validity <duration>`"]),
        (["completion"], ["missing expected argument `<shell>`"]),
        (["login", "dev", "-i", "x"], ["mutually exclusive flags provided"]),
        (["list", "--logs-level", "x"], ["the value `x` is invalid for `--logs-level <level>`"]),
    ],
)
def test_the_parser_s_errors_look_like_all_others(world: World, words: list[str], parts: list[str]):
    text = world.said(*words)
    first, *rest = text.splitlines()
    assert first.startswith("error: ") and parts[0] in first
    assert all(part in text for part in parts)
    assert rest[-1] == f"  hint: run `atmos-auth {words[0]} --help` for usage"
    assert "Usage:" not in text and "Error:" not in text and "See '" not in text


def test_the_repl_s_parser_too(stacks: World):
    answer = stacks.run("repl", stdin="use --frob\n", status=64)
    assert "error: unknown option `--frob`\n  hint: run `use --help` for usage\n" in answer.stderr
    assert "@repl@" not in answer.stderr


# Names and paths that lead nowhere


def test_only_the_nearest_names_are_offered(world: World):
    world.configure(
        "auth: {identities: {dev: {kind: mock/aws}, me: {kind: mock/aws}, den: {kind: mock/aws}}}"
    )
    text = world.said("login", "dve")
    assert "did you mean `dev`?" in text
    assert "`me`" not in text


def test_it_is_said_who_named_an_identity(world: World):
    world.configure(STACKS)
    text = world.said("whoami", env={"ATMOS_IDENTITY": "nope"})
    assert "error: identity not found: `nope`, named by ATMOS_IDENTITY\n" in text
    answer = world.run("use", "--from-environment", "--shell", "zsh", env={"ATMOS_IDENTITY": "no"})
    assert "`no`, named by ATMOS_IDENTITY" in answer.stderr or answer.status == 0
    directory = world.select("app", "dev-admn")
    text = world.said("allow", cwd=directory)
    assert f"identity not found: `dev-admn`, named by {directory}/.atmos-identity\n" in text
    assert "did you mean `dev-admin`?" in text
    assert "named by" not in world.said("login", "nope")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--config", "atmso.yaml", "list"], "did you mean `atmos.yaml`?"),
        (["--config", "../repository/atmso.yaml", "list"], "`../repository/atmos.yaml`?"),
        (["--config-path", "stakcs", "list"], "did you mean `stacks`?"),
        (["-C", "stakcs", "list"], "/stacks`?"),
        (["repl", "-C", "stakcs"], "/stacks`?"),
    ],
)
def test_a_path_that_is_not_there_names_the_near_one(world: World, words: list[str], hint: str):
    world.configure(STACKS)
    (world.repository / "stacks").mkdir()
    assert hint in world.said(*words)


def test_what_is_no_program_gets_no_chmod(world: World):
    world.configure(single())
    assert "hint" not in world.said("exec", "--", "/etc/passwd", status=126)
    assert "/etc is a directory" in world.said("exec", "--", "/etc", status=126)
    script = world.write("run me.sh", "#!/bin/sh\n", mode=0o644)
    assert f"hint: `chmod +x '{script}'`" in world.said("exec", "--", str(script), status=126)


@pytest.mark.parametrize("command", ["revoke", "deny"])
def test_nothing_to_take_back_is_said_as_such(world: World, command: str):
    text = world.said(command)
    assert (
        text
        == f"error: nothing is allowed here: no .atmos-identity at or above {world.repository}\n"
    )


# Shells


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("/bin/bash", 'put `eval "$(atmos-auth hook bash)"` in ~/.bashrc'),
        ("/usr/bin/zsh", 'put `eval "$(atmos-auth hook zsh)"` in ~/.zshrc'),
        ("/usr/bin/fish", "put `atmos-auth hook fish | source` in ~/.config/fish/config.fish"),
    ],
)
def test_a_shell_without_the_hook_is_told_its_own_line(stacks: World, shell: str, line: str):
    assert line in stacks.said("use", "dev-admin", env={"SHELL": shell})
    answer = stacks.run("repl", stdin="use dev-admin\nkeep\n", env={"SHELL": shell}, status=64)
    assert line in answer.stderr


# Keyrings


def test_an_identity_without_keys_says_so_before_a_password_is_needed(world: World):
    world.configure(USER)
    text = world.said("login", "me", env={"ATMOS_KEYRING_PASSWORD": None}, status=77)
    assert text.startswith("error: identity `me` has no access keys\n")
    assert "`atmos-auth user configure -i me`" in text
    # At a terminal a browser is another way to keys.
    world.configure(USER.replace("us-east-1}", "us-east-1, webflow_enabled: false}"))
    with Terminal(world, "login", "me", env={"ATMOS_KEYRING_PASSWORD": None}) as terminal:
        terminal.wait(77)
        assert "Password" not in terminal.shown and "password" not in terminal.shown
    # The keyring that is found to stand in for a missing system keyring is a file keyring, too.
    env = {"ATMOS_KEYRING_PASSWORD": None, "ATMOS_KEYRING_TYPE": None}
    assert "has no access keys" in world.said("login", "me", env=env, status=77)


def test_a_damaged_keyring_file_is_named_with_its_remedy(world: World):
    world.configure(USER)
    world.store_keys("me", "AKIAIOSFODNN7EXAMPLE", "not-a-real-secret")
    entry = world.data / "keyring/atmos_e2e_me"
    assert entry.exists()
    entry.write_text("garbage")
    text = world.said("login", "me", status=78)
    assert f"error: the keyring entry {entry} is damaged: it is not a JOSE text" in text
    assert f"`rm {entry}`" in text
    assert "`atmos-auth user configure -i me`" in text


# Who refuses on the disk


def powerless(*arguments: str) -> list[str]:
    """A command that obeys permissions even where root runs the tests."""
    setpriv = shutil.which("setpriv")
    if not setpriv:
        pytest.skip("setpriv is not installed")
    rights = "-dac_override,-dac_read_search,-fowner"
    return [setpriv, f"--bounding-set={rights}", f"--inh-caps={rights}", *arguments]


def test_a_directory_that_refuses_is_named(world: World):
    world.configure(single())
    local = world.home / ".local"
    local.mkdir()
    local.chmod(0o555)
    env = {"ATMOS_KEYRING_TYPE": "memory", "ATMOS_XDG_DATA_HOME": str(world.root / "data")}
    try:
        answer = world.program(*powerless(world.binary, "use", "dev", "--dir"), env=env)
    finally:
        local.chmod(0o755)
    assert answer.status == 71, str(answer)
    assert f"{local} is not writable (owner " in answer.stderr
    assert "mode 0555)" in answer.stderr
    assert f"hint: `chmod u+w {local}`" in answer.stderr


def test_a_file_where_a_directory_is_needed_is_named(world: World):
    world.configure(single())
    state = world.home / ".local/state"
    state.parent.mkdir()
    state.write_text("")
    text = world.said("login", status=71)
    assert f": {state} is a file, and a directory is needed there\n" in text
    assert "hint: move that file away" in text


def test_a_configuration_that_cannot_be_read_says_what_makes_it_readable(world: World):
    file = world.configure(single())
    file.chmod(0)
    answer = world.program(*powerless(world.binary, "login"))
    assert answer.status == 78, str(answer)
    assert f"cannot read {file}: permission denied (owner " in answer.stderr
    assert f"hint: `chmod u+r {file}`" in answer.stderr
    assert "validate" not in answer.stderr


# Clouds


def test_a_refused_role_names_the_caller_that_policies_know(world: World, sts):
    server: StrictSTS = sts()
    against(world, server)
    world.configure(
        USER
        + """\
    far:
      kind: aws/assume-role
      via: {identity: me}
      principal: {assume_role: "arn:aws:iam::123456789012:role/Denied", region: us-east-1}
"""
    )
    world.store_keys("me", server.access_key_id, server.secret_access_key)
    text = world.said("login", "far", status=77)
    assert "arn:aws:iam::123456789012:user/" in text
    hints = [line for line in text.splitlines() if "needs `sts:AssumeRole`" in line]
    assert len(hints) == 1 and hints[0].startswith("  hint: arn:aws:iam::123456789012:user/"), text
    assert "ASIA" not in hints[0]


def test_a_program_that_a_profile_names_is_said_to_be_missing(world: World):
    world.configure(
        "auth: {identities: {x: {kind: aws/ambient, default: true, spec: {profile: vaulted}}}}"
    )
    (world.home / ".aws").mkdir()
    (world.home / ".aws/config").write_text(
        "[profile vaulted]\ncredential_process = aws-vault-x export --format=json vaulted\n"
    )
    text = world.said("credential-process", status=78)
    assert "the program `aws-vault-x` of AWS profile `vaulted` is not on the PATH" in text


def test_a_program_that_is_a_keyring_is_said_to_be_missing(world: World):
    world.configure(single())
    (world.home / ".atmos").mkdir()
    (world.home / ".atmos/atmos.yaml").write_text(
        "auth: {keyring: {type: command, spec: {"
        "read: [vaultx, read], write: [vaultx, write], remove: [vaultx, rm], list: [vaultx, ls]"
        "}}}\n"
    )
    text = world.said("login", env={"ATMOS_KEYRING_TYPE": None}, status=78)
    assert "the keyring's program `vaultx` is not on the PATH" in text


def test_no_console_takes_made_up_keys(world: World):
    world.configure(single())
    text = world.said("console", "--print-only", status=78)
    assert "the keys of identity `dev` are made up (`mock/aws`); no console takes them" in text
    assert "role" not in text


def test_a_service_that_hangs_is_named_while_a_person_waits(world: World, silent_service: str):
    world.configure(USER)
    world.store_keys("me", "AKIAIOSFODNN7EXAMPLE", "not-a-real-secret")
    env = {"AWS_ENDPOINT_URL_STS": silent_service}
    with Terminal(world, "login", "me", env=env) as terminal:
        terminal.expect(f"waiting for {silent_service.removeprefix('http://')}…")
        terminal.interrupt()
        terminal.wait()


# What a person wanted


def test_leaving_a_list_is_not_an_error(stacks: World):
    with Terminal(stacks, "login", "--identity") as terminal:
        terminal.expect("Select an identity")
        terminal.keys("\x1b")
        terminal.wait(77)
        assert "nobody was chosen" in terminal.shown
        assert "error:" not in terminal.shown


def test_ctrl_c_at_a_password_is_not_an_error(world: World):
    world.configure(USER)
    world.store_keys("me", "AKIAIOSFODNN7EXAMPLE", "not-a-real-secret")
    with Terminal(world, "login", "me", env={"ATMOS_KEYRING_PASSWORD": None}) as terminal:
        terminal.expect("Password of the keyring in ")
        terminal.keys("\x03")
        terminal.wait(130)
        assert "stopped at the terminal" in terminal.shown
        assert "error:" not in terminal.shown
