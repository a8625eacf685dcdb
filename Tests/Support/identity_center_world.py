"""An Identity Center for end-to-end tests: its server, a configuration, a person at a terminal."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
import shlex
import sys
import time
import urllib.error
import urllib.request

from programs import FAKES
from server import Server, free_port
from services import client
from terminal import Terminal
from waiting import wait_for
from world import World

START_URL = "https://example.awsapps.com/start"

#: A portal, a permission set by the account's id, the same by its name, and a role over it.
TEAM = """\
auth:
  realm: {realm}
  providers:
    corp:
      kind: aws/iam-identity-center
      start_url: {start_url}
      region: eu-west-1
{provider}\
  identities:
    dev:
      kind: aws/permission-set
      default: true
      via: {{provider: corp}}
      principal: {{name: ReadOnlyAccess, account: {{id: "100000000001"}}}}
    named:
      kind: aws/permission-set
      via: {{provider: corp}}
      principal: {{name: AdministratorAccess, account: {{name: account-0001}}}}
    deploy:
      kind: aws/assume-role
      via: {{identity: dev}}
      principal: {{assume_role: "arn:aws:iam::123456789012:role/Deploy", region: eu-west-1}}
{identities}"""


def team(
    provider: str = "", identities: str = "", realm: str = "e2e", start_url: str = START_URL
) -> str:
    """The configuration; `provider` and `identities` are lines that are added there."""
    return TEAM.format(provider=provider, identities=identities, realm=realm, start_url=start_url)


class Center(Server):
    """The fake Identity Center as a program of its own."""

    #: The fake, which others are like.
    program = "identity_center_fake.py"

    def __init__(self, directory: pathlib.Path, *options: str) -> None:
        self.access_key_id = "AKIASTRICTSTRICT0001"
        self.secret_access_key = "the+secret/key+of+the+strict/user=="
        port = free_port()
        super().__init__(
            [
                sys.executable,
                str(FAKES / self.program),
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
            directory / f"{self.program}-{port}.log",
        )

    def tell(self, path: str, data=None):
        """Uses one of the fake's own addresses."""
        return json.loads(self.post(path, json.dumps(data).encode()))

    def ask(self, path: str):
        return json.loads(self.get(path))

    def calls(self) -> dict[str, int]:
        return self.ask("/__calls")

    def entries(self, action: str) -> list[dict]:
        return [entry for entry in self.ask("/__log") if entry["action"] == action]

    def grants(self) -> list[str]:
        """How tokens were asked for, in order; polls in between count once."""
        found: list[str] = []
        for entry in self.entries("CreateToken"):
            name = entry["grant"].rsplit(":", 1)[-1]
            if not (found and found[-1] == name == "device_code"):
                found.append(name)
        return found

    def wait_for(self, action: str, count: int = 1, timeout: float = 30) -> None:
        """Until an action was called so often."""
        wait_for(
            lambda: self.calls().get(action, 0) >= count,
            f"{action} was not called {count} times",
            timeout,
        )


def against(world: World, center: Center, text: str | None = None) -> World:
    """A world whose AWS is the fake; every service has its address from one variable."""
    world.environment["AWS_ENDPOINT_URL"] = center.url
    world.configure(team() if text is None else text)
    return world


def browser(world: World, *options: str) -> pathlib.Path:
    """Sets `BROWSER` to Tests/Fakes/browser.py; returns the file that it writes to."""
    log = world.temporary / "browser.log"
    words = [sys.executable, str(FAKES / "browser.py"), "--log", str(log), *options]
    world.environment["BROWSER"] = shlex.join(words) + " %s"
    return log


def opened(log: pathlib.Path) -> int:
    """How many pages were opened."""
    if not log.exists():
        return 0
    return sum(line.startswith("opened ") for line in log.read_text().splitlines())


def log_in(world: World, center: Center, *arguments: str, **options) -> Terminal:
    """Logs in with a device code that somebody allows, or that is allowed by itself."""
    terminal = Terminal(world, "login", "--no-browser", *arguments, **options)
    code = terminal.user_code()
    with contextlib.suppress(urllib.error.HTTPError):
        center.tell("/__approve", {"user_code": code})
    terminal.wait(0)
    return terminal


def asked_for(center: Center) -> str:
    """The permission set whose keys were asked for last."""
    return center.entries("GetRoleCredentials")[-1]["query"]


def allow_everything(center: Center) -> None:
    """Whatever is asked of a person from now on is allowed at once."""
    center.tell("/__automatic", "allow")


def access_token(center: Center) -> str:
    """The token of a login that was handed out last."""
    return [text for text in center.ask("/__secrets") if text.startswith("aoa")][-1]


def portal_refuses(center: Center, token: str) -> bool:
    """Whether the portal takes a token no more."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(
        center.url + "/assignment/accounts", headers={"x-amz-sso_bearer_token": token}
    )
    try:
        opener.open(request, timeout=10).close()
        return False
    except urllib.error.HTTPError as error:
        return error.code == 401


def wait_for_end(center: Center, token: str) -> None:
    """Until a token is over that lasts a few seconds."""
    wait_for(lambda: portal_refuses(center, token), "the token does not end")


def left_over(world: World) -> list[pathlib.Path]:
    """Files that a program which ended should have renamed or removed."""
    return [path for path in world.files() if path.name.endswith(".tmp")]


def remembered(world: World) -> list[str]:
    """The names of the sessions on disk."""
    return sorted(str(path.relative_to(world.state)) for path in world.state.rglob("*.session"))


def cli_token(
    world: World, token: dict, name: str = "team", start_url: str = START_URL, **more: str
) -> pathlib.Path:
    """Puts a token where the AWS CLI keeps that of an `[sso-session]`."""
    path = world.home / ".aws/sso/cache" / (hashlib.sha1(name.encode()).hexdigest() + ".json")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = {
        "startUrl": start_url,
        "region": "eu-west-1",
        "accessToken": token["accessToken"],
        "expiresAt": time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + token["expiresIn"])
        ),
        **more,
    }
    path.write_text(json.dumps(text))
    os.chmod(path, 0o600)
    return path


def token_of_another_program(center: Center) -> dict:
    """A login that somebody did with boto3."""
    oidc = client("sso-oidc", center.url)
    known = oidc.register_client(
        clientName="other", clientType="public", scopes=["sso:account:access"]
    )
    keys = {name: known[name] for name in ("clientId", "clientSecret")}
    device = oidc.start_device_authorization(startUrl=START_URL, **keys)
    center.tell("/__approve", {"user_code": device["userCode"]})
    return {
        **oidc.create_token(
            grantType="urn:ietf:params:oauth:grant-type:device_code",
            deviceCode=device["deviceCode"],
            **keys,
        ),
        **keys,
    }
