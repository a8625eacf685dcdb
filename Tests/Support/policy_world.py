"""A role behind a user with a device at the strict STS, and a terraform that tells what it got."""

from __future__ import annotations

import json
import re

from mfa_world import DEVICE, Coded, code
from terminal import Terminal
from waiting import wait_for
from world import Answer

DEPLOY = "arn:aws:iam::123456789012:role/deploy"

#: Short windows, so that a test that needs two codes does not wait for half a minute; long enough
#: for a code to arrive in one of the three that STS takes.
PERIOD = 6

STUB = """\
#!/bin/sh
echo "ran $(basename "$0") $*"
answer=$("$ATMOS_AUTH" credential-process -i deploy)
key=${answer#*'"AccessKeyId"'*'"'}
echo "key ${key%%\\"*}"
eval "${INSIDE:-:}"
"""


class Deployed:
    """Commands of a role, `deploy`, and what STS heard of them."""

    def __init__(self, coded: Coded, mfa: str = "", more: str = "") -> None:
        self.coded, self.world = coded, coded.world
        coded.register(period=PERIOD)
        self.world.environment["ATMOS_AUTH"] = self.world.binary
        for name in ("terraform", "deploy.sh"):
            path = coded.programs / name
            path.write_text(STUB)
            path.chmod(0o755)
        self.configure(mfa, more)

    def configure(self, mfa: str, more: str = "") -> None:
        """Gives the role a policy."""
        policy = f"      mfa: {mfa}\n" if mfa else ""
        self.world.configure(
            f"""\
auth:
  realm: mfa
  identities:
    jane:
      kind: aws/user
      credentials: {{mfa_arn: "{DEVICE}", region: us-east-1}}
    deploy:
      kind: aws/assume-role
      default: true
      via: {{identity: jane}}
      principal: {{assume_role: "{DEPLOY}"}}
{policy}{more}"""
        )

    def code(self) -> str:
        return code(period=PERIOD)

    def log_in(self) -> str:
        """Logs the person in as shells need it; the key that a shell gets."""
        for _ in range(5):
            answer = self.world.run("login", "-i", "jane", env={"ATMOS_AUTH_MFA_CODE": self.code()})
            if answer.status == 0:
                return self.shell_key()
            self.next_window()
        raise AssertionError(str(answer))

    def shell_key(self) -> str:
        """The key that anything outside of a command gets."""
        return self.world.run("credential-process", "-i", "deploy", status=0).json()["AccessKeyId"]

    def at_terminal(self, *command: str, **variables: str) -> Terminal:
        """Runs a command by `exec` in a terminal."""
        return Terminal(self.world, "exec", "-i", "deploy", "--", *command, env=variables)

    def alone(self, *command: str, **variables: str) -> Answer:
        """The same where nobody can be asked."""
        return self.world.run("exec", "-i", "deploy", "--", *command, env=variables)

    def with_code(self, *command: str, **variables: str) -> str:
        """Runs it, types a code when asked, and returns all that was shown."""
        terminal = self.at_terminal(*command, **variables)
        self.type_code(terminal)
        terminal.wait(0)
        return terminal.shown

    def type_code(self, terminal: Terminal) -> None:
        """Types codes until one is taken that no other login had."""
        for _ in range(10):
            terminal.expect(r"Enter MFA code of \S+: ")
            terminal.child.sendline(self.code())
            terminal.expect(r"Authenticated with MFA|wait for the next one|not accepted")
            if b"Authenticated" in terminal.child.after.encode():
                return
            self.next_window()
        raise AssertionError(f"no code was taken:\n{terminal.shown}")

    def next_window(self) -> None:
        """Waits for the next window of the device."""
        used = self.code()
        wait_for(lambda: self.code() != used, "the next window")

    def key(self, shown: str) -> str:
        """The key that the program in a terminal got."""
        match = re.search(r"key (\w+)", shown)
        assert match, shown
        return match.group(1)

    def codes(self) -> int:
        """How many codes STS took."""
        return sum(
            1
            for entry in self.coded.log()
            if entry["action"] == "GetSessionToken" and entry["status"] == 200
        )

    def sessions(self) -> list[str]:
        """The names of the role's sessions, in order."""
        return [
            entry["session"]
            for entry in self.coded.log()
            if entry["action"] == "AssumeRole" and entry["status"] == 200
        ]

    def role(self, **more) -> None:
        """Tells STS more of the role."""
        self.coded.server._server.post("/__roles", json.dumps({"arn": DEPLOY} | more).encode())
