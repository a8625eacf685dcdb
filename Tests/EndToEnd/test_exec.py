"""`exec` and `shell`: the program gets the identity, and its end is ours."""

from __future__ import annotations

import signal

import pytest

from mock_world import single
from programs import tool
from world import World


def test_a_program_without_the_dashes_is_told_about_them(world: World):
    answer = world.run("exec", "aws", "s3", "ls", status=64)
    assert "put `--` before" in answer.stderr
    assert "put `--` before" not in world.run("exec", "--what", "--", "true", status=64).stderr


@pytest.mark.parametrize("word", ["false", "0", "no", "off", "FALSE"])
def test_identity_can_be_switched_off_for_exec(world: World, word: str):
    world.configure(single())
    answer = world.run("exec", "--", "/usr/bin/env", env={"ATMOS_IDENTITY": word}, status=0)
    assert "HOME=" in answer.stdout
    assert "AWS_PROFILE" not in answer.stdout
    by_flag = world.run("exec", f"--identity={word}", "--", "/usr/bin/env", status=0)
    assert "AWS_PROFILE" not in by_flag.stdout


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


@pytest.mark.parametrize("text", ["\0 for another machine\n", "#!/no/such/interpreter\n"])
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
    assert "lasts 10m" in answer.stderr and "the 1h asked for" in answer.stderr


def test_the_identitys_own_variables_reach_the_child(world: World):
    world.configure(single(extra="      env: [{key: TF_VAR_who, value: me}]\n"))
    assert "TF_VAR_who=me" in world.run("exec", "--", "/usr/bin/env", status=0).stdout


def test_shell_starts_the_shell_with_the_identity(world: World):
    world.configure(single())
    answer = world.run("shell", "--shell", "/bin/sh", "--", "-c", 'echo "$ATMOS_IDENTITY"; exit 5')
    assert answer.status == 5, str(answer)
    assert answer.stdout == "dev\n"


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
