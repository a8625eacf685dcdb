"""The log: what is done and why, for who looks for a fault."""

from __future__ import annotations

import re
import stat

import pytest

from mock_world import single
from services import against
from world import World

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \d+ (TRCE|DEBU|INFO|WARN|ERRO) ")


def logged(text: str) -> list[str]:
    """The lines of the log in a text, without moment, process and level."""
    return [line[match.end() :] for line in text.splitlines() if (match := LINE.match(line))]


def test_debug_tells_each_step_of_a_chain(world: World, sts):
    server = sts()
    against(world, server)
    answer = world.run("credential-process", "--logs-level", "debug", status=0)
    assert answer.json()["Version"] == 1, "standard output is data only"
    lines = logged(answer.stderr)
    assert [line for line in lines if line.startswith("an identity is chosen")] == [
        "an identity is chosen by=default identity=deploy"
    ]
    assert "a keyring is chosen keyring=file" in lines
    assert "a session is needed from=engineer through=deploy" in lines
    calls = [line for line in lines if line.startswith("a service answered")]
    assert [re.search(r"operation=(\w+)", line)[1] for line in calls] == [
        "GetSessionToken",
        "AssumeRole",
        "AssumeRole",
    ]
    assert all(f"service={server.url}" in line and "status=200" in line for line in calls)
    assert [line.split("link=")[1] for line in lines if line.startswith("a session was given")] == [
        "engineer",
        "base",
        "deploy",
    ]
    again = logged(world.run("credential-process", "--logs-level", "debug", status=0).stderr)
    assert not [line for line in again if "service" in line]


def test_debug_tells_why_a_request_is_sent_again(world: World):
    world.environment["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:9"
    world.configure("""\
auth:
  identities:
    user:
      kind: aws/user
      default: true
      credentials: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: a-secret-key}
""")
    answer = world.run("login", "--logs-level=Debug", status=69)
    again = [line for line in logged(answer.stderr) if line.startswith("the request is sent again")]
    assert len(again) == 2
    assert all("connection refused" in line for line in again)
    assert "a-secret-key" not in answer.stderr


def test_a_session_of_another_definition_is_told(world: World):
    world.configure(single())
    world.run("login", status=0)
    world.configure(single().replace("region: eu-west-1", "region: eu-west-2"))
    answer = world.run("login", "--logs-level", "debug", status=0)
    assert [line for line in logged(answer.stderr) if "of another definition" in line]


@pytest.mark.parametrize(
    ("options", "variable", "settled", "speaks"),
    [
        ([], None, None, False),
        (["--logs-level", "debug"], None, None, True),
        ([], "Debug", None, True),
        ([], None, "Debug", True),
        ([], "Info", "Debug", False),
        (["--logs-level", "warn"], "Trace", "Debug", False),
        (["--logs-level", "Off"], "Trace", None, False),
        (["--logs-level", "trace"], "off", None, True),
        ([], "no level", None, False),
    ],
)
def test_the_nearest_level_counts(
    world: World,
    options: list[str],
    variable: str | None,
    settled: str | None,
    speaks: bool,
):
    text = single()
    if settled:
        text = text.replace("auth:\n", f"auth:\n  logs: {{level: {settled}}}\n", 1)
    world.configure(text)
    answer = world.run("login", *options, env={"ATMOS_LOGS_LEVEL": variable}, status=0)
    assert bool(logged(answer.stderr)) == speaks
    assert logged(answer.stdout) == []
    # What a log would have said is said whenever it is asked for.
    assert logged(world.run("login", "--logs-level", "debug", status=0).stderr)


@pytest.mark.parametrize("by_option", [True, False])
def test_a_file_takes_the_log(world: World, by_option: bool):
    world.configure(single())
    file = world.root / "the log"
    options = ["--logs-file", str(file)] if by_option else []
    env = {"ATMOS_LOGS_LEVEL": "debug", "ATMOS_LOGS_FILE": None if by_option else str(file)}
    answer = world.run(*options, "login", env=env, status=0)
    assert logged(answer.stderr) == []
    first = file.read_text()
    assert logged(first)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    world.run(*options, "login", env=env, status=0)
    assert file.read_text().startswith(first)
    assert len(file.read_text()) > len(first)


def test_a_file_that_takes_nothing_stops_nothing(world: World):
    world.configure(single())
    answer = world.run(
        "login", "--logs-level", "debug", "--logs-file", str(world.root / "no" / "where"), status=0
    )
    assert logged(answer.stderr)
    assert answer.stderr.count("the log is written here: cannot write") == 1
    assert "Authentication successful" in answer.stderr


def test_a_word_in_the_repl_has_a_log_of_its_own(world: World):
    world.configure(single())
    file = world.root / "log"
    answer = world.run("repl", stdin=f"login dev --logs-level debug --logs-file {file}\nwhoami\n")
    assert "link=dev" in file.read_text()
    assert logged(answer.stderr) == []
