"""Which commands ask for a code, what they get for it, and who else gets that."""

from __future__ import annotations

import pathlib
import re
import shlex
import subprocess

import pytest

from mfa_world import SEED, Coded
from policy_world import PERIOD, STUB, Deployed
from terminal import Terminal


@pytest.fixture
def deploy(coded: Coded) -> Deployed:
    return Deployed(coded)


# Levels


def test_never_asks_for_nothing_beyond_the_login(deploy: Deployed):
    key = deploy.log_in()
    answer = deploy.alone("terraform", "apply")
    assert answer.status == 0, str(answer)
    assert deploy.key(answer.stdout) == key and deploy.codes() == 1


def test_applies_only_asks_before_the_apply_and_not_before_the_plan(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    key = deploy.log_in()
    planned = deploy.alone("terraform", "plan")
    assert planned.status == 0 and deploy.key(planned.stdout) == key, str(planned)

    shown = deploy.with_code("terraform", "apply", "-auto-approve")
    assert "Authenticated with MFA by engineer, for `terraform apply` as deploy" in shown
    assert "ran terraform apply -auto-approve" in shown
    assert deploy.codes() == 2
    assert deploy.key(shown) != key, "the session of an apply is its own"
    assert deploy.shell_key() == key, "and shells keep theirs"
    names = deploy.sessions()
    assert re.fullmatch(r"engineer-apply-deploy-\d+", names[-1]), names
    assert names[0].startswith("atmos-deploy-")


def test_a_narrowed_apply_asks_and_still_gets_less(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    # A program that no table knows may change anything.
    words = ("exec", "--read-only", "--static", "-i", "deploy", "--", "env")
    terminal = Terminal(deploy.world, *words)
    deploy.type_code(terminal)
    terminal.wait(0)
    assert re.search(r"AWS_ACCESS_KEY_ID=ASIA\w+", terminal.shown), terminal.shown
    calls = [entry for entry in deploy.coded.log() if entry["action"] == "AssumeRole"]
    assert calls
    assert {tuple(entry["policies"]) for entry in calls} == {
        ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    }


def test_each_apply_asks_again_without_a_maximum_age(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    deploy.with_code("terraform", "apply")
    deploy.with_code("terraform", "destroy")
    assert deploy.codes() == 2


def test_a_code_does_for_other_applies_until_its_maximum_age(deploy: Deployed):
    deploy.configure("{policy: applies-only, max_age: 15m}")
    first = deploy.with_code("terraform", "apply")
    second = deploy.at_terminal("terraform", "state", "rm", "a")
    second.wait(0)
    assert re.search(r"Authenticated with MFA by engineer \d+s ago", second.shown)
    assert deploy.codes() == 1
    assert deploy.key(first) != deploy.key(second.shown), "each has a session of its own"
    # Logging out takes what the code gave with it.
    deploy.world.run("logout", "deploy", status=0)
    deploy.with_code("terraform", "apply")
    assert deploy.codes() == 2


def test_a_code_that_is_too_old_is_asked_for_again(deploy: Deployed):
    deploy.configure("{policy: applies-only, max_age: 1s}")
    deploy.with_code("terraform", "apply")
    deploy.next_window()
    deploy.with_code("terraform", "apply")
    assert deploy.codes() == 2


def test_plans_and_applies_takes_two_codes(deploy: Deployed):
    deploy.configure("{policy: plans-and-applies, max_age: 15m}")
    plan = deploy.with_code("terraform", "plan", "-out", "p")
    assert "for `terraform plan` as deploy" in plan
    apply = deploy.with_code("terraform", "apply", "p")
    assert deploy.codes() == 2 and deploy.key(plan) != deploy.key(apply)
    deploy.with_code("terraform", "plan")
    assert deploy.codes() == 3, "a plan takes a new code, too"
    kinds = [name.split("-")[1] for name in deploy.sessions()]
    assert kinds == ["plan", "apply", "plan"]


def test_an_apply_whose_plan_is_seen_too_late_is_refused(deploy: Deployed):
    deploy.configure("{policy: plans-and-applies}")
    terminal = deploy.at_terminal("terraform", "apply")
    terminal.wait(77)
    assert "`terraform plan -out FILE`, then `terraform apply FILE`" in terminal.shown
    terminal = deploy.at_terminal("terraform", "destroy")
    terminal.wait(77)
    assert "`terraform plan -destroy -out FILE`" in terminal.shown
    assert "ran terraform" not in terminal.shown and deploy.codes() == 0


def test_what_is_refused_anyway_is_refused_before_the_keyrings_password(deploy: Deployed):
    locked = {"ATMOS_KEYRING_PASSWORD": None}
    deploy.configure("{policy: plans-and-applies}")
    terminal = deploy.at_terminal("terraform", "apply", **locked)
    terminal.wait(77)
    assert "terraform plan -out FILE" in terminal.shown and "Password" not in terminal.shown
    deploy.configure("{policy: applies-only}")
    terminal = deploy.at_terminal("terraform", "apply", TF_IN_AUTOMATION="1", **locked)
    terminal.wait(77)
    assert "TF_IN_AUTOMATION is set" in terminal.shown and "Password" not in terminal.shown


def test_commands_without_credentials_ask_for_nothing(deploy: Deployed):
    deploy.configure("{policy: plans-and-applies}")
    deploy.log_in()
    for words in (["fmt"], ["version"], ["validate"]):
        answer = deploy.alone("terraform", *words)
        assert answer.status == 0, str(answer)
    assert deploy.codes() == 1


def test_what_is_not_known_counts_as_apply(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    for command in (["deploy.sh"], ["terraform", "frobnicate"], ["sh", "-c", "true"]):
        answer = deploy.alone(*command)
        assert answer.status == 77 and "asks for an MFA code" in answer.stderr, str(answer)
    answer = deploy.alone("terraform", "plan", TF_CLI_ARGS="apply -auto-approve")
    assert answer.status in (0, 77), str(answer)


def test_the_variables_of_an_identity_count_as_those_of_the_tool(deploy: Deployed):
    deploy.configure(
        "{policy: applies-only}", "      env: [{key: TF_CLI_ARGS, value: 'delete prod'}]\n"
    )
    deploy.log_in()
    answer = deploy.alone("terraform", "workspace")
    assert answer.status == 77 and "`terraform workspace delete`" in answer.stderr, str(answer)


@pytest.mark.parametrize(
    "line",
    [
        "atmos terraform apply vpc -s x --help=false",
        "atmos describe production",
        "atmos toolchain exec terraform apply",
        "terragrunt run --frob plan apply",
        "aws iam delete-user --user-name help",
    ],
)
def test_a_line_does_not_pass_for_less_than_it_does(deploy: Deployed, line: str):
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    words = line.split()
    program = deploy.coded.programs / words[0]
    program.write_text(STUB)
    program.chmod(0o755)
    answer = deploy.alone(*words)
    assert answer.status == 77 and answer.stdout == "", str(answer)


# Inside of what has less

LESS = (["--read-only"], ["--session-duration", "15m"])


@pytest.mark.parametrize("options", LESS, ids=" ".join)
@pytest.mark.parametrize("words", [["-i", "deploy"], [], ["--wrapper"]], ids=" ".join)
def test_a_narrowed_shell_is_asked_as_another(deploy: Deployed, options, words):
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    line = shlex.join([deploy.world.binary, "exec", *words, "--", "terraform"])
    # Somebody types in the shell, and nobody is to be asked.
    off = {"ATMOS_INTERACTIVE": "false"}
    shell = Terminal(deploy.world, "exec", *options, "-i", "deploy", "--", "sh", env=off)
    shell.child.sendline(f"{line} plan; {line} apply; echo status $?; exit")
    shell.wait(0)
    assert "ran terraform plan" in shell.shown
    assert "ran terraform apply" not in shell.shown and "status 77" in shell.shown
    assert "asks for an MFA code" in shell.shown


def test_a_code_in_a_narrowed_shell_gives_a_narrowed_session(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    # The stub asks as a program that knows no profile; a tool asks as its profile says.
    (deploy.coded.programs / "terraform").write_text(
        "#!/bin/sh\naws sts get-caller-identity --query Arn --output text\n"
    )
    line = shlex.join([deploy.world.binary, "exec", "--", "terraform", "apply"])
    terminal = Terminal(deploy.world, "exec", "--read-only", "-i", "deploy", "--", "sh")
    terminal.child.sendline(line)
    deploy.type_code(terminal)
    terminal.expect(r":assumed-role/deploy/engineer-apply-deploy-\d+")
    terminal.child.sendline("exit")
    terminal.wait(0)
    calls = [entry for entry in deploy.coded.log() if entry["action"] == "AssumeRole"]
    assert [entry["policies"] for entry in calls if "-apply-" in entry["session"]] == [
        ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    ]
    lines = deploy.world.run("audit", "export", status=0).stdout.splitlines()
    assert sum('"command":"terraform"' in line for line in lines) == 1


def test_a_made_up_mark_of_less_is_no_way_around_a_code(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    for words in ((), ("--wrapper",)):
        answer = deploy.world.run(
            "exec", *words, "--", "terraform", "apply", env={"ATMOS_AUTH_NARROWED": "x"}
        )
        assert answer.status == 77 and answer.stdout == "", str(answer)


# Nobody to ask


@pytest.mark.parametrize("variables", [{}, {"CI": "true"}, {"ATMOS_INTERACTIVE": "false"}])
def test_without_a_terminal_it_fails_closed(deploy: Deployed, variables: dict[str, str]):
    deploy.configure("{policy: applies-only, max_age: 15m}")
    deploy.with_code("terraform", "apply")
    answer = deploy.alone("terraform", "apply", "-auto-approve", **variables)
    assert answer.status == 77 and answer.stdout == "", str(answer)
    assert "there is no terminal to ask on" in answer.stderr and "unattended: true" in answer.stderr
    assert deploy.codes() == 1


def test_automation_fails_closed_also_in_a_terminal(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    terminal = deploy.at_terminal("terraform", "apply", TF_IN_AUTOMATION="1")
    terminal.wait(77)
    assert "TF_IN_AUTOMATION is set" in terminal.shown


def test_a_seed_alone_is_not_enough_and_unattended_makes_it_so(deploy: Deployed):
    deploy.coded.add_seed(f"otpauth://totp/x?secret={SEED}&period={PERIOD}")
    deploy.configure("{policy: applies-only}")
    assert deploy.alone("terraform", "apply").status == 77
    deploy.configure("{policy: applies-only, unattended: true}")
    answer = deploy.alone("terraform", "apply", "-auto-approve", TF_IN_AUTOMATION="1")
    assert answer.status == 0 and "ran terraform apply" in answer.stdout, str(answer)
    assert "Authenticated with MFA by engineer" in answer.stderr


def test_a_seed_takes_a_persons_hand_where_one_is_there(deploy: Deployed):
    deploy.coded.add_seed(f"otpauth://totp/x?secret={SEED}&period={PERIOD}")
    deploy.configure("{policy: applies-only}")
    terminal = deploy.at_terminal("terraform", "apply")
    terminal.answer("Type its name to go on: ", "deploy")
    terminal.wait(0)
    assert "Authenticated with MFA by engineer" in terminal.shown


def test_a_chain_without_a_second_factor_says_so(deploy: Deployed):
    deploy.world.configure(
        """\
        auth:
          identities:
            deploy: {kind: mock/aws, mfa: {policy: applies-only}}
        """
    )
    terminal = deploy.at_terminal("terraform", "apply")
    terminal.wait(77)
    assert "nothing in the chain of `deploy` takes one" in terminal.shown
    assert deploy.alone("terraform", "plan").status == 0


def test_the_persons_default_holds_where_an_identity_says_nothing(deploy: Deployed):
    own = deploy.world.home / ".atmos/atmos.yaml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("auth: {shell: {mfa: {policy: applies-only}}}\n")
    deploy.log_in()
    assert deploy.alone("terraform", "apply").status == 77
    deploy.configure("{policy: never}")
    assert deploy.alone("terraform", "apply").status == 0


# Held apart


def test_the_session_of_a_command_ends_with_it(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    key = deploy.log_in()
    shown = deploy.with_code("terraform", "apply", INSIDE="env | grep ^__ATMOS_AUTH_COMMAND=")
    value = re.search(r"__ATMOS_AUTH_COMMAND=(\S+)", shown).group(1)
    answer = deploy.world.run(
        "credential-process", "-i", "deploy", env={"__ATMOS_AUTH_COMMAND": value}, status=0
    )
    assert answer.json()["AccessKeyId"] == key, "the command has ended"
    # Neither does a made-up value give anything.
    for made_up in ("", "x", value[:-1], value.replace(":", ""), f"{'0' * 24}:{'0' * 64}"):
        answer = deploy.world.run(
            "credential-process", "-i", "deploy", env={"__ATMOS_AUTH_COMMAND": made_up}, status=0
        )
        assert answer.json()["AccessKeyId"] == key
    # What is left of it goes with the next command, and can be read by nobody until then.
    left = list((deploy.world.state / "commands").iterdir())
    assert len(left) == 1
    deploy.with_code("terraform", "apply")
    assert not left[0].exists()


def test_nothing_outside_a_running_command_gets_its_session(deploy: Deployed, tmp_path):
    deploy.configure("{policy: applies-only}")
    key = deploy.log_in()
    fifo = tmp_path / "go-on"
    subprocess.run(["mkfifo", str(fifo)], check=True)
    terminal = deploy.at_terminal("terraform", "apply", INSIDE=f"read line < {fifo}")
    deploy.type_code(terminal)
    terminal.expect(r"key (\w+)")
    assert deploy.shell_key() == key
    pathlib.Path(fifo).write_text("go\n")
    terminal.wait(0)
    assert deploy.key(terminal.shown) != key


def test_a_command_inside_another_is_not_asked_about_again(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    inside = '[ -n "$INNER" ] || INNER=1 "$ATMOS_AUTH" exec -i deploy -- terraform apply inner'
    shown = deploy.with_code("terraform", "apply", INSIDE=inside, TF_IN_AUTOMATION="")
    keys = re.findall(r"key (\w+)", shown)
    assert "ran terraform apply inner" in shown and len(set(keys)) == 1 and len(keys) == 2
    assert deploy.codes() == 1


def test_a_hook_of_a_plan_does_not_get_to_apply(deploy: Deployed):
    deploy.configure("{policy: plans-and-applies}")
    inside = (
        '[ -n "$INNER" ] || INNER=1 TF_IN_AUTOMATION=1 '
        '"$ATMOS_AUTH" exec -i deploy -- terraform apply p; echo status $?'
    )
    shown = deploy.with_code("terraform", "plan", INSIDE=inside)
    assert "status 77" in shown and "ran terraform apply" not in shown


def test_a_command_renews_its_session_from_its_own_code(deploy: Deployed):
    deploy.role(lifetime=2)
    deploy.configure("{policy: applies-only}")
    again = (
        'for i in 1 2 3; do sleep 2; "$ATMOS_AUTH" credential-process -i deploy >/dev/null; done'
    )
    deploy.with_code("terraform", "apply", INSIDE=again)
    assert deploy.codes() == 1
    names = deploy.sessions()
    assert len(names) >= 4 and all(name.startswith("engineer-apply-") for name in names), names


def test_keys_of_a_command_are_in_no_argument_and_no_output(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    deploy.with_code("terraform", "apply", INSIDE="true")
    everything = "\n".join(deploy.world.transcript)
    assert "__ATMOS_AUTH_COMMAND" not in everything
    for secret in deploy.coded.server.issued_secrets():
        assert secret not in everything


# How old a code may be


def test_a_role_that_looks_at_the_age_of_the_code_is_served(deploy: Deployed):
    deploy.role(lifetime=2)
    deploy.log_in()
    deploy.role(lifetime=2, mfa_age=5)
    deploy.configure("{max_age: 5s}")
    for _ in range(2):
        deploy.next_window()
    answer = deploy.world.run("credential-process", "-i", "deploy")
    assert answer.status == 77 and "needs an MFA code" in answer.stderr, str(answer)
    why = deploy.world.run("why", "deploy", status=0).stdout
    assert re.search(r"MFA is \d+s old, `deploy` takes 5s at most", why), why
    terminal = deploy.at_terminal("terraform", "plan")
    terminal.expect(r"Enter MFA code of \S+: ")
    terminal.child.sendline(deploy.code())
    terminal.wait(0)
    assert deploy.codes() == 2


# Protected identities


def test_a_protected_identity_asks_for_its_name_before_an_apply(deploy: Deployed):
    deploy.configure("", "      protected: true\n")
    deploy.log_in()
    assert deploy.alone("terraform", "plan").status == 0
    alone = deploy.alone("terraform", "apply")
    assert alone.status == 77 and "asks for the name" in alone.stderr, str(alone)
    terminal = deploy.at_terminal("terraform", "apply")
    terminal.answer("Type its name to go on: ", "yes")
    terminal.wait(77)
    assert "ran terraform" not in terminal.shown
    terminal = deploy.at_terminal("terraform", "apply")
    terminal.answer("Type its name to go on: ", "deploy")
    terminal.wait(0)
    assert "ran terraform apply" in terminal.shown


def test_a_typed_name_is_remembered_in_its_terminal(deploy: Deployed):
    deploy.configure("{max_age: 15m}", "      protected: true\n")
    deploy.log_in()
    shell = Terminal(deploy.world, "--norc", program="/bin/bash", env={"PS1": "$ "})
    command = "$ATMOS_AUTH exec -i deploy -- terraform apply; echo status=$?"
    shell.child.sendline(command)
    shell.answer("Type its name to go on: ", "deploy")
    shell.expect("status=0")
    shell.child.sendline(command)
    shell.expect("status=0")
    assert shell.shown.count("Type its name") == 1
    shell.close()
    other = deploy.at_terminal("terraform", "apply")
    other.answer("Type its name to go on: ", "deploy")
    other.wait(0)


def test_programs_may_apply_as_a_protected_identity_that_says_so(deploy: Deployed):
    deploy.configure("{unattended: true}", "      protected: true\n")
    deploy.log_in()
    assert deploy.alone("terraform", "apply").status == 0


# Wrappers and shims


def by_wrapper(deploy: Deployed, *command: str, **variables: str):
    return deploy.world.run(
        "exec", "--wrapper", "--", *command, env={"ATMOS_IDENTITY": "deploy", **variables}
    )


def test_a_wrapper_obeys_the_same_levels(deploy: Deployed):
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    assert by_wrapper(deploy, "terraform", "plan").status == 0
    refused = by_wrapper(deploy, "terraform", "apply")
    assert refused.status == 77, str(refused)
    assert "ran" not in refused.stdout
    assert by_wrapper(deploy, "terraform", "fmt").status == 0
    changed = by_wrapper(deploy, "terraform", TF_CLI_ARGS="apply -auto-approve")
    assert changed.status == 77, "a variable makes it an apply"


def test_what_a_plan_starts_is_asked_for_before_it_applies(deploy: Deployed):
    """terragrunt's hook of a plan runs tofu, by a shim."""
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    for name in ("tofu", "terragrunt"):
        (deploy.coded.programs / name).write_text(STUB)
        (deploy.coded.programs / name).chmod(0o755)
    shims = deploy.world.root / "shims"
    deploy.world.run("shims", "install", "--dir", str(shims), "tofu", status=0)
    inside = "unset INSIDE; tofu plan; tofu apply; echo status $?"
    path = f"{shims}:{deploy.world.variables()['PATH']}"
    answer = by_wrapper(deploy, "terragrunt", "plan", INSIDE=inside, PATH=path)
    assert answer.status == 0, str(answer)
    assert "ran tofu plan" in answer.stdout
    assert "ran tofu apply" not in answer.stdout
    assert "status 77" in answer.stdout
    assert deploy.codes() == 1
