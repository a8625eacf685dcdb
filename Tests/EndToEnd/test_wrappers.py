"""`exec --wrapper`, which wrapper functions and shims run: who applies, and when nobody does."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from mock_world import STACKS, single
from programs import tool
from pty_shell import PtyShell
from services import against
from tool_world import Tools
from world import World


@pytest.fixture
def tools(stacks: World) -> Tools:
    return Tools(stacks, "terraform", "tofu", "kubectl", "sops")


def wrapped(world: World, *words: str, **options):
    return world.run("exec", "--wrapper", "--", *words, **options)


def test_where_nobody_applies_it_runs_as_without_us(stacks: World, tools: Tools):
    # The default of a configuration is not what a wrapper is for.
    stacks.configure(single())
    variables = {"AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "stays"}
    answer = wrapped(stacks, "terraform", "plan", env=variables, status=0)
    assert answer.stdout == "ran terraform\n"
    assert answer.stderr == ""
    note = tools.only()
    bare = stacks.variables(variables)
    assert {k: v for k, v in note.environment.items() if k in bare} == bare
    assert set(note.environment) - set(bare) <= {"PWD", "LC_CTYPE", "_", "SHLVL"}


def test_the_directory_decides(stacks: World, tools: Tools):
    stack = stacks.select("stack", "dev-admin")
    stacks.run("allow", cwd=stack, status=0)
    wrapped(stacks, "terraform", "plan", cwd=stack, status=0)
    note = tools.only()
    assert note.identity == "dev-admin"
    assert note.environment["ATMOS_IDENTITY"] == "dev-admin"
    assert note.directory == str(stack)


def test_a_variable_beats_the_directory(stacks: World, tools: Tools):
    stack = stacks.select("stack", "dev-admin")
    stacks.run("allow", cwd=stack, status=0)
    wrapped(stacks, "terraform", "plan", cwd=stack, env={"ATMOS_IDENTITY": "stage"}, status=0)
    assert tools.only().identity == "staging-admin"
    off = {"ATMOS_IDENTITY": "none"}
    wrapped(stacks, "terraform", "plan", cwd=stack, env=off, status=0)
    assert tools.only().identity is None
    stacks.run("exec", "-i", "stage", "--wrapper", "--", "terraform", "plan", cwd=stack, status=0)
    assert tools.only().identity == "staging-admin"


@pytest.mark.parametrize(
    "words",
    [["-chdir=prod", "apply"], ["-chdir=./prod", "plan"], ["-chdir", "prod", "apply"]],
)
def test_the_directory_that_the_tool_is_told_decides(stacks: World, tools: Tools, words):
    stack = stacks.select("stack", "dev-admin")
    inner = stacks.select("stack/prod", "staging-admin")
    for directory in (stack, inner):
        stacks.run("allow", cwd=directory, status=0)
    wrapped(stacks, "terraform", *words, cwd=stack, status=0)
    assert tools.only().identity == "staging-admin"
    # Where there is no such directory, the tool says so.
    wrapped(stacks, "terraform", "-chdir=absent", "plan", cwd=stack, status=0)


@pytest.mark.parametrize(
    ("content", "decision", "status", "said"),
    [
        ("dev-admin", None, 77, "not allowed yet"),
        ("dev-admin", "deny", 77, "denied"),
        ("prod-admin", "allow", 77, "protected"),
        ("dev-admin extra words\n=", None, 78, ".atmos-identity:"),
    ],
)
def test_a_file_that_cannot_be_used_refuses(
    stacks: World, tools: Tools, content, decision, status, said
):
    stack = stacks.select("stack", content)
    if decision:
        stacks.run(decision, cwd=stack, status=0)
    for words in (["terraform", "plan"], ["terraform", "frob"], ["sops", "x"]):
        answer = wrapped(stacks, *words, cwd=stack, status=status)
        assert said in answer.stderr
        assert answer.stdout == ""
    assert tools.notes() == []
    # What needs no credentials runs even there, as the bare tool would.
    for words in (
        ["fmt"],
        ["validate"],
        ["version"],
        ["plan", "-help"],
        ["init", "-backend=false"],
    ):
        wrapped(stacks, "terraform", *words, cwd=stack, status=0)
        assert tools.only().identity is None


def test_the_hint_can_be_pasted_where_the_tool_was_typed(stacks: World, tools: Tools):
    stack = stacks.select("stack", "dev-admin")
    here = wrapped(stacks, "terraform", "plan", cwd=stack, status=77)
    assert "then `atmos-auth allow`\n" in here.stderr
    above = wrapped(stacks, "terraform", "-chdir=stack", "plan", status=77)
    assert f"`atmos-auth status {stack}`, then `atmos-auth allow {stack}`\n" in above.stderr
    stacks.run("allow", str(stack), status=0)
    wrapped(stacks, "terraform", "-chdir=stack", "plan", status=0)
    assert tools.only().identity == "dev-admin"


def test_an_unknown_identity_refuses(stacks: World, tools: Tools):
    stack = stacks.select("stack", "dev-admin")
    stacks.run("allow", cwd=stack, status=0)
    stacks.configure(STACKS.replace("dev-admin", "renamed"))
    answer = wrapped(stacks, "terraform", "plan", cwd=stack, status=77)
    assert "dev-admin" in answer.stderr
    assert tools.notes() == []


def test_completion_asks_nobody(stacks: World, tools: Tools):
    stack = stacks.select("stack", "dev-admin")
    for words, variables in (
        (["terraform", "terraform", "app", "terraform"], {"COMP_LINE": "terraform app"}),
        (["kubectl", "__complete", "get", ""], {}),
        (["terraform", "apply"], {"ATMOS_AUTH_DISABLE": "1"}),
    ):
        wrapped(stacks, *words, cwd=stack, env=variables, status=0)
        assert tools.only().identity is None
    # In the hook, 0 does not disable anything, and so it is here: an unallowed file refuses.
    wrapped(stacks, "terraform", "apply", cwd=stack, env={"ATMOS_AUTH_DISABLE": "0"}, status=77)


def test_a_line_that_names_somebody_else_is_said(stacks: World, tools: Tools):
    tools.add("aws")
    tools.add("atmos")
    variables = {"ATMOS_IDENTITY": "dev-admin"}
    answer = wrapped(stacks, "aws", "--prof", "prod", "s3", "ls", env=variables, status=0)
    assert "`prod`" in answer.stderr
    assert tools.only().arguments == [b"--prof", b"prod", b"s3", b"ls"]
    words = ["atmos", "terraform", "plan", "--identity", "vpc", "-s", "p"]
    assert "`vpc`" in wrapped(stacks, *words, env=variables, status=0).stderr
    same = ["aws", "--profile", "dev-admin", "s3", "ls"]
    assert wrapped(stacks, *same, env=variables, status=0).stderr == ""


HOSTILE = [b"a\nb", b"$(touch x)", b"*", b"", b"\xff\xfe", b"\xfe", b"it's", b"--", b"-h" * 9]


def test_arguments_and_variables_are_handed_on_byte_by_byte(stacks: World, tools: Tools):
    for front in (["exec", "-i", "dev-admin"], ["exec", "--wrapper"], ["exec", "-i", "stage"]):
        words = [stacks.binary, *front, "--", "terraform", "plan"]
        variables = {os.fsencode(k): os.fsencode(v) for k, v in stacks.variables().items()}
        variables[b"RAW"] = b"\xff=\xfe\n"
        done = subprocess.run(
            [os.fsencode(word) for word in words] + HOSTILE,
            env=variables,
            cwd=stacks.repository,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        note = tools.only()
        assert note.arguments == [b"plan", *HOSTILE]
        assert note.bytes[b"RAW"] == b"\xff=\xfe\n"


def test_a_very_long_argument(stacks: World, tools: Tools):
    # The system's own limit for one is 128 KiB.
    words = ["x" * 120_000] * 12
    wrapped(stacks, "terraform", "plan", *words, status=0)
    assert [len(word) for word in tools.only().arguments] == [4] + [120_000] * 12


def test_it_takes_no_process_more(stacks: World, tools: Tools):
    process = stacks.start("exec", "--wrapper", "--", "terraform", "plan")
    process.communicate()
    assert tools.only().pid == process.pid


@pytest.mark.parametrize("status", [0, 1, 2, 77])
def test_the_status_is_the_programs(stacks: World, tools: Tools, status: int):
    variables = {"STATUS": str(status), "ATMOS_IDENTITY": "dev-admin"}
    wrapped(stacks, "terraform", "plan", env=variables, status=status)
    assert tools.only().identity == "dev-admin"


# ---- wrap


def test_wrap_keeps_the_list_in_the_persons_own_file(world: World):
    assert "nothing is wrapped" in world.run("wrap", "list", status=0).stderr
    file = world.home / ".atmos/atmos.yaml"
    file.parent.mkdir(mode=0o700)
    world.environment["ATMOS_CLI_CONFIG_PATH"] = None
    file.write_text(
        "# mine\nauth:\n  realm: x  # stays\n\n  # the prompt\n  shell:\n    ascii: true\n"
    )
    world.run("wrap", "add", "terraform", "kubectl", status=0)
    assert file.read_text() == (
        "# mine\nauth:\n  realm: x  # stays\n\n  # the prompt\n  shell:\n"
        "    wrap: [terraform, kubectl]\n    ascii: true\n"
    )
    assert world.run("wrap", "list", status=0).stdout == "terraform\nkubectl\n"
    world.run("wrap", "add", "aws", "terraform", status=0)
    world.run("wrap", "remove", "kubectl", status=0)
    assert "    wrap: [terraform, aws]\n" in file.read_text()
    assert "is not wrapped" in world.said("wrap", "remove", "kubectl")
    for name in ("cd", "a b", "-x", "$(x)", "atmos-auth", "time"):
        assert "cannot be wrapped" in world.said("wrap", "add", "--", name)
    for shell in ("bash", "zsh", "fish"):
        assert "terraform aws" in world.run("hook", shell, status=0).stdout
        assert "terraform aws" not in world.run("hook", "--no-wrap", shell, status=0).stdout


def test_wrap_makes_the_file(world: World):
    world.environment["ATMOS_CLI_CONFIG_PATH"] = None
    world.run("wrap", "add", "sops", status=0)
    file = world.home / ".atmos/atmos.yaml"
    assert file.read_text() == "auth:\n  shell:\n    wrap: [sops]\n"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_checkout_neither_adds_nor_removes_wrappers(tmp_path, is_broken):
    world = World(tmp_path / "world", is_own=False)
    world.run("wrap", "add", "terraform", status=0)
    world.configure("auth: [" if is_broken else "auth: {shell: {wrap: [evil]}}\n")
    text = world.run("hook", "bash", status=0).stdout
    assert "terraform" in text
    assert "evil" not in text
    assert world.run("wrap", "list", status=0).stdout == "terraform\n"


def test_a_function_in_a_real_shell(stacks: World, tools: Tools, shell: str):
    stacks.run("wrap", "add", "terraform", status=0)
    stack = stacks.select("stack", "dev-admin")
    stacks.run("allow", cwd=stack, status=0)
    closed = stacks.select("closed", "staging-admin")
    with PtyShell(stacks, shell) as terminal:
        terminal.run(f"cd {stack}")
        terminal.run("terraform plan")
        assert tools.only().identity == "dev-admin"
        # On one line, and where the shell has not looked yet.
        terminal.run(f"cd {closed} && terraform plan")
        assert tools.notes() == []
        name = "status" if shell == "fish" else "?"
        assert "77" in terminal.run(f"terraform plan; echo ${name}")
        terminal.run("terraform fmt")
        assert tools.only().identity is None
        terminal.run("command terraform plan")
        assert tools.only().identity is None


# ---- shims


@pytest.fixture
def shims(stacks: World, tools: Tools) -> Tools:
    directory = stacks.root / "shims"
    stacks.run("shims", "install", "--dir", str(directory), "terraform", "sops", status=0)
    stacks.environment["PATH"] = f"{directory}:{stacks.environment['PATH']}"
    return tools


def test_a_shim_runs_the_tool_as_who_applies(stacks: World, shims: Tools):
    stack = stacks.select("stack", "dev-admin")
    stacks.run("allow", cwd=stack, status=0)
    for name in ("terraform", "sops"):
        for program in (name, str(stacks.root / "shims" / name), f"../../shims/{name}"):
            stacks.program("env", program, "plan", "a b", cwd=stack)
            note = shims.only()
            assert note.identity == "dev-admin"
            assert note.arguments == [b"plan", b"a b"]
    stacks.program("make", "-f", "-", "x", stdin="x:\n\tterraform plan\n", cwd=stack)
    assert shims.only().identity == "dev-admin"
    refused = stacks.select("closed", "staging-admin")
    assert stacks.program("terraform", "plan", cwd=refused).status == 77
    assert stacks.program("terraform", "fmt", cwd=refused).status == 0


def test_a_shim_does_not_lead_to_itself(stacks: World, shims: Tools):
    other = stacks.root / "other"
    stacks.run("shims", "install", "--dir", str(other), "terraform", status=0)
    path = f"{other}:{stacks.environment['PATH']}"
    answer = stacks.program("terraform", "plan", env={"PATH": path})
    assert answer.stdout == "ran terraform\n"
    assert len(shims.notes()) == 1
    # With no tool behind it, it is as if there were none.
    only = f"{other}:{stacks.root / 'shims'}"
    answer = stacks.program(str(other / "terraform"), "plan", env={"PATH": only})
    assert answer.status == 127
    assert "command not found: terraform" in answer.stderr
    assert stacks.run("exec", "-i", "stage", "--", "terraform", "x", status=0)
    assert len(shims.notes()) == 1


def test_a_shim_keeps_process_status_and_signals(stacks: World, shims: Tools):
    assert stacks.program("terraform", "plan", env={"STATUS": "3"}).status == 3
    process = subprocess.Popen(
        ["terraform", "wait"],
        executable=str(stacks.root / "shims/terraform"),
        env=stacks.variables(),
        cwd=stacks.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ran terraform\n"
    notes = shims.notes()
    assert notes[-1].pid == process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == -signal.SIGTERM
    process.stdout.close()


def test_shims_are_listed_and_removed(stacks: World, shims: Tools):
    directory = str(stacks.root / "shims")
    listed = stacks.run("shims", "list", "--dir", directory, status=0)
    assert listed.stdout == f"{directory}/sops\n{directory}/terraform\n"
    assert listed.stderr == ""
    stacks.run("shims", "remove", "--dir", directory, "terraform", status=0)
    assert "there is no shim" in stacks.said("shims", "remove", "--dir", directory, "terraform")
    stacks.program("terraform", "plan")
    assert shims.only().identity is None
    stacks.run("shims", "remove", "--dir", directory, status=0)
    assert os.listdir(directory) == []


def test_a_program_that_is_there_is_not_replaced_by_a_shim(stacks: World, tools: Tools):
    said = stacks.said("shims", "install", "--dir", str(tools.directory), "terraform")
    assert "is not a shim" in said
    assert not (tools.directory / "terraform").is_symlink()
    said = stacks.run("shims", "install", "kubectl", status=0).stderr
    assert "export PATH=" in said
    place = stacks.home / ".local/share/atmos-auth/shims/kubectl"
    assert os.readlink(place) == stacks.binary


def test_a_short_name_for_us_is_no_shim(stacks: World):
    (stacks.root / "aa").symlink_to(stacks.binary)
    answer = stacks.program(str(stacks.root / "aa"), "list", "--identities")
    assert answer.status == 0, str(answer)
    assert "dev-admin" in answer.stdout


# ---- tools that tools start


@pytest.fixture
def nested(stacks: World, tools: Tools) -> Tools:
    """terragrunt by its wrapper, and a shim of tofu, which it starts."""
    tools.add("terragrunt")
    directory = stacks.root / "shims"
    stacks.run("shims", "install", "--dir", str(directory), "tofu", status=0)
    assert (directory / "tofu").exists()
    stacks.environment["PATH"] = f"{directory}:{stacks.environment['PATH']}"
    return tools


def test_what_terragrunt_starts_gets_what_terragrunt_gives_it(stacks: World, nested: Tools):
    stack = stacks.select("stack", "dev-admin")
    stacks.run("allow", cwd=stack, status=0)
    # As terragrunt does once it has assumed a role.
    then = {"THEN": "AWS_ACCESS_KEY_ID=role AWS_PROFILE=gone tofu plan"}
    wrapped(stacks, "terragrunt", "plan", cwd=stack, env=then, status=0)
    outer, inner = nested.notes()
    assert outer.identity == "dev-admin"
    assert inner.environment["AWS_ACCESS_KEY_ID"] == "role"
    assert inner.identity == "gone"


@pytest.mark.parametrize(
    ("outer", "inner", "is_looked_at"),
    [
        ("plan", "plan", False),
        ("apply", "apply", False),
        ("apply", "plan", False),
        ("plan", "apply", True),
        ("plan", "frob", True),
    ],
)
def test_for_more_it_is_looked_at_again(stacks: World, nested: Tools, outer, inner, is_looked_at):
    stack = stacks.select("stack", "dev-admin")
    stacks.run("allow", cwd=stack, status=0)
    then = {"THEN": f"AWS_PROFILE=inner tofu {inner}"}
    wrapped(stacks, "terragrunt", outer, cwd=stack, env=then, status=0)
    assert nested.notes()[1].identity == ("dev-admin" if is_looked_at else "inner")


@pytest.mark.parametrize(
    ("mark", "is_looked_at"),
    [
        ("1 2 {pid} - dev-admin", False),
        ("1 1 {pid} - dev-admin", True),
        ("1 2 {pid} - other", True),
        ("1 2 {pid} 2020-01-01T00:00:00Z dev-admin", True),
        ("1 2 {pid} 2999-01-01T00:00:00Z dev-admin", False),
        ("1 2 4194304 - dev-admin", True),
        ("yes", True),
        ("", True),
    ],
)
def test_a_mark_says_who_what_and_until_when(stacks: World, nested: Tools, mark, is_looked_at):
    variables = {
        "ATMOS_IDENTITY": "dev-admin",
        "AWS_PROFILE": "inner",
        "__ATMOS_AUTH_TOOL": mark.format(pid=os.getpid()),
    }
    stacks.program("tofu", "apply", env=variables)
    assert nested.only().identity == ("dev-admin" if is_looked_at else "inner")


def test_a_role_that_an_identity_has_is_that_identity(world: World, sts):
    service = sts()
    against(world, service)
    tools = Tools(world, "terragrunt")
    arn = "arn:aws:iam::210987654321:role/deploy"
    for words, variables in (
        (["plan", "--iam-assume-role", arn], {}),
        (["--terragrunt-iam-role=" + arn, "plan"], {}),
        (["plan"], {"TG_IAM_ASSUME_ROLE": arn, "TERRAGRUNT_IAM_ROLE": "arn:x"}),
        (["plan"], {"TERRAGRUNT_IAM_ROLE": arn, "ATMOS_IDENTITY": "base"}),
    ):
        answer = wrapped(world, "terragrunt", *words, env=variables, status=0)
        assert answer.stderr == ""
        note = tools.only()
        assert note.identity == "deploy"
        assert note.arguments == [b"plan"]
        assert not [name for name in note.environment if "IAM_" in name]


def test_a_role_that_no_identity_has_is_left_to_terragrunt(stacks: World, nested: Tools):
    arn = "arn:aws:iam::999999999999:role/other"
    words = ["terragrunt", "plan", "--iam-assume-role", arn]
    answer = wrapped(stacks, *words, env={"ATMOS_IDENTITY": "stage"}, status=0)
    assert "assumes it itself" in answer.stderr
    note = nested.only()
    assert note.identity == "staging-admin"
    assert note.arguments == [b"plan", b"--iam-assume-role", arn.encode()]
    token = {"TG_IAM_ASSUME_ROLE": arn, "TG_IAM_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "t"}
    answer = wrapped(stacks, "terragrunt", "plan", env=token, status=0)
    assert answer.stderr == ""
    assert nested.only().environment["TG_IAM_ASSUME_ROLE"] == arn


# ---- the real tools

CALLER = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]


def test_the_real_aws_cli_by_a_wrapper_and_a_shim(chain: World):
    stack = chain.select("stack", "deploy")
    chain.run("allow", cwd=stack, status=0)
    answer = wrapped(chain, tool("aws"), *CALLER, cwd=stack, status=0)
    assert ":assumed-role/deploy/" in answer.stdout
    directory = chain.root / "shims"
    chain.run("shims", "install", "--dir", str(directory), "aws", status=0)
    path = f"{directory}:{pathlib.Path(tool('aws')).parent}:{chain.variables()['PATH']}"
    answer = chain.program("env", "aws", *CALLER, cwd=stack, env={"PATH": path})
    assert ":assumed-role/deploy/" in answer.stdout, str(answer)
    assert chain.program("env", "aws", "--version", cwd=stack, env={"PATH": path}).status == 0


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_the_real_terraform_by_a_shim(chain: World):
    """A resource of terraform's own, which asks AWS who it is when it is made."""
    stack = chain.select("stack", "deploy")
    chain.run("allow", cwd=stack, status=0)
    (stack / "main.tf").write_text(
        'resource "terraform_data" "x" {\n'
        '  provisioner "local-exec" {\n'
        f'    command = "{tool("aws")} {" ".join(CALLER)}"\n'
        "  }\n}\n"
    )
    directory = chain.root / "shims"
    chain.run("shims", "install", "--dir", str(directory), "terraform", status=0)
    terraform = pathlib.Path(shutil.which("terraform") or "").parent
    path = f"{directory}:{terraform}:{chain.variables()['PATH']}"

    def run(*words: str, where=stack, **variables: str):
        return chain.program(
            "env", "terraform", *words, cwd=where, env={"PATH": path, **variables}, timeout=120
        )

    assert run("init", "-no-color").status == 0
    assert run("plan", "-no-color", "-out=p").status == 0
    applied = run("apply", "-no-color", "p")
    assert applied.status == 0, str(applied)
    assert ":assumed-role/deploy/" in applied.stdout
    # From elsewhere, told where to work; and the variable that makes it another command.
    told = run(f"-chdir={stack}", "apply", "-no-color", "-auto-approve", where=chain.root)
    assert told.status == 0, str(told)
    changed = run(
        where=stack, TF_CLI_ARGS="apply -auto-approve -no-color -replace=terraform_data.x"
    )
    assert ":assumed-role/deploy/" in changed.stdout, str(changed)
    refused = chain.select("closed", "base")
    assert run("plan", where=refused).status == 77
    assert run("version", where=refused).status == 0
    assert run("fmt", "-check", where=refused).status == 0
