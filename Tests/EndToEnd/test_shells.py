"""The main job: a shell that knows who it is, in bash, zsh and fish, in a terminal, with moto."""

from __future__ import annotations

import json

import pytest

from interactive_shell import PLAIN
from mock_world import STACKS, single
from programs import tool
from pty_shell import PtyShell
from services import OTHER_ACCOUNT
from world import World

LAST_ARN = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/deploy/end-to-end"


def test_cd_into_an_allowed_directory_and_out_again(chain: World, shell: str):
    chain.select("stack", "deploy")
    with PtyShell(chain, shell) as terminal:
        terminal.run("cd stack")
        assert not terminal.is_set("AWS_PROFILE"), "nothing happens before `allow`"
        terminal.run("atmos-auth allow")
        assert terminal.value("$AWS_PROFILE") == "deploy"
        assert terminal.value("$ATMOS_IDENTITY") == "deploy"
        assert terminal.value("$AWS_REGION") == "eu-west-1"
        shown = terminal.run(f"'{tool('aws')}' sts get-caller-identity --output text", timeout=60)
        assert LAST_ARN in shown
        assert "deploy" in terminal.prompt()
        terminal.run("cd ..")
        for name in (
            "AWS_PROFILE",
            "ATMOS_IDENTITY",
            "AWS_REGION",
            "AWS_CONFIG_FILE",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_SDK_LOAD_CONFIG",
        ):
            assert not terminal.is_set(name), name
        assert terminal.prompt() == ""
        terminal.run("cd stack")
        assert terminal.value("$AWS_PROFILE") == "deploy"


def test_leaving_puts_back_what_was_there(chain: World, shell: str):
    chain.select("stack", "deploy")
    chain.run("allow", cwd=chain.repository / "stack", status=0)
    env = {"AWS_PROFILE": "mine", "AWS_REGION": "ap-south-1", "AWS_ACCESS_KEY_ID": "AKIAMINE"}
    with PtyShell(chain, shell, env=env) as terminal:
        terminal.run("cd stack")
        assert terminal.value("$AWS_PROFILE") == "deploy"
        assert not terminal.is_set("AWS_ACCESS_KEY_ID")
        terminal.run("cd /")
        assert terminal.value("$AWS_PROFILE") == "mine"
        assert terminal.value("$AWS_REGION") == "ap-south-1"
        assert terminal.value("$AWS_ACCESS_KEY_ID") == "AKIAMINE"


def test_a_value_changed_meanwhile_stays(chain: World, shell: str):
    chain.select("stack", "deploy")
    chain.run("allow", cwd=chain.repository / "stack", status=0)
    with PtyShell(chain, shell) as terminal:
        terminal.run("cd stack")
        assert terminal.value("$AWS_REGION") == "eu-west-1"
        change = (
            "set -gx AWS_REGION us-west-2" if shell == "fish" else "export AWS_REGION=us-west-2"
        )
        terminal.run(change)
        terminal.run("cd /")
        assert terminal.value("$AWS_REGION") == "us-west-2"
        assert not terminal.is_set("AWS_PROFILE")


def test_login_in_another_terminal_is_seen_at_the_next_prompt(world: World, shell: str):
    world.configure(single("1h"))
    directory = world.select("stack", "dev")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        terminal.run("true")
        world.run("login", status=0)
        terminal.wait_for_prompt(r"dev .*(59|1h|60)")
        world.run("logout", "dev", status=0)
        terminal.wait_for_prompt(r"^(?!.*5\dm)")


def test_the_countdown_runs_and_ends(world: World, shell: str):
    world.configure(single("4s"))
    directory = world.select("stack", "dev")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        terminal.run("atmos-auth login")
        terminal.wait_for_prompt(r"dev.*[1-9]s")
        terminal.wait_for_prompt(r"^(?!.*[1-9]\d*s\b).*dev")


def test_use_pins_and_auto_releases(world: World, shell: str):
    world.configure(STACKS)
    for stack in ("dev", "staging"):
        world.run("allow", cwd=world.select(stack, f"{stack}-admin"), status=0)
    with PtyShell(world, shell) as terminal:
        terminal.run("atmos-auth use prod-admin")
        assert terminal.value("$AWS_PROFILE") == "prod-admin"
        terminal.run("cd dev")
        assert terminal.value("$AWS_PROFILE") == "prod-admin", "directories do not override a pin"
        terminal.run("atmos-auth use --auto")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        terminal.run("atmos-auth use staging-admin")
        terminal.run("atmos-auth use -")
        assert terminal.value("$AWS_PROFILE") != "staging-admin"
        terminal.run("atmos-auth use none")
        assert not terminal.is_set("AWS_PROFILE")


def test_login_where_the_directory_decides_does_not_pin(world: World, shell: str):
    world.configure(STACKS)
    for stack in ("dev", "staging"):
        world.run("allow", cwd=world.select(stack, f"{stack}-admin"), status=0)
    with PtyShell(world, shell, directory=world.repository / "dev") as terminal:
        terminal.run("atmos-auth login")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        terminal.run("cd ../staging")
        assert terminal.value("$AWS_PROFILE") == "staging-admin"
        terminal.run("atmos-auth login dev-admin")
        assert terminal.value("$AWS_PROFILE") == "dev-admin", "a login as somebody else pins"
        terminal.run("cd ..; cd staging")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"


def test_a_login_without_a_name_never_pins(world: World, shell: str):
    """On one line with `cd` or on two, and where no directory says who to be."""
    world.configure(STACKS)
    for stack in ("dev", "staging"):
        world.run("allow", cwd=world.select(stack, f"{stack}-admin"), status=0)
    with PtyShell(world, shell) as terminal:
        terminal.run("cd dev; atmos-auth login")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        assert "use --auto" not in terminal.run("atmos-auth status")
        terminal.run("cd ../staging")
        assert terminal.value("$AWS_PROFILE") == "staging-admin"
        terminal.run("cd ..")
        assert not terminal.is_set("AWS_PROFILE")
        # Named by ATMOS_IDENTITY for the one command, and by a flag.
        name = "ATMOS_IDENTITY=dev-admin"
        text = terminal.run(
            f"env {name} atmos-auth login" if shell == "fish" else f"{name} atmos-auth login"
        )
        assert not terminal.is_set("AWS_PROFILE"), text
        terminal.run("atmos-auth login -i dev-admin")
        assert terminal.value("$AWS_PROFILE") == "dev-admin", "a name pins"
        terminal.run("cd staging")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        text = terminal.run("atmos-auth status")
        assert "Not used: this shell was told who to be" in text
        assert "Used: allowed" not in text.replace("Not used", "")


def test_status_knows_whether_the_hook_is_loaded(world: World, shell: str):
    world.configure(STACKS)
    world.run("allow", cwd=world.select("dev", "dev-admin"), status=0)
    with PtyShell(world, shell) as terminal:
        text = terminal.run("atmos-auth status")
        assert f"Hook: loaded in this {shell}" in text and "Prompt:" not in text
        assert "Shell: nobody" in text
        text = terminal.run("cd dev; atmos-auth status")
        assert "Shell: dev-admin (the directory asks for it)" in text
        assert "Prompt: shows the identity" in text
        text = terminal.run("command atmos-auth status")
        assert "Hook: not loaded" in text
    with PtyShell(world, shell, rc=PLAIN[shell]) as terminal:
        text = terminal.run("cd dev; atmos-auth status")
        assert "Hook: not loaded in this shell" in text and "Shell: nobody" in text
        assert "hint: `eval" in text or "hint: `atmos-auth hook fish" in text
    rc = PLAIN[shell] + PtyShell.hook_line(world, shell).replace(
        f"hook {shell}", f"hook {shell} --no-prompt"
    )
    with PtyShell(world, shell, rc=rc) as terminal:
        text = terminal.run("cd dev; atmos-auth status")
        assert "Prompt: left to you (--no-prompt)" in text


def test_status_says_why_the_prompt_shows_nobody(world: World):
    world.configure(STACKS)
    world.run("allow", cwd=world.select("dev", "dev-admin"), status=0)
    rc = PLAIN["bash"] + "shopt -u promptvars\n" + PtyShell.hook_line(world, "bash")
    with PtyShell(world, "bash", rc=rc) as terminal:
        text = terminal.run("cd dev; atmos-auth status")
        assert "Prompt: cannot show the identity, since the option `promptvars` is off" in text


def test_an_eval_without_quotes_says_so(world: World, shell: str):
    """The shell joins its words to one line, which a comment swallows."""
    rc = PLAIN[shell] + (
        "eval (command atmos-auth hook fish)\n"
        if shell == "fish"
        else f"eval $(command atmos-auth hook {shell})\n"
    )
    with PtyShell(world, shell, rc=rc) as terminal:
        terminal.run("true")
        shown = terminal.raw.decode()
        assert shown.count("atmos-auth: the hook is not loaded; it needs quotes") == 1
        assert "rror" not in shown and "nexpected" not in shown
    if shell == "fish":
        rc = PLAIN[shell] + "eval (command atmos-auth hook fish | string collect)\n"
        with PtyShell(world, shell, rc=rc) as terminal:
            assert "Hook: loaded" in terminal.run("atmos-auth status")


def test_a_protected_identity_is_never_entered_by_cd(world: World, shell: str):
    world.configure(STACKS)
    directory = world.select("prod", "prod-admin")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell) as terminal:
        text = terminal.run("cd prod")
        assert not terminal.is_set("AWS_PROFILE")
        assert "atmos-auth use prod-admin" in text
        terminal.run("atmos-auth use prod-admin")
        assert terminal.value("$AWS_PROFILE") == "prod-admin"


def test_identity_set_by_hand_beats_the_directory(world: World, shell: str):
    world.configure(STACKS)
    for stack in ("dev", "staging"):
        world.run("allow", cwd=world.select(stack, f"{stack}-admin"), status=0)
    with PtyShell(world, shell, directory=world.repository / "dev") as terminal:
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        terminal.run(
            "set -gx ATMOS_IDENTITY staging-admin"
            if shell == "fish"
            else "export ATMOS_IDENTITY=staging-admin"
        )
        assert terminal.value("$AWS_PROFILE") == "staging-admin"
        terminal.run(
            "set -gx ATMOS_IDENTITY off" if shell == "fish" else "export ATMOS_IDENTITY=off"
        )
        assert not terminal.is_set("AWS_PROFILE")


def test_a_change_of_the_file_is_seen_without_cd(world: World, shell: str):
    world.configure(STACKS)
    directory = world.select("dev", "dev-admin")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        (directory / ".atmos-identity").write_text("none\n")
        terminal.run("true")
        assert not terminal.is_set("AWS_PROFILE")
        (directory / ".atmos-identity").unlink()
        terminal.run("true")
        assert not terminal.is_set("AWS_PROFILE")
        (directory / ".atmos-identity").write_text("dev-admin\n")
        terminal.run("true")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"


def test_another_role_behind_the_name_asks_again(world: World, shell: str):
    world.configure(STACKS)
    directory = world.select("dev", "dev-admin")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        world.configure(STACKS.replace("111122223333", "999988887777"))
        terminal.run("cd ..")
        text = terminal.run("cd dev")
        assert not terminal.is_set("AWS_PROFILE"), text
        assert "atmos-auth" in text
        terminal.run("atmos-auth allow")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"


def test_an_unrelated_edit_of_the_configuration_keeps_the_shell(world: World, shell: str):
    world.configure(STACKS)
    directory = world.select("dev", "dev-admin")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        world.configure("# edited\n" + STACKS)
        terminal.run("cd ..")
        terminal.run("cd dev")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"


def test_the_status_of_the_last_command_survives(world: World, shell: str):
    world.configure(STACKS)
    directory = world.select("dev", "dev-admin")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell) as terminal:
        terminal.run("cd dev")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        terminal.run("cd ..")
        status = "$status" if shell == "fish" else "$?"
        for line in ("false", "cd dev; false", "cd ..; false"):
            terminal.child.sendline(line)
            assert terminal.value(status) == "1", line


def test_uninstall_takes_everything_out(world: World, shell: str):
    world.configure(STACKS)
    world.run("allow", cwd=world.select("dev", "dev-admin"), status=0)
    with PtyShell(world, shell) as terminal:
        terminal.run("cd dev")
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        terminal.run(
            "command atmos-auth hook --uninstall fish | source"
            if shell == "fish"
            else f'eval "$(command atmos-auth hook --uninstall {shell})"'
        )
        assert not terminal.is_set("AWS_PROFILE")
        terminal.run("cd ..")
        terminal.run("cd dev")
        assert not terminal.is_set("AWS_PROFILE")
        assert terminal.prompt() == ""


def test_a_shell_that_is_not_interactive_gets_nothing(world: World, shell: str):
    world.configure(STACKS)
    directory = world.select("dev", "dev-admin")
    world.run("allow", cwd=directory, status=0)
    script = world.temporary / f"script.{shell}"
    echo = 'echo "[$AWS_PROFILE]"'
    script.write_text(PtyShell.hook_line(world, shell) + f"cd {directory}\n{echo}\n")
    assert len(world.run("hook", shell, status=0).stdout) > 1000
    answer = world.program(tool(shell), str(script))
    assert answer.stdout == "[]\n", str(answer)
    assert answer.stderr == ""


def test_the_segment_can_be_left_out(world: World, shell: str):
    world.configure(STACKS)
    directory = world.select("dev", "dev-admin")
    world.run("allow", cwd=directory, status=0)
    rc = PLAIN[shell] + PtyShell.hook_line(world, shell).replace(
        f"hook {shell}", f"hook {shell} --no-prompt"
    )
    with PtyShell(world, shell, rc=rc, directory=directory) as terminal:
        assert terminal.value("$AWS_PROFILE") == "dev-admin"
        assert terminal.prompt() == ""
        assert "dev-admin" in terminal.value("$ATMOS_AUTH_PROMPT")


def test_the_configuration_says_whether_there_is_a_segment_and_a_switch(world: World, shell: str):
    world.configure("auth: {shell: {prompt: false}}\n")
    assert world.run("hook", shell).stdout == world.run("hook", shell, "--no-prompt").stdout
    world.configure("auth: {shell: {switch: false}}\n")
    assert world.run("hook", shell).stdout == world.run("hook", shell, "--no-switch").stdout
    # That of a checkout does not count.
    whole = world.run("hook", shell, env={"ATMOS_CLI_CONFIG_PATH": None}).stdout
    assert whole != world.run("hook", shell).stdout
    world.configure("auth: {shell: {prompt: [}}\n")
    assert world.run("hook", shell, status=0).stdout == whole, "a fault must not cost the hook"


@pytest.mark.parametrize(
    "name",
    [
        "a.b",
        "Team/Role",
        "core:admin",
        "with space",
        "plus+and@at",
        "UPPER_lower-9",
    ],
)
def test_names_of_every_allowed_form_work_end_to_end(world: World, shell: str, name: str):
    world.configure(STACKS.replace("dev-admin:", f'"{name}":'))
    directory = world.select("dev", name)
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        assert terminal.value("$ATMOS_IDENTITY") == name
        assert name in terminal.prompt()


@pytest.mark.parametrize(
    "value",
    [
        "$(touch owned)",
        "`touch owned`",
        "a'b",
        'a"b',
        "a\\",
        "two\nlines",
        "%n%d \\w \\u",
        "$HOME",
    ],
)
def test_hostile_values_of_the_configuration_reach_the_shell_as_they_are(
    world: World, shell: str, value: str
):
    rows = f"      env: [{{key: TF_VAR_HOSTILE, value: {json.dumps(value)}}}]\n"
    world.configure(single("1h", rows))
    directory = world.select("dev", "dev")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        program = world.write(
            "show.py",
            """\
            import json, os
            print("value=" + json.dumps(os.environ["TF_VAR_HOSTILE"]) + "=end")
            """,
        )
        shown = terminal.run(f"'{tool('python')}' '{program}'")
        assert f"value={json.dumps(value)}=end" in shown
        terminal.run("cd ..")
        assert not terminal.is_set("TF_VAR_HOSTILE")
        assert not list(world.root.rglob("owned"))
