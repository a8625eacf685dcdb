"""A user with a second factor at the strict STS, and programs that make its codes."""

from __future__ import annotations

import json
import pathlib
import sys
import time

from programs import FAKES
from services import StrictSTS
from sts_service import Device
from world import World

DEVICE = "arn:aws:iam::123456789012:mfa/engineer"
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ROLE = "arn:aws:iam::123456789012:role/"

#: A user whose device is asked for, roles that ask for it themselves, and a role behind the user.
IDENTITIES = f"""\
auth:
  realm: mfa
  identities:
    jane:
      kind: aws/user
      default: true
      credentials: {{mfa_arn: "{DEVICE}", region: us-east-1}}
    engineer: {{kind: aws/user, credentials: {{region: us-east-1}}}}
    one:
      kind: aws/assume-role
      via: {{identity: engineer}}
      principal: {{assume_role: "{ROLE}one", mfa_arn: "{DEVICE}"}}
    two:
      kind: aws/assume-role
      via: {{identity: engineer}}
      principal: {{assume_role: "{ROLE}two", mfa_arn: "{DEVICE}"}}
    deploy:
      kind: aws/assume-role
      via: {{identity: jane}}
      principal: {{assume_role: "{ROLE}deploy"}}
"""


def code(seed: str = SEED, period: int = 30) -> str:
    return Device(DEVICE, seed, period).codes(time.time())[1]


class Coded:
    """A world with a strict STS that knows the device, and programs that make codes."""

    def __init__(self, world: World, server: StrictSTS, programs: pathlib.Path) -> None:
        self.world, self.server, self.programs = world, server, programs
        self.state = programs / "state.json"
        world.environment["AWS_ENDPOINT_URL_STS"] = server.url
        world.environment["FAKE_CODES"] = str(self.state)
        world.environment["PATH"] = f"{programs}:{world.variables()['PATH']}"
        world.configure(IDENTITIES)
        for name in ("jane", "engineer"):
            world.store_keys(name, server.access_key_id, server.secret_access_key)
        self.register()

    def register(self, period: int = 30) -> None:
        """Tells the STS of the device."""
        self.server._server.post(
            "/__devices", json.dumps({"serial": DEVICE, "seed": SEED, "period": period}).encode()
        )

    def install(self, **programs) -> None:
        """Puts programs on the PATH, with what they have."""
        known = json.loads(self.state.read_text()) if self.state.exists() else {}
        self.state.write_text(json.dumps(known | programs))
        for name in programs:
            path = self.programs / name
            path.write_text(
                f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(FAKES)!r})\n"
                "from code_programs import main\nmain()\n"
            )
            path.chmod(0o755)

    def sources(self, text: str) -> None:
        """Writes `auth.mfa.sources` into the person's own configuration."""
        path = self.world.home / ".atmos/atmos.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"auth:\n  mfa:\n    sources: {text}\n")

    def add_seed(self, text: str = SEED) -> None:
        self.world.run("mfa", "add", "--device", DEVICE, stdin=text, status=0)

    def log(self) -> list[dict]:
        return json.loads(self.server._server.get("/__log"))


PASS = {"has_otp": True, "entries": {"aws/jane": SEED}}
