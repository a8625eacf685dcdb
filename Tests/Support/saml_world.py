"""A SAML identity provider, an STS that knows it, and a configuration that signs in there."""

from __future__ import annotations

import json

import saml_assertions
from saml_assertions import Response
from services import StrictSTS
from world import World

ACCOUNT = "123456789012"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/team/Admin"
READER = f"arn:aws:iam::{ACCOUNT}:role/AdministratorReadOnly"
LAST = "arn:aws:iam::210987654321:role/deploy"


def pair(role: str, provider: str = PROVIDER) -> str:
    return f"{role},{provider}"


class SAML:
    """The identity provider `corp`, without pages: its key, and what it says."""

    def __init__(self, sts: StrictSTS) -> None:
        self.sts = sts
        self.identity = saml_assertions.make_identity("https://idp.example.com/corp")
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


def pasting(world: World, sts: StrictSTS, **options) -> SAML:
    """A world whose provider takes what is pasted."""
    world.environment["AWS_ENDPOINT_URL_STS"] = sts.url
    world.configure(configuration("https://idp.example.com/app", "      driver: Paste", **options))
    return SAML(sts)


def caller(world: World, identity: str, **options) -> str:
    """Who STS says that an identity is, asked by a real AWS CLI."""
    answer = world.run(
        "exec", "-i", identity, "--", "aws", "sts", "get-caller-identity", "--output", "json",
        status=0, **options,
    )  # fmt: skip
    return json.loads(answer.stdout)["Arn"]
