"""Configurations of the offline kinds, for tests that are not about a cloud."""

from __future__ import annotations

#: Three stacks on one provider; `prod` is protected.
STACKS = """\
auth:
  realm: e2e
  providers:
    sandbox: {kind: mock/aws}
  identities:
    dev-admin:
      kind: mock/aws
      via: {provider: sandbox}
      principal: {account: {id: 111122223333}, region: eu-west-1}
      tags: [development]
    staging-admin:
      kind: mock/aws
      alias: stage
      via: {provider: sandbox}
      principal: {account: {id: 222233334444}, region: eu-west-2}
      tags: [development, shared]
    prod-admin:
      kind: mock/aws
      protected: true
      via: {provider: sandbox}
      principal: {account: {id: 333344445555}, region: us-east-1}
      tags: [production]
"""

#: An IAM user whose keys nobody has stored.
USER = """\
auth:
  realm: e2e
  identities:
    me: {kind: aws/user, default: true, credentials: {region: us-east-1}}
"""


def single(lifetime: str = "1h", extra: str = "") -> str:
    """One provider, one default identity `dev` whose sessions last `lifetime`."""
    return f"""\
auth:
  realm: e2e
  providers:
    sandbox: {{kind: mock/aws}}
  identities:
    dev:
      kind: mock/aws
      default: true
      via: {{provider: sandbox}}
      principal: {{account: {{id: 111122223333}}, region: eu-west-1}}
      spec: {{lifetime: {lifetime}}}
{extra}"""


def many(count: int) -> str:
    """`count` identities on one provider, in chains of five."""
    lines = [
        "auth:",
        "  realm: e2e",
        "  providers:",
        "    sandbox: {kind: mock/aws}",
        "  identities:",
    ]
    for index in range(count):
        via = f"{{identity: team-{index - 1:05d}}}" if index % 5 else "{provider: sandbox}"
        lines += [
            f"    team-{index:05d}:",
            "      kind: mock/aws",
            f"      via: {via}",
            f"      principal: {{account: {{id: {100000000000 + index}}}, region: eu-west-1}}",
            f"      tags: [team, group-{index % 17}]",
        ]
        if index == 0:
            lines.append("      default: true")
    return "\n".join(lines) + "\n"
