"""An identity token at a place of a test's choice, and a role that takes it."""

from __future__ import annotations

from oidc_issuer import Issuer
from services import StrictSTS
from world import World

ISSUER = "https://issuer.example.com"
SUBJECT = "project_path:acme/infra:ref_type:branch:ref:main"

CONFIGURATION = """\
auth:
  realm: e2e
  extensions:
    providers:
      token:
        kind: web/oidc
        region: eu-west-1
        spec: {{{spec}}}
  identities:
    deploy:
      kind: aws/assume-role
      default: true
      via: {{provider: token}}
      principal: {{assume_role: "arn:aws:iam::123456789012:role/deploy"}}
"""


def with_token(world: World, sts: StrictSTS, spec: str) -> tuple[World, Issuer]:
    issuer = Issuer(ISSUER)
    world.configure(CONFIGURATION.format(spec=spec))
    world.environment["AWS_ENDPOINT_URL_STS"] = sts.url
    sts.tell("/__providers", {ISSUER: {"jwks": issuer.jwks(), "audiences": ["sts.amazonaws.com"]}})
    role = {"arn": "arn:aws:iam::123456789012:role/deploy", "subject": "project_path:acme/*"}
    sts.tell("/__roles", role)
    return world, issuer
