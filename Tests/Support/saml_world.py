"""A SAML identity provider, an STS that knows it, and a configuration that signs in there."""

from __future__ import annotations

import contextlib
import json
import pathlib
import shutil
import sys

import pytest

import saml_assertions
from programs import FAKES
from saml_assertions import Response
from saml_forms_base import APPLICATIONS
from server import Server, free_port
from services import StrictSTS
from world import World

ACCOUNT = "123456789012"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/team/Admin"
READER = f"arn:aws:iam::{ACCOUNT}:role/AdministratorReadOnly"
LAST = "arn:aws:iam::210987654321:role/deploy"
#: Jane's, at each identity provider with pages.
PASSWORD = "jane's password for the pages"


def pair(role: str, provider: str = PROVIDER) -> str:
    return f"{role},{provider}"


class SAML:
    """The identity provider `corp`, without pages: its key, and what it says."""

    def __init__(self, sts: StrictSTS) -> None:
        self.sts = sts
        self.identity = saml_assertions.make_identity("https://idp.example.com/corp")
        #: What the pages' assertions offer.
        self.roles = [pair(READER), pair(ADMIN)]
        #: Every response that was made, for `assert_nowhere`.
        self.given: list[str] = []
        sts.tell(
            "/__saml_providers",
            {
                "arn": PROVIDER,
                "issuer": self.identity.issuer,
                "certificate": self.identity.certificate,
            },
        )

    def response(self, roles: list[str] | None = None, **options) -> str:
        """A response in base64; its roles are the two of `corp` unless others are given."""
        offered = [pair(READER), f" {PROVIDER} ,\n {ADMIN} "] if roles is None else roles
        encoded = Response(self.identity, offered, **options).encoded()
        self.given.append(encoded)
        return encoded


def configuration(url: str, more: str = "", admin: str = "") -> str:
    """SAML → role → role, the last one the default; `more` are fields of the provider."""
    return f"""\
auth:
  realm: e2e
  providers:
    corp:
      kind: aws/saml
      url: {url}
      region: eu-west-1
{more}
  identities:
    admin:
      kind: aws/assume-role
      via: {{provider: corp}}
      principal: {{assume_role: "{ADMIN}"{admin}}}
    reader:
      kind: aws/assume-role
      via: {{provider: corp}}
      principal: {{assume_role: "{READER}"}}
    any:
      kind: aws/assume-role
      via: {{provider: corp}}
    deploy:
      kind: aws/assume-role
      default: true
      via: {{identity: admin}}
      principal: {{assume_role: "{LAST}", region: eu-central-1}}
"""


def endpoints(sts: StrictSTS) -> dict[str, str]:
    """Of STS, and of the page that knows what accounts are called."""
    return {"AWS_ENDPOINT_URL_STS": sts.url, "AWS_ENDPOINT_URL_SIGNIN": sts.url}


def pasting(world: World, sts: StrictSTS, **options) -> SAML:
    """A world whose provider takes what is pasted."""
    world.environment |= endpoints(sts)
    world.configure(configuration("https://idp.example.com/app", "      driver: Paste", **options))
    return SAML(sts)


def caller(world: World, identity: str, **options) -> str:
    """Who STS says that an identity is, asked by a real AWS CLI."""
    answer = world.run(
        "exec", "-i", identity, "--", "aws", "sts", "get-caller-identity", "--output", "json",
        status=0, **options,
    )  # fmt: skip
    return json.loads(answer.stdout)["Arn"]


def identity_file(directory: pathlib.Path, corp: SAML) -> pathlib.Path:
    """What the fakes with pages read."""
    path = directory / "identity.json"
    path.write_text(
        json.dumps(
            {
                "issuer": corp.identity.issuer,
                "key": corp.identity.key.decode(),
                "certificate": corp.identity.certificate,
                "roles": corp.roles,
                "password": PASSWORD,
            }
        )
    )
    return path


class Pages(Server):
    """The identity provider's pages, and the person in front of them."""

    def __init__(self, directory: pathlib.Path, corp: SAML, *options: str) -> None:
        port = free_port()
        identity = identity_file(directory, corp)
        program = str(FAKES / "saml_pages_fake.py")
        super().__init__(
            [sys.executable, program, "--port", str(port), "--identity", str(identity), *options],
            port,
            "/__log",
            directory / f"pages-{port}.log",
        )

    def person(self, act: str, **more) -> None:
        """What the person in front of the next page does."""
        self.post("/__person", json.dumps({"do": act, **more}).encode())

    def calls(self) -> list[dict]:
        return json.loads(self.get("/__log"))

    def opened(self) -> int:
        """How often the application's page was asked for."""
        return sum(entry["action"] == "app" for entry in self.calls())

    def given(self) -> list[str]:
        return json.loads(self.get("/__given"))


def chromium() -> str:
    """The browser of these tests, or a skip that says how to get it."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("chromium is not installed: run scripts/install-dependencies test")
    return found


#: Windows of these tests show nowhere; a root of a container has no sandbox.
ARGUMENTS = "[--no-sandbox, --disable-gpu, --disable-dev-shm-usage, --no-proxy-server"


def browsing(
    world: World,
    sts: StrictSTS,
    *options: str,
    is_windowed: bool = True,
    more: str = "",
    roles: int = 2,
) -> tuple[SAML, Pages]:
    """A world whose provider is signed in to with a browser."""
    program = chromium()
    corp = SAML(sts)
    corp.roles += [pair(f"arn:aws:iam::{ACCOUNT}:role/team-{n}") for n in range(2, roles)]
    pages = Pages(world.root.parent, corp, *options)
    world.environment |= endpoints(sts)
    if is_windowed:
        # Its "window" is one that a headless browser has.
        world.environment["DISPLAY"] = ":nowhere"
    window = ", --headless=new" if is_windowed else ""
    fields = (
        "      driver: Browser\n"
        f"      browser_executable_path: {program}\n"
        f"      browser_arguments: {ARGUMENTS}{window}]\n{more}"
    )
    world.configure(configuration(f"{pages.url}/app", fields))
    return corp, pages


def browsers(world: World) -> list[str]:
    """The command lines of browsers that use a profile of this world and are not dead."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(world.state) in line and "remote-debugging-pipe" in line:
                found.append(line)
    return found


class Forms(Server):
    """An identity provider for logins without a browser."""

    def __init__(self, directory: pathlib.Path, corp: SAML, kind: str) -> None:
        port = free_port()
        identity = identity_file(directory, corp)
        program = str(FAKES / "saml_forms_fake.py")
        super().__init__(
            [sys.executable, program, "--kind", kind, "--port", str(port)]
            + ["--identity", str(identity)],
            port,
            "/__log",
            directory / f"forms-{port}.log",
        )

    def mode(self, **mode) -> None:
        """What it demands from now on."""
        self.post("/__mode", json.dumps(mode).encode())

    def calls(self, action: str) -> list[dict]:
        return [entry for entry in json.loads(self.get("/__log")) if entry["action"] == action]

    def given(self) -> list[str]:
        return json.loads(self.get("/__given"))


QUERIES = {"adfs": "?loginToRp=urn:amazon:webservices", "google": "?idpid=C1&spid=2"}
DRIVERS = {"okta": "Okta", "adfs": "ADFS", "google": "GoogleApps"}
USERS = {"adfs": "CORP\\jane"}


def form_login(
    world: World,
    sts: StrictSTS,
    kind: str,
    *,
    asks: bool = False,
    stores: bool = False,
    address: str | None = None,
) -> Forms:
    """A world whose provider is signed in to on pages; the password comes from a variable, or from
    a person (`asks`), or from the keyring (`stores`).

    `address` is what stands behind the server's in `url`.
    """
    forms = Forms(world.root.parent, SAML(sts), kind)
    world.environment |= {"AWS_ENDPOINT_URL_STS": sts.url}
    fields = f"      driver: {DRIVERS[kind]}\n"
    user = f"      username: '{USERS.get(kind, 'jane')}'\n"
    if stores:
        fields += user
    elif not asks:
        world.environment["CORP_PASSWORD"] = PASSWORD
        fields += f"{user}      password: !env CORP_PASSWORD\n"
    if address is None:
        address = f"{APPLICATIONS[kind]}{QUERIES.get(kind, '')}"
    world.configure(configuration(f'"{forms.url}{address}"', fields))
    return forms


def again(world: World) -> None:
    """Forgets the sessions, and not that the identity provider knows this machine."""
    for session in (world.state / "sessions").rglob("*.session"):
        session.unlink()
