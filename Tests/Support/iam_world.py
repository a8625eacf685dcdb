"""An IAM user in this project's strict IAM, and a keyring that a test can look into and stop."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys

from botocore.exceptions import ClientError

from programs import FAKES
from server import Server, free_port
from services import client
from waiting import PATIENCE, wait_for
from world import Answer, World

CONFIGURATION = """\
auth:
  realm: e2e
  keyring:
    type: command
    spec:
      read: [{python}, -IS, {script}, {store}, read]
      write: [{python}, -IS, {script}, {store}, write]
      remove: [{python}, -IS, {script}, {store}, remove]
      list: [{python}, -IS, {script}, {store}, list]
  identities:
    engineer: {{kind: aws/user, default: true}}
"""

#: What gives the engineer a device, and the device's serial number.
REGISTER = ("mfa", "register", "-i", "engineer")
DEVICE = "arn:aws:iam::123456789012:mfa/engineer"

# Entries are plain files, so that a test sees what is in them. With `plan` in the store, the number
# in it counts down with every change; at 0 the program that asked is killed, before the change or
# after it; no more is imported than that takes, since it is started a thousand times.
KEYRING = """\
import os, signal, sys
store, action, name = sys.argv[1], *sys.argv[2:4], *([""] * (4 - len(sys.argv)))
entry = os.path.join(store, name.replace("/", "%2F"))
plan = os.path.join(os.path.dirname(store), "plan")

def contents(path):
    with open(path, "rb") as file:
        return file.read()

def put(path, data):
    with open(path, "wb") as file:
        file.write(data)

def strike(moment):
    if os.path.exists(plan):
        count, when = contents(plan).decode().split()
        if when == moment:
            put(plan, f"{int(count) - 1} {when}".encode())
            if int(count) == 0:
                os.unlink(plan)
                os.kill(os.getppid(), signal.SIGKILL)
                sys.exit(1)

if action == "list":
    print(*[name.replace("%2F", "/") for name in os.listdir(store)], sep="\\n")
elif action == "read":
    sys.stdout.buffer.write(contents(entry))
else:
    value = sys.stdin.buffer.read() if action == "write" else b""
    strike("before")
    if action == "write":
        put(store + ".new", value)
        os.replace(store + ".new", entry)
    elif os.path.exists(entry):
        os.unlink(entry)
    strike("after")
"""


class StrictIAM:
    """This project's own IAM and STS, as a process."""

    def __init__(self, directory: pathlib.Path, *options: str) -> None:
        self.access_key_id = "AKIASTRICTSTRICT0001"
        self.secret_access_key = "the+secret/key+of+the+rotated/user="
        port = free_port()
        self._server = Server(
            [
                sys.executable,
                str(FAKES / "iam_fake.py"),
                "--port",
                str(port),
                "--access-key-id",
                self.access_key_id,
                "--secret-access-key",
                self.secret_access_key,
                *options,
            ],
            port,
            "/__calls",
            directory / f"iam-{port}.log",
        )
        self.url = self._server.url
        self.stop = self._server.stop

    def get(self, path: str):
        return json.loads(self._server.get(path))

    def post(self, path: str, data=None) -> None:
        self._server.post(path, json.dumps(data).encode())

    def fail(self, kind: str, action: str = "*", **more) -> None:
        self.post("/__faults", [{"kind": kind, "action": action, **more}])

    def policy(self, **more) -> None:
        self.post("/__policy", {"user": "engineer", **more})

    def keys(self) -> dict[str, str]:
        """Every access key's status by its id."""
        return {key["id"]: key["status"] for key in self.get("/__state")["keys"]}

    def devices(self) -> dict[str, str | None]:
        """Every device's user by its serial number."""
        return {device["serial"]: device["user"] for device in self.get("/__state")["devices"]}

    def works(self, access_key_id: str, secret: str) -> bool:
        """Whether STS takes a key."""
        try:
            client("sts", self.url, access_key_id, secret).get_caller_identity()
        except ClientError:
            return False
        return True


class User:
    """A person whose keys are in a keyring of plain files, so that a test can read it."""

    def __init__(self, world: World, iam: StrictIAM) -> None:
        self.world, self.iam = world, iam
        self.store = world.root / "keyring/entries"
        self.store.mkdir(parents=True)
        script = world.root / "keyring.py"
        script.write_text(KEYRING)
        # One's own configuration needs no `allow`.
        own = world.home / ".atmos/atmos.yaml"
        own.parent.mkdir()
        own.write_text(CONFIGURATION.format(python=sys.executable, script=script, store=self.store))
        world.environment |= {"AWS_ENDPOINT_URL": iam.url, "ATMOS_KEYRING_TYPE": None}
        world.store_keys("engineer", iam.access_key_id, iam.secret_access_key)

    def run(self, *arguments: str, **options) -> Answer:
        return self.world.run(*arguments, **options)

    def stored(self) -> dict[str, str]:
        """The keys in the keyring."""
        return json.loads((self.store / "atmos_e2e_engineer").read_text())["data"]

    def entries(self) -> set[str]:
        return {path.name for path in self.store.iterdir()} - {"atmos-auth_session-key"}

    def has_working_key(self) -> bool:
        keys = self.stored()
        return self.iam.works(keys["access_key_id"], keys["secret_access_key"])

    def killed_in_keyring(self, number: int, moment: str, *arguments: str) -> bool:
        """Runs a command that is killed at a change of the keyring; whether it got that far."""
        plan = self.store.parent / "plan"
        plan.write_text(f"{number} {moment}")
        answer = self.run(*arguments)
        plan.unlink(missing_ok=True)
        if answer.status == -signal.SIGKILL:
            return True
        assert answer.status == 0, str(answer)
        return False

    def killed_in_call(self, number: int, kind: str, *arguments: str) -> bool:
        """Runs a command that is killed at a call of a service; whether it got that far."""
        self.iam.post("/__reset")
        self.iam.fail(kind, skip=number)
        process = self.world.start(*arguments, stderr=subprocess.DEVNULL)
        wait_for(
            lambda: process.poll() is not None or self.iam.get("/__held") != 0,
            "the command hangs",
            PATIENCE,
        )
        was_held = process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.iam.post("/__release")
        self.iam.post("/__reset")
        assert was_held or process.returncode == 0
        return was_held
