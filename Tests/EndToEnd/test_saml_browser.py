"""SAML with a browser that is driven: a real Chromium, and what remains of it."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import re
import signal
import stat

import pytest

from saml_world import ADMIN, PASSWORD, Pages, browsers, browsing, caller
from secret_scan import ProcessWatch, assert_nowhere
from terminal import Terminal
from waiting import wait_for
from world import World

ADMIN_ARN = "arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com"


@pytest.fixture
def signing_in(world: World, sts):
    """Starts the pages with options; ends them, and shows that no browser is left."""
    started: list[Pages] = []

    def start(*options: str, **more):
        server = sts()
        corp, pages = browsing(world, server, *options, **more)
        started.append(pages)
        return server, corp, pages

    yield start
    for pages in started:
        pages.stop()
    wait_for(lambda: not browsers(world), f"browsers are left: {browsers(world)}")


def forget_sessions(world: World) -> None:
    """Ends the sessions, and leaves the browser's profile alone."""
    for session in (world.state / "sessions").rglob("*.session"):
        session.unlink()


def log_in(world: World, pages: Pages, act: str = "sign-in", status: int = 0, **more) -> str:
    """A login with a person who does something; what the terminal showed."""
    pages.person(act, **more)
    terminal = Terminal(world, "login", "admin")
    terminal.wait(status)
    return terminal.shown


def test_the_response_is_caught_and_never_sent(world: World, signing_in):
    server, _, pages = signing_in()
    with ProcessWatch() as watch:
        shown = log_in(world, pages)
    assert "Sign in to `corp` in the browser window that opens" in shown
    assert caller(world, "admin") == ADMIN_ARN
    assert server.calls() == {"AssumeRoleWithSAML": 1}
    assert_nowhere(world, [*pages.given(), PASSWORD, *server.issued_secrets()], watch, said=[shown])
    [profile] = (world.state / "browser").iterdir()
    assert re.fullmatch(r"corp-[0-9a-f]{12}", profile.name)
    for directory in (world.state / "browser", profile, profile / "profile"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700, directory


def test_a_login_by_name_needs_no_terminal(world: World, signing_in):
    """As from an editor's task: a window is all it takes."""
    server, _, pages = signing_in()
    pages.person("sign-in")
    for words, variables in [
        (("login", "admin"), {"CI": "true"}),
        (("login", "admin"), {"ATMOS_INTERACTIVE": "false"}),
        (("login", "admin"), {"DISPLAY": None}),
        (("credential-process", "-i", "admin"), {}),
        (("exec", "-i", "admin", "--", "true"), {}),
    ]:
        world.run(*words, env=variables, status=77)
    assert pages.calls() == []
    answer = world.run("login", "admin", status=0)
    assert "in the browser window that opens" in answer.stderr and answer.stdout == ""
    assert server.calls() == {"AssumeRoleWithSAML": 1}


def test_a_browser_that_remembers_signs_in_without_a_window(world: World, signing_in):
    _, _, pages = signing_in()
    log_in(world, pages, remember=True)
    forget_sessions(world)
    # Without a terminal, and without a display.
    answer = world.run("login", "admin", env={"DISPLAY": None}, status=0)
    assert "window" not in answer.stderr
    assert [entry.get("known") for entry in pages.calls() if entry["action"] == "app"] == [
        False,
        True,
        True,
    ]
    assert all("Headless" not in entry.get("agent", "") for entry in pages.calls()[-1:])
    assert caller(world, "admin") == ADMIN_ARN


@pytest.mark.parametrize("scope", [("--provider", "corp"), ("--all",), ("--all-realms",)])
def test_logging_out_signs_out_in_the_browser_too(world: World, signing_in, scope: tuple):
    _, _, pages = signing_in()
    log_in(world, pages, remember=True)
    forget_sessions(world)
    world.run("credential-process", "-i", "admin", status=0)
    world.run("logout", *scope, status=0)
    assert not list((world.state / "browser").glob("*"))
    opened = pages.opened()
    assert "needs a login in a browser" in world.said(
        "credential-process", "-i", "admin", status=77
    )
    assert pages.opened() == opened


def test_one_that_was_forgotten_asks_again(world: World, signing_in):
    _, _, pages = signing_in()
    log_in(world, pages)
    forget_sessions(world)
    # The session of the pages ended with the browser.
    said = world.said("credential-process", "-i", "admin", status=77)
    assert "provider `corp` needs a login in a browser" in said
    assert pages.opened() == 3, "it was tried without a window once"
    assert "needs a login" in world.said("credential-process", "-i", "admin", status=77)
    assert pages.opened() == 3, "and not again"
    log_in(world, pages)
    assert caller(world, "admin") == ADMIN_ARN


def test_trap_53_a_window_that_the_page_opens(world: World, signing_in):
    _, _, pages = signing_in(more="")
    config = world.repository / "atmos.yaml"
    config.write_text(
        config.read_text().replace("--disable-gpu", "--disable-gpu, --disable-popup-blocking")
    )
    log_in(world, pages, "popup")
    assert caller(world, "admin") == ADMIN_ARN


def test_trap_54_a_large_response_is_caught_too(world: World, signing_in):
    """As that of somebody who has hundreds of roles; STS takes no longer one."""
    _, _, pages = signing_in(roles=500)
    with ProcessWatch() as watch:
        shown = log_in(world, pages)
    (response,) = pages.given()
    assert 80_000 < len(response) <= 100_000
    assert caller(world, "admin") == ADMIN_ARN
    assert_nowhere(world, [response], watch, said=[shown])


def test_a_window_that_is_closed_by_hand(world: World, signing_in):
    server, _, pages = signing_in()
    shown = log_in(world, pages, "close", status=77)
    assert "the browser window was closed before the sign-in to `corp` was complete" in shown
    assert "error:" not in shown, "the person wanted it so"
    assert server.calls() == {}


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_browser_outlives_the_login(world: World, signing_in, end: signal.Signals):
    _, _, pages = signing_in()
    terminal = Terminal(world, "login", "admin")
    wait_for(lambda: pages.opened() > 0, "no page was opened", 60)
    assert browsers(world)
    if end == signal.SIGINT:
        terminal.interrupt()
    else:
        terminal.child.kill(end)
    terminal.wait()
    wait_for(lambda: not browsers(world), "the browser is still there")
    # The profile is free for the next one, at once.
    log_in(world, pages)
    assert caller(world, "admin") == ADMIN_ARN


def test_a_browser_that_crashes(world: World, signing_in):
    _, _, pages = signing_in()
    terminal = Terminal(world, "login", "admin")
    wait_for(lambda: pages.opened() > 0, "no page was opened", 60)
    for entry in pathlib.Path("/proc").iterdir():
        line = command(entry) if entry.name.isdigit() else ""
        if str(world.state) in line and "--type=" not in line:
            os.kill(int(entry.name), signal.SIGKILL)
    terminal.wait(69)
    assert "the browser ended before the sign-in to `corp` was complete (signal 9)" in (
        terminal.shown
    )


def command(entry: pathlib.Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def test_without_a_display_the_response_is_pasted(world: World, signing_in):
    _, corp, pages = signing_in(is_windowed=False)
    terminal = Terminal(world, "login", "admin")
    terminal.answer("SAMLResponse (not shown): ", corp.response())
    terminal.wait(0)
    assert pages.opened() == 0
    # A display that is not there is found out by the browser.
    forget_sessions(world)
    terminal = Terminal(world, "login", "admin", env={"DISPLAY": ":77"})
    terminal.expect("no browser window can be shown")
    terminal.answer("SAMLResponse (not shown): ", corp.response())
    terminal.wait(0)


def test_no_browser_means_none(world: World, signing_in):
    _, corp, pages = signing_in()
    terminal = Terminal(world, "login", "admin", "--no-browser")
    terminal.answer("SAMLResponse (not shown): ", corp.response())
    terminal.wait(0)
    assert pages.opened() == 0


def test_a_page_that_is_not_there(world: World, signing_in):
    _, _, pages = signing_in()
    pages.stop()
    terminal = Terminal(world, "login", "admin")
    terminal.wait(69)
    assert "cannot open the page of provider `corp`: net::ERR_CONNECTION_REFUSED" in terminal.shown


def test_a_program_that_is_not_there(world: World, signing_in):
    signing_in()
    config = world.repository / "atmos.yaml"
    config.write_text(
        re.sub(r"browser_executable_path: .*", "browser_executable_path: /nowhere/chrome",
               config.read_text())
    )  # fmt: skip
    terminal = Terminal(world, "login", "admin")
    terminal.wait(78)
    assert "the browser /nowhere/chrome cannot be run" in terminal.shown


def test_fifty_processes_open_one_browser(world: World, signing_in):
    server, _, pages = signing_in()
    log_in(world, pages, remember=True)
    forget_sessions(world)
    before = pages.opened()
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(
                lambda _: world.run("credential-process", "-i", "admin", timeout=180), range(50)
            )
        )
    assert [answer.status for answer in answers] == [0] * 50, str(answers[0])
    assert pages.opened() == before + 1
    assert server.calls() == {"AssumeRoleWithSAML": 2}
    assert {entry["role"] for entry in server.log()} == {ADMIN}
