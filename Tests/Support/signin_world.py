"""A sign-in to the AWS console for end-to-end tests: its server, and a configuration for it."""

from __future__ import annotations

from identity_center_world import Center
from world import World

#: An IAM user without keys, and a role over it, the default.
JANE = """\
auth:
  realm: e2e
  identities:
    jane:
      kind: aws/user
      credentials: {region: eu-central-1}
    deploy:
      kind: aws/assume-role
      default: true
      via: {identity: jane}
      principal: {assume_role: "arn:aws:iam::123456789012:role/Deploy", region: eu-west-1}
"""


class SignIn(Center):
    """The fake sign-in as a program of its own."""

    program = "signin_fake.py"

    def grants(self) -> list[str]:
        """How keys were asked for, in order."""
        return [entry["grant"] for entry in self.entries("CreateOAuth2Token")]


def against(world: World, server: SignIn, text: str = JANE) -> World:
    """A world whose AWS is the fake; every service has its address from one variable."""
    world.environment["AWS_ENDPOINT_URL"] = server.url
    world.configure(text)
    return world
