"""Sessions that end unused, and runs that start with one that lasts."""

from __future__ import annotations

import pathlib
import time

import pytest

from mfa_world import SEED, Coded
from policy_world import PERIOD, Deployed
from waiting import wait_for


@pytest.fixture
def deploy(coded: Coded) -> Deployed:
    return Deployed(coded)


def _last_use(deploy: Deployed) -> pathlib.Path:
    return next((deploy.world.state / "used").glob("*/last"))


def _unused_since(deploy: Deployed, seconds: int) -> None:
    """Puts the last use back, as if so many seconds had passed."""
    _last_use(deploy).write_text(f"{int(time.time()) - seconds}\n")


# idle


def test_the_session_of_a_protected_identity_ends_when_it_is_not_used(deploy: Deployed):
    deploy.configure("", "      protected: true\n      idle: 30m\n")
    deploy.log_in()
    _unused_since(deploy, 1700)
    deploy.shell_key()
    _unused_since(deploy, 1900)
    answer = deploy.world.run("credential-process", "-i", "deploy", status=77)
    assert "was not used for 31m40s, so its session has ended" in answer.stderr
    assert "`atmos-auth login deploy`" in answer.stderr
    facts = next(deploy.world.state.rglob("sessions/mfa/deploy.facts")).read_text()
    assert " ended " in facts, "prompts see it"
    again = deploy.world.run("exec", "-i", "deploy", "--", "terraform", "plan")
    assert again.status == 77, "what renews by itself does not come back by itself"
    deploy.world.run("login", "deploy", status=0)
    deploy.shell_key()


def test_what_shows_sessions_knows_of_one_that_was_not_used(deploy: Deployed):
    deploy.configure("", "      protected: true\n      idle: 30m\n")
    deploy.log_in()
    assert "● deploy" in deploy.world.run("list", status=0).stdout
    assert "the existing session" in deploy.world.run("why", "deploy", status=0).stdout
    _unused_since(deploy, 1900)
    assert "○ deploy" in deploy.world.run("list", status=0).stdout
    assert "was not used for 31m" in deploy.world.run("why", "deploy", status=0).stdout
    assert "session has ended" in deploy.world.run("whoami", "-i", "deploy", status=77).stderr
    assert _last_use(deploy).exists(), "to look is no use"


def test_a_clock_that_was_set_back_keeps_no_session_in_use(deploy: Deployed):
    deploy.configure("", "      protected: true\n      idle: 30m\n")
    deploy.log_in()
    # Machines that share a home differ a little.
    _unused_since(deploy, -120)
    deploy.shell_key()
    _unused_since(deploy, -3600)
    answer = deploy.world.run("credential-process", "-i", "deploy", status=77)
    assert "the clock was set back since `deploy` was used" in answer.stderr


def test_an_identity_that_is_not_protected_has_no_idle_time(deploy: Deployed):
    deploy.configure("", "      idle: 1s\n")
    deploy.log_in()
    assert not (deploy.world.state / "used").exists()


def test_a_program_that_runs_uses_its_session(deploy: Deployed, tmp_path: pathlib.Path):
    deploy.configure("", "      protected: true\n      idle: 30m\n")
    deploy.log_in()
    go_on = tmp_path / "go-on"
    running = deploy.world.start(
        "exec",
        "-i",
        "deploy",
        "--",
        "terraform",
        "plan",
        env={"INSIDE": f"until [ -e {go_on} ]; do :; done"},
    )
    wait_for(lambda: list((deploy.world.state / "used").glob("*/*-*")), "the program's mark")
    _unused_since(deploy, 3600)
    deploy.shell_key()
    go_on.touch()
    running.communicate(timeout=60)
    _unused_since(deploy, 3600)
    deploy.world.run("credential-process", "-i", "deploy", status=77)


# Runs


def _ran_for(deploy: Deployed, seconds: int, times: int = 2) -> None:
    """Makes runs that began as long ago and asked for credentials a moment ago."""
    for _ in range(times):
        assert deploy.alone("terraform", "plan").status == 0
    now = int(time.time())
    for number, run in enumerate(sorted((deploy.world.state / "runs").glob("*/*"))):
        run.rename(run.with_name(f"{now - seconds - number}-{number + 1}"))


def test_a_run_starts_with_a_session_that_lasts_as_long_as_earlier_ones(deploy: Deployed):
    deploy.role(lifetime=20)
    deploy.log_in()
    _ran_for(deploy, 12)
    deploy.world.run("login", "deploy", status=0)
    began = time.time()
    key = deploy.shell_key()
    # Eighteen seconds are expected, and the session has less than that left, though enough for all
    # else: a fifth of it.
    wait_for(lambda: time.time() > began + 4, "a part of the session to pass")
    answer = deploy.alone("terraform", "plan")
    assert deploy.key(answer.stdout) != key and "warning" not in answer.stderr, str(answer)


def test_a_session_with_enough_left_is_used_as_it_is(deploy: Deployed):
    key = deploy.log_in()
    _ran_for(deploy, 600)
    answer = deploy.alone("terraform", "plan")
    assert deploy.key(answer.stdout) == key and "warning" not in answer.stderr, str(answer)


def test_a_role_that_cannot_last_so_long_is_told_of(deploy: Deployed):
    deploy.role(lifetime=900)
    deploy.log_in()
    _ran_for(deploy, 1200)
    answer = deploy.alone("terraform", "plan")
    assert answer.status == 0, str(answer)
    assert "warning: earlier runs here took about 20m" in answer.stderr
    other = deploy.alone("terraform", "show")
    assert "warning" not in other.stderr, "each command has runs of its own"


def test_a_session_that_renews_itself_needs_no_guard(deploy: Deployed):
    deploy.coded.add_seed(f"otpauth://totp/x?secret={SEED}&period={PERIOD}")
    deploy.shell_key()
    assert deploy.alone("terraform", "plan").status == 0
    assert not (deploy.world.state / "runs").exists()
