"""Roles, codes and sessions in the REPL, and why a session is made."""

from __future__ import annotations

import contextlib
import os
import signal
import stat

import pexpect
import pytest

from identity_center_world import against
from mock_world import STACKS, single
from repl_terminal import PROMPTED, ReplTerminal, history, left
from secret_scan import ProcessWatch, assert_nowhere
from waiting import wait_for
from world import World

ROLE = "arn:aws:iam::123456789012:role/Deploy"
NEXT = "arn:aws:iam::210987654321:role/ops/Audit"

MFA = """\
auth:
  realm: e2e
  identities:
    me:
      kind: mock/aws
      spec: {mfa: true, lifetime: 12h}
    dev:
      kind: mock/aws
      via: {identity: me}
      principal: {account: {id: 111122223333}, region: eu-west-1}
"""

USER = """\
auth:
  realm: e2e
  identities:
    engineer:
      kind: aws/user
      default: true
      credentials: {region: us-east-1}
"""


@pytest.fixture
def engineer(world: World, sts):
    """An IAM user at the strict STS; roles are assumed on top."""
    server = sts()
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    world.configure(USER)
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    return world, server


# Roles


def test_assume_chain_pop_and_save(engineer):
    world, server = engineer
    with ReplTerminal(world) as repl:
        shown = repl.say(f"assume {ROLE} --duration 2h --external-id ab-1")
        assert f"Assumed {ROLE} for 2h" in shown.replace("1h59m", "2h")
        assert "Deploy" in repl.prompt() and "engineer" in repl.prompt()
        repl.say(f"assume {NEXT} --region eu-west-1")
        assert "Audit" in repl.prompt()
        links = repl.say("chain")
        assert links.index("engineer") < links.index("Deploy") < links.index("Audit")
        assert NEXT in links and left(links)
        who = repl.say("whoami")
        assert "assumed-role/Audit" in who and "210987654321" in who
        assert '"identity": "Audit"' in repl.say("whoami -o json")
        told = repl.say(
            "!echo $AWS_ACCESS_KEY_ID ${ATMOS_IDENTITY-none} $AWS_REGION ${AWS_PROFILE-none}"
        )
        assert "ASIA" in told and "none eu-west-1 none" in told and "do not renew" in told
        assert "export AWS_SESSION_TOKEN=" in repl.say("env")
        assert "`save NAME` makes it an identity" in repl.say("keep")
        saved = repl.say("save audit")
        path = world.repository / ".atmos.d/audit.yaml"
        assert str(path) in saved.replace("\n", "")
        assert "identity `audit` already exists" in repl.say("save Audit")
        repl.say("pop")
        assert "Audit" not in repl.prompt() and "Deploy" in repl.prompt()
        repl.say("pop")
        assert "Deploy" not in repl.prompt()
        calls = server.calls()
        assert calls == {"GetSessionToken": 1, "AssumeRole": 2}, "sessions are used again"
        repl.say("login audit")
        assert "audit" in repl.prompt()
        assert "audit-1" in repl.say("chain")
    answer = world.run("validate", status=0)
    assert "valid" in answer.stdout + answer.stderr
    assert "external_id: ab-1" in path.read_text()
    assert world.configure(USER).read_text() == USER
    assert not any("--external-id" in line for line in history(world))
    # `env` showed them, as it is there to do.
    assert_nowhere(world, server.issued_secrets(), said=())


def test_a_role_that_refuses_is_not_on_top(engineer):
    world, _ = engineer
    with ReplTerminal(world) as repl:
        shown = repl.say("assume arn:aws:iam::123456789012:role/DeniedToAll")
        assert "error:" in shown and "AssumeRole" in shown
        assert "DeniedToAll" not in repl.prompt()
        repl.say(f"assume {ROLE}")
        repl.say("use none")
        repl.say("use -")
        assert "Deploy" not in repl.prompt(), "roles belong to who they stand on"


def test_what_is_asked_of_an_identity_is_asked_of_roles_on_top(engineer):
    world, _ = engineer
    world.configure(USER.replace("default: true", "default: true\n      protected: true"))
    question = "Type its name to go on: "
    with ReplTerminal(world) as repl:
        for who in ("use engineer", f"assume {ROLE}"):
            repl.say(who)
            for line in ("!terraform apply", "exec terraform apply"):
                repl.keys(f"{line}\r")
                repl.expect(question)
                repl.keys("no\r")
                assert "nothing was run" in repl.wait()
            assert "hello" in repl.say("!echo hello")


# Codes


def test_mfa_tells_its_age_and_asks_anew(world: World):
    world.configure(MFA)
    with ReplTerminal(world, "-i", "dev") as repl:
        assert "none yet" in repl.say("mfa --age")
        repl.keys("mfa\r")
        repl.expect("code")
        repl.keys("735291\r")
        assert "Second factor given" in repl.wait()
        assert "ago" in repl.say("mfa --age")
        assert "asks" not in repl.say("why")
        assert "second factor" not in repl.say("time"), "dev's own session asked nobody"
        repl.say("use me")
        assert "second factor" in repl.say("time")
    world.configure(STACKS)
    with ReplTerminal(world, "-i", "dev-admin") as repl:
        assert "asks for a second factor" in repl.say("mfa")


def test_the_devices_commands_are_there_too(world: World):
    world.configure(MFA)
    with ReplTerminal(world, "-i", "dev") as repl:
        assert "No identity names an MFA device" in repl.say("mfa status")
        assert "zbarimg" in repl.say("help mfa add")
        assert "--age" in repl.say("help mfa")
        repl.keys("mfa unre\t")
        repl.expect("mfa unregister ")
        repl.keys("\x15mfa add --repl\t")
        repl.expect("mfa add --replace ")
        repl.keys("\x03")


def test_a_login_is_interrupted_and_the_repl_goes_on(world: World):
    world.configure(MFA)
    with ReplTerminal(world, "-i", "dev") as repl:
        repl.keys("login\r")
        repl.expect("code")
        repl.keys("\x03")
        assert "stopped" in repl.wait() or "interrupted" in repl.raw
        assert "a new session" in repl.say("why")


def test_a_login_in_the_browser_is_interrupted_and_tried_again(world: World, center):
    server = center()
    against(world, server)
    with ReplTerminal(world) as repl:
        repl.keys("login --no-browser\r")
        server.wait_for("CreateToken", 1)
        repl.keys("\x03")
        assert "interrupted" in repl.wait()
        repl.keys("login --no-browser\r")
        server.wait_for("StartDeviceAuthorization", 2)
        repl.child.expect(r"user_code=([A-Z0-9-]+)")
        server.tell("/__approve", {"user_code": repl.child.match.group(1)})
        assert "Authentication successful" in repl.wait()
        assert "dev" in repl.prompt() and "permission-set" in repl.say("chain")
        assert "the existing session will be used" in repl.say("why")


def test_ctrl_c_ends_a_wait_for_the_network(world: World, sts):
    server = sts(latency=600)
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    world.configure(USER)
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    with ReplTerminal(world) as repl:
        repl.keys("login\r")
        wait_for(server.calls, "nothing was asked")
        repl.keys("\x03")
        assert "interrupted" in repl.wait()
        assert "engineer" in repl.say("why")


def test_a_code_is_nowhere(world: World):
    world.configure(MFA)
    with ProcessWatch() as watch, ReplTerminal(world, "-i", "dev") as repl:
        repl.keys("login\r")
        repl.expect("code")
        repl.keys("735291\r")
        assert "Authentication successful" in repl.wait()
        # Typed too late, as a line: neither this nor any other line with a code is kept.
        repl.say("735292")
        repl.say("!echo 735293 >/dev/null")
        repl.say(" whoami")
        repl.say("whoami")
        repl.keys("\x1b[A\x1b[A")
        repl.expect("login")
        repl.keys("\x03")
        repl.wait()
    assert history(world) == ["login", "whoami"]
    mode = stat.S_IMODE((world.state / "repl-history").stat().st_mode)
    assert mode == 0o600
    for file in world.files():
        assert b"73529" not in file.read_bytes(), file
    assert not [line for line in watch.seen if "735291" in line]


def test_a_crash_leaves_no_core(world: World):
    world.configure(MFA)

    def crash(*command: str) -> tuple[int | None, bool]:
        repl = ReplTerminal(
            world,
            "-c",
            'ulimit -c unlimited; exec "$@"',
            "sh",
            *command,
            program="/bin/sh",
            env={"SWIFT_BACKTRACE": "enable=no"},
        )
        with contextlib.suppress(pexpect.EOF):
            repl.child.expect_exact(PROMPTED)
            repl.child.kill(signal.SIGSEGV)
            repl.child.expect(pexpect.EOF)
        repl.child.wait()
        return repl.child.signalstatus, os.WCOREDUMP(repl.child.status)

    assert crash("sh", "-c", "kill -SEGV $$") == (signal.SIGSEGV, True), "cores can be written here"
    assert crash(world.binary, "repl") == (signal.SIGSEGV, False)


def test_the_prompt_tells_the_time_left_of_a_session_in_memory(stacks: World):
    stacks.environment["ATMOS_KEYRING_TYPE"] = "memory"
    with ReplTerminal(stacks) as repl:
        repl.say("login dev-admin")
        assert left(repl.prompt()), repl.prompt()
        repl.say("logout")
        assert not left(repl.prompt()), repl.prompt()


def test_keys_of_a_memory_keyring_last_as_long_as_the_repl(world: World):
    world.configure(single())
    with ReplTerminal(world, env={"ATMOS_KEYRING_TYPE": "memory"}) as repl:
        repl.say("login")
        assert "Identity" in repl.say("whoami") and "There is no session" not in repl.raw
    assert not list((world.state / "sessions").rglob("*.session"))


# why


def test_why_outside_the_repl(stacks: World):
    answer = stacks.run("why", "dev-admin", status=0)
    assert "a new session, which lasts 1h; you are not asked" in answer.stdout
    assert "sandbox" in answer.stdout
    stacks.run("login", "dev-admin", status=0)
    assert "the existing session will be used" in stacks.run("why", "dev-admin", status=0).stdout
    stacks.configure(MFA)
    answer = stacks.run("why", "dev", status=0)
    assert "asks for a code of mock" in answer.stdout


def test_why_tells_the_cap_of_chained_roles(world: World):
    world.configure(f"""\
auth:
  realm: e2e
  identities:
    me: {{kind: aws/user, credentials: {{webflow_enabled: false}}}}
    base:
      kind: aws/assume-role
      via: {{identity: me}}
      principal: {{assume_role: "{ROLE}", duration: 4h}}
    deploy:
      kind: aws/assume-role
      via: {{identity: base}}
      principal: {{assume_role: "{NEXT}", duration: 4h}}
""")
    answer = world.run(
        "why", "deploy", status=0, env={"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"}
    )
    lines = answer.stdout.splitlines()
    assert "lasts 12h" in lines[2]
    assert "lasts 4h" in lines[3] and "at most" not in lines[3]
    assert "lasts 1h; a role assumed from a role lasts 1h at most" in lines[4]
    assert NEXT in lines[4]
