"""Data on stdout, words for people on stderr, documented statuses, no question to nobody."""

from __future__ import annotations

import json
import os
import pathlib
import pwd
import signal

import pytest

from mock_world import STACKS, single
from programs import tool
from world import World

#: Commands without commands below them; `user` has some.
COMMANDS = (
    *("login", "logout", "whoami", "list", "validate", "env", "exec", "shell"),
    *("credential-process", "use", "allow", "deny", "revoke", "prune", "status"),
    *("hook", "completion"),
)


def test_without_a_command_the_usage_is_shown(world: World):
    answer = world.run()
    assert answer.status in (0, 64)
    assert "login" in answer.stdout + answer.stderr


def test_help_is_data_and_succeeds(world: World):
    answer = world.run("--help", status=0)
    assert "USAGE" in answer.stdout and answer.stderr == ""
    for command in (*COMMANDS, "user"):
        assert f"\n  {command}" in answer.stdout, command


def test_a_program_without_the_dashes_is_told_about_them(world: World):
    answer = world.run("exec", "aws", "s3", "ls", status=64)
    assert "stand after `--`" in answer.stderr
    assert "stand after" not in world.run("exec", "--what", "--", "true", status=64).stderr


@pytest.mark.parametrize("home", [None, "", "here"])
def test_without_a_home_the_account_s_own_is_meant(world: World, home: str | None):
    world.configure(single("1h"))
    roots = {
        f"XDG_{name}_HOME": str(world.root / name) for name in ("CONFIG", "DATA", "CACHE", "STATE")
    }
    answer = world.run(
        "exec", "--", "/bin/sh", "-c", 'echo "$HOME"', env={"HOME": home, **roots}, status=0
    )
    assert answer.stdout == pwd.getpwuid(os.geteuid()).pw_dir + "\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(world: World, command: str):
    answer = world.run(command, "--help", status=0)
    assert "USAGE" in answer.stdout and answer.stderr == ""
    assert len(answer.stdout.splitlines()) > 4


def test_version_is_one_line(world: World):
    answer = world.run("--version", status=0)
    assert len(answer.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "Unknown command"),
        (["list", "--nope"], "--nope"),
        (["list", "--format", "pdf"], "pdf"),
        (["hook", "tcsh"], "tcsh"),
        (["completion", "tcsh"], "tcsh"),
        (["exec", "-i", "dev-admin"], "no command specified"),
        (["use", "a", "b"], "b"),
    ],
)
def test_usage_errors_exit_64_with_empty_stdout(world: World, arguments: list[str], words: str):
    world.configure(STACKS)
    answer = world.run(*arguments)
    assert answer.status == 64, str(answer)
    assert answer.stdout == ""
    assert words in answer.stderr


def test_an_unknown_command_names_the_nearest_one(world: World):
    assert "login" in world.run("logni").stderr


@pytest.mark.parametrize(
    "command",
    [
        ["login"],
        ["whoami"],
        ["env"],
        ["exec", "--", "true"],
        ["credential-process"],
        ["use", "--shell", "bash"],
    ],
)
def test_an_unknown_identity_exits_64_and_lists_near_names(world: World, command: list[str]):
    world.configure(STACKS)
    name = ["dev-admn"] if command[0] == "use" else []
    flag = [] if command[0] == "use" else ["--identity", "dev-admn"]
    answer = world.run(command[0], *flag, *command[1:], *name)
    assert answer.status == 64, str(answer)
    assert answer.stdout == ""
    assert "identity not found" in answer.stderr
    assert "dev-admin" in answer.stderr, "the near name is the most useful thing to say"


def test_no_default_identity_without_a_terminal_asks_nobody(world: World):
    world.configure(STACKS)
    answer = world.run("login")
    assert answer.status == 77, str(answer)
    assert "--identity" in answer.stderr or "ATMOS_IDENTITY" in answer.stderr


def test_choosing_without_a_terminal_is_refused(world: World):
    world.configure(STACKS)
    answer = world.run("login", "--identity")
    assert answer.status == 77, str(answer)
    assert "interactive identity selection" in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize("word", ["false", "0", "no", "off", "FALSE"])
def test_identity_can_be_switched_off_for_exec(world: World, word: str):
    world.configure(single())
    answer = world.run("exec", "--", "/usr/bin/env", env={"ATMOS_IDENTITY": word}, status=0)
    assert "HOME=" in answer.stdout
    assert "AWS_PROFILE" not in answer.stdout
    by_flag = world.run("exec", f"--identity={word}", "--", "/usr/bin/env", status=0)
    assert "AWS_PROFILE" not in by_flag.stdout


def test_the_flag_beats_the_environment(world: World):
    world.configure(STACKS)
    answer = world.run(
        "exec",
        "--identity",
        "dev-admin",
        "--",
        "/usr/bin/env",
        env={"ATMOS_IDENTITY": "staging-admin"},
        status=0,
    )
    assert "ATMOS_IDENTITY=dev-admin" in answer.stdout


def test_an_alias_is_accepted_wherever_a_name_is(world: World):
    world.configure(STACKS)
    answer = world.run("exec", "-i", "stage", "--", "/usr/bin/env", status=0)
    assert "ATMOS_IDENTITY=staging-admin" in answer.stdout


def test_a_mock_code_without_a_terminal_needs_a_person(world: World):
    world.configure(single().replace("{lifetime: 1h}", "{lifetime: 1h, mfa: true}"))
    answer = world.run("login")
    assert answer.status == 77, str(answer)
    assert answer.stdout == ""
    assert "terminal" in answer.stderr.lower()


def test_a_service_that_is_not_there_exits_69(world: World):
    world.environment["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:9"
    world.configure("""
        auth:
          realm: e2e
          identities:
            engineer: {kind: aws/user, default: true, credentials: {region: us-east-1}}
        """)
    world.store_keys("engineer", "AKIAEXAMPLEEXAMPLE00", "wJalr-not-a-real-key")
    answer = world.run("credential-process", timeout=120)
    assert answer.status == 69, str(answer)
    assert answer.stdout == ""
    assert "127.0.0.1:9" in answer.stderr


def test_bad_configuration_exits_78_and_names_the_place(world: World):
    world.configure("auth:\n  identities:\n    x: [not, a, mapping]\n")
    answer = world.run("login", "-i", "x")
    assert answer.status == 78, str(answer)
    assert answer.stdout == ""
    assert "atmos.yaml:3:8: identity `x` must be a map" in answer.stderr
    # A list shows what there is, and says that not all of it is right.
    answer = world.run("list", status=0)
    assert "atmos-auth validate" in answer.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["login"],
        ["env"],
        ["exec", "--", "true"],
        ["credential-process"],
        ["use", "--shell", "bash"],
    ],
)
def test_an_identity_that_is_not_right_is_never_used(world: World, command: list[str]):
    world.configure(STACKS + "    broken: {kind: aws/assume-role, via: {identity: dev-admin}}\n")
    name = ["broken"] if command[0] == "use" else ["--identity", "broken"]
    answer = world.run(command[0], *name, *command[1:])
    assert answer.status == 78, str(answer)
    assert answer.stdout == ""
    assert "broken" in answer.stderr
    world.run("login", "-i", "dev-admin", status=0)


def test_yaml_that_cannot_be_read_names_line_and_column(world: World):
    file = world.configure("auth:\n  identities:\n    x: 'unclosed\n")
    answer = world.run("list")
    assert answer.status == 78
    assert answer.stdout == ""
    assert f"{file}:3:8: not valid YAML" in answer.stderr


def test_a_kind_that_is_not_there_yet_says_so(world: World):
    world.configure("""
        auth:
          realm: e2e
          providers:
            sso: {kind: aws/saml, region: us-east-1, url: https://idp.example.com/app}
          identities:
            x:
              kind: aws/assume-role
              default: true
              via: {provider: sso}
              principal: {assume_role: "arn:aws:iam::111122223333:role/Admin"}
        """)
    assert world.run("validate", status=0)
    assert world.run("list", status=0)
    for command in (
        ["login"],
        ["env"],
        ["exec", "--", "true"],
        ["credential-process"],
        ["use", "x", "--shell", "bash"],
    ):
        answer = world.run(*command)
        assert answer.status == 78, str(answer)
        assert answer.stdout == ""
        assert "not supported yet" in answer.stderr


def test_a_missing_keyring_password_without_a_terminal_says_which_variable(world: World):
    world.configure(single())
    answer = world.run("login", env={"ATMOS_KEYRING_PASSWORD": None})
    assert answer.status == 77, str(answer)
    assert "ATMOS_KEYRING_PASSWORD" in answer.stderr


def test_errors_as_json_have_a_stable_code(world: World):
    world.configure(STACKS)
    answer = world.run("whoami", "--identity", "nope", "--output", "json")
    assert answer.status == 64
    assert answer.stdout == "" or json.loads(answer.stdout)


def test_human_text_goes_to_stderr_only(world: World):
    world.configure(single())
    login = world.run("login", status=0)
    assert login.stdout == ""
    assert "Authentication successful" in login.stderr
    assert world.run("validate", status=0).stdout in ("", "Authentication configuration is valid\n")


def test_no_escape_sequences_without_a_terminal(world: World):
    world.configure(STACKS)
    for arguments in (
        ["list"],
        ["list", "--format", "table"],
        ["login", "-i", "dev-admin"],
        ["whoami", "-i", "dev-admin"],
        ["validate"],
        ["--help"],
    ):
        answer = world.run(*arguments)
        assert answer.stdout or answer.stderr, str(answer)
        assert "\x1b" not in answer.stdout + answer.stderr, str(answer)


# exec


@pytest.mark.parametrize("status", [0, 1, 3, 77, 255])
def test_exec_returns_the_status_of_the_child(world: World, status: int):
    world.configure(single())
    answer = world.run("exec", "--", "/bin/sh", "-c", f"echo ran; exit {status}", status=status)
    assert answer.stdout == "ran\n"


@pytest.mark.parametrize("name", ["TERM", "KILL", "HUP"])
def test_exec_reports_a_signal_as_128_and_its_number(world: World, name: str):
    world.configure(single())
    number = getattr(signal, f"SIG{name}")
    answer = world.run("exec", "--", "/bin/sh", "-c", f"kill -{name} $$")
    # A wrapper that became its child dies of the signal itself; a shell shows the same number.
    assert answer.status in (128 + number, -number), str(answer)


def test_exec_says_127_for_a_command_that_is_not_there(world: World):
    world.configure(single())
    answer = world.run("exec", "--", "no-such-command-anywhere")
    assert answer.status == 127
    assert "no-such-command-anywhere" in answer.stderr


def test_exec_says_126_for_a_file_that_cannot_be_executed(world: World):
    world.configure(single())
    file = world.write("plain.txt", "text\n")
    answer = world.run("exec", "--", str(file))
    assert answer.status == 126, str(answer)


@pytest.mark.parametrize("text", ["no first line for the kernel\n", "#!/no/such/interpreter\n"])
def test_exec_says_126_for_a_file_that_the_kernel_refuses(world: World, text: str):
    world.configure(single())
    file = world.write("script", text, mode=0o755)
    answer = world.run("exec", "--", str(file))
    assert answer.status == 126, str(answer)
    assert f"cannot start {file}" in answer.stderr


def test_exec_passes_signals_on_to_the_child(world: World):
    world.configure(single())
    marker = world.temporary / "caught"
    process = world.start(
        "exec",
        "--",
        "/bin/sh",
        "-c",
        f'trap "echo caught > {marker}; exit 7" TERM; echo ready; while :; do sleep 0.05; done',
    )
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 7
    assert marker.read_text() == "caught\n"


def test_exec_hands_its_arguments_over_untouched(world: World):
    world.configure(single())
    words = ["a b", "$HOME", "*", "", "-x", "--identity", "it's", "--", "line\nbreak"]
    answer = world.run(
        "exec",
        "--",
        tool("python"),
        "-c",
        "import json, sys; print(json.dumps(sys.argv[1:]))",
        *words,
        status=0,
    )
    assert answer.json() == words


def test_exec_leaves_no_process_and_no_open_file_behind(world: World):
    world.configure(single())
    world.run("login", status=0)
    answer = world.run(
        "exec",
        "--",
        tool("python"),
        "-c",
        "import os; print([f for f in os.listdir('/proc/self/fd')])",
        status=0,
    )
    # 0, 1, 2 and the directory that listdir itself has open.
    assert len(eval(answer.stdout)) == 4, answer.stdout


def test_exec_refuses_to_start_with_too_little_time_left(world: World):
    world.configure(single("10m"))
    answer = world.run("exec", "--min-validity", "1h", "--", "touch", "started")
    assert answer.status == 77, str(answer)
    assert not (world.repository / "started").exists()
    assert "10 min" in answer.stderr and "1 h" in answer.stderr


def test_the_identitys_own_variables_reach_the_child(world: World):
    world.configure(single(extra="      env: [{key: TF_VAR_who, value: me}]\n"))
    assert "TF_VAR_who=me" in world.run("exec", "--", "/usr/bin/env", status=0).stdout


def test_shell_starts_the_shell_with_the_identity(world: World):
    world.configure(single())
    answer = world.run("shell", "--shell", "/bin/sh", "--", "-c", 'echo "$ATMOS_IDENTITY"; exit 5')
    assert answer.status == 5, str(answer)
    assert answer.stdout == "dev\n"


def test_a_closed_stdout_is_not_a_crash(world: World):
    world.configure(STACKS)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        process = world.start("list", "--format", "json", stdout=nobody)
    assert process.wait(20) in (71, -signal.SIGPIPE, 128 + signal.SIGPIPE)
    assert b"Fatal error" not in process.stderr.read()


def test_a_full_stdout_is_an_error(world: World):
    world.configure(STACKS)
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with pathlib.Path("/dev/full").open("wb") as full:
        process = world.start("list", "--format", "json", stdout=full)
        assert process.wait(20) == 71


@pytest.mark.parametrize(
    "words",
    [
        ["login", "dev", "-i", "other"],
        ["login", "dev", "--tags", "x"],
        ["login", "dev", "-p", "sandbox"],
        ["login", "-i", "dev", "-p", "sandbox"],
        ["logout", "dev", "-i", "other"],
        ["logout", "-i", "dev", "--all"],
        ["logout", "-i", "dev", "-p", "sandbox"],
        ["use", "dev", "--auto"],
        ["use", "dev", "--tags", "x"],
        ["use", "dev", "-i", "other"],
    ],
)
def test_contradictions_are_refused(world: World, words: list[str]):
    world.configure(single())
    world.run("login", status=0)
    assert "mutually exclusive" in world.run(*words, status=64).stderr
    world.run("whoami", status=0)


def test_programs_run_where_chdir_says(world: World):
    world.configure(single())
    there = (world.repository / "there").resolve()
    there.mkdir()
    for option in (str(there), "there"):
        answer = world.run("exec", "-C", option, "--", "/bin/sh", "-c", "pwd; echo $PWD", status=0)
        assert answer.stdout.splitlines() == [str(there)] * 2
    answer = world.run("shell", "-C", "there", "--shell", "/bin/sh", "--", "-c", "pwd", status=0)
    assert answer.stdout.strip() == str(there)
    world.run("exec", "-C", "nowhere", "--", "pwd", status=64)


def test_a_command_to_type_means_the_same_configuration(world: World):
    world.configure(single())
    file = world.repository / "atmos.yaml"
    elsewhere = world.root / "else where"
    elsewhere.mkdir()
    answer = world.run("whoami", "--config", str(file), cwd=elsewhere, status=77)
    assert f"`atmos-auth login -i dev --config {file}`" in answer.stderr
    file.write_text("""\
auth:
  identities:
    user:
      kind: aws/user
      default: true
      credentials: {mfa_arn: "arn:aws:iam::123456789012:mfa/jane"}
""")
    world.store_keys("user", "AKIAIOSFODNN7EXAMPLE", "a-secret-key")
    answer = world.run("credential-process", "-C", str(world.repository), cwd=elsewhere, status=77)
    assert f"`atmos-auth login -i user --chdir {world.repository}` in a terminal" in answer.stderr
