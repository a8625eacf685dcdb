"""Stacks of atmos: whom each acts as, and that a choice of a checkout is asked for."""

from __future__ import annotations

import json

import pytest

from world import World

CONFIGURATION = """\
base_path: ./
stacks:
  base_path: stacks
  included_paths: ["orgs/**/*"]
  excluded_paths: ["**/_defaults.yaml"]
  name_pattern: "{tenant}-{environment}-{stage}"
auth:
  identities:
    dev: {kind: mock/aws}
    prod: {kind: mock/aws}
  stacks:
    "*-staging": dev
"""

MANIFESTS = {
    "orgs/acme/_defaults": "vars: {namespace: acme}\n",
    "orgs/acme/plat/_defaults": "import: [orgs/acme/_defaults]\nvars: {tenant: plat}\n",
    "orgs/acme/plat/dev/use1": """\
import: [../_defaults, catalog/vpc]
vars: {stage: dev, environment: use1}
auth: {identities: {dev: {default: true}}}
""",
    "orgs/acme/plat/dev/usw2": """\
import: [orgs/acme/plat/_defaults, catalog/vpc]
vars: {stage: dev, environment: usw2}
auth: {identities: {dev: {default: true}}}
""",
    "orgs/acme/plat/prod/use1": """\
import: [orgs/acme/plat/_defaults, catalog/vpc]
vars: {stage: prod, environment: use1}
terraform: {auth: {identities: {prod: {default: true}}}}
components:
  terraform:
    vpc:
      auth: {identities: {prod: {default: false}, dev: {default: true}}}
    eks: {}
""",
    "orgs/acme/plat/staging": """\
import: [orgs/acme/plat/_defaults]
vars: {stage: staging, environment: use1}
""",
    "catalog/vpc": "components: {terraform: {vpc: {vars: {cidr: 10.0.0.0/8}}}}\n",
}

WHO = ("sh", "-c", 'printf %s "$ATMOS_IDENTITY"')


@pytest.fixture
def stacks(world: World) -> World:
    world.configure(CONFIGURATION)
    for name, text in MANIFESTS.items():
        world.write(f"stacks/{name}.yaml", text)
    atmos = world.home / "bin/atmos"
    atmos.parent.mkdir()
    atmos.write_text('#!/bin/sh\nprintf %s "$ATMOS_IDENTITY"\n')
    atmos.chmod(0o755)
    world.environment["PATH"] = f"{atmos.parent}:{world.variables()['PATH']}"
    return world


def selected(world: World) -> dict[str, str | None]:
    answer = world.run("stacks", "--format", "json", status=0)
    return {entry["stack"]: entry.get("identity") for entry in answer.json()}


def who(world: World, *arguments: str, command: tuple[str, ...] = WHO) -> str:
    return world.run("exec", *arguments, "--", *command, status=0).stdout


def test_each_stack_selects_what_its_manifest_says(stacks: World):
    assert selected(stacks) == {
        "plat-use1-dev": "dev",
        "plat-usw2-dev": "dev",
        "plat-use1-prod": "prod",
        "plat-use1-staging": "dev",
    }
    assert who(stacks, "--stack", "plat-use1-prod") == "prod"
    assert who(stacks, "--stack", "plat-use1-staging") == "dev"
    table = stacks.run("stacks", status=0).stdout
    assert "stacks/orgs/acme/plat/prod/use1.yaml" in table


def test_the_stack_on_a_command_line_of_atmos_counts(stacks: World):
    line = ("atmos", "terraform", "plan")
    assert who(stacks, command=(*line, "eks", "-s", "plat-use1-prod")) == "prod"
    # A component may say something else.
    assert who(stacks, command=(*line, "vpc", "-s", "plat-use1-prod")) == "dev"
    assert who(stacks, command=(*line, "vpc", "--stack=plat-usw2-dev")) == "dev"
    # What a person says beats it.
    assert who(stacks, "-i", "dev", command=(*line, "eks", "-s", "plat-use1-prod")) == "dev"
    answer = stacks.run("exec", "--", *line, "eks", "-s", "nowhere", status=77)
    assert "no default identity" in answer.stderr


def test_what_cannot_be_told_is_not_guessed(stacks: World):
    stacks.write("stacks/orgs/acme/plat/late.yaml", 'import: ["{{ .file }}"]\nname: late\n')
    answer = stacks.run("exec", "--stack", "orgs/acme/plat/late", "--", *WHO, status=78)
    assert "is a template" in answer.stderr
    stacks.write(
        "stacks/orgs/acme/plat/late.yaml",
        "name: late\nauth: {identities: {dev: {default: true, kind: mock/aws}}}\n",
    )
    assert (
        "changes identity `dev` itself"
        in stacks.run("exec", "--stack", "late", "--", *WHO, status=78).stderr
    )
    apply = ("atmos", "terraform", "apply", "vpc", "-s", "late")
    stacks.write(
        "stacks/orgs/acme/plat/late.yaml",
        "name: late\ncomponents: {terraform: {vpc: {}}}\n"
        "auth: {identities: {dev: {default: !env X}}}\n",
    )
    assert "is an expression" in stacks.run("exec", "--", *apply, status=78).stderr
    stacks.run("exec", "-i", "prod", "--", *apply, status=0)


def test_a_name_that_leads_to_two_is_not_guessed(stacks: World):
    stacks.write("stacks/orgs/one.yaml", "name: twin\nauth: {identities: {dev: {default: true}}}\n")
    assert who(stacks, "--stack", "twin") == "dev"
    stacks.write(
        "stacks/orgs/two.yaml", "name: twin\nauth: {identities: {prod: {default: true}}}\n"
    )
    answer = stacks.run("exec", "--stack", "twin", "--", *WHO, status=78)
    assert "several manifests have that name" in answer.stderr
    (stacks.repository / "stacks/orgs/two.yaml").unlink()
    # A manifest that cannot be read may be the one that is meant, whatever a pattern says.
    stacks.write("stacks/orgs/two.yaml", 'import: ["{{ .file }}"]\n')
    assert who(stacks, "--stack", "twin") == "dev"
    answer = stacks.run("exec", "--stack", "new-use1-staging", "--", *WHO, status=78)
    assert "no manifest that can be read here has that name" in answer.stderr
    apply = ("atmos", "terraform", "apply", "vpc", "-s", "new-use1-staging")
    stacks.run("exec", "--", *apply, status=78)
    (stacks.repository / "stacks/orgs/two.yaml").unlink()
    assert who(stacks, "--stack", "new-use1-staging") == "dev"


ACCOUNTS = """\
auth:
  identities:
    dev: {kind: aws/assume-role, principal: {assume_role: "arn:aws:iam::111111111111:role/dev"}}
    reader: {kind: aws/assume-role, principal: {assume_role: "arn:aws:iam::222222222222:role/r"}}
    writer: {kind: aws/assume-role, principal: {assume_role: "arn:aws:iam::222222222222:role/w"}}
    root: {kind: aws/assume-role, principal: {assume_role: "arn:aws:iam::333333333333:role/root"}}
"""


def test_an_accounts_map_counts_where_nothing_else_says(stacks: World):
    stacks.configure(CONFIGURATION.split("auth:")[0] + ACCOUNTS)
    for name in ("corp-use1-dev", "corp-use1-prod", "core-use1-root", "corp-usw2-qa"):
        stacks.write(f"stacks/orgs/{name}.yaml", f"name: {name}\n")
    stacks.write(
        "stacks/orgs/acme/plat/prod/use1.yaml",
        "name: said\nauth: {identities: {root: {default: true}}}\n",
    )

    def by(accounts: dict | list, name: str) -> str | None:
        stacks.write("accounts.json", json.dumps(accounts))
        answer = stacks.run("stacks", "--format", "json", status=0).json()
        (entry,) = [entry for entry in answer if entry["stack"] == name]
        return entry.get("identity") or entry.get("defaults") or entry.get("unknown")

    one, two, three = "111111111111", "222222222222", "333333333333"
    # The whole name, or parts of it in their order.
    for account in ("corp-use1-dev", "CORP-USE1-DEV", "corp-dev", "corp dev", "dev", "corp/use1"):
        assert by({account: one, "other": two}, "corp-use1-dev") == "dev", account
    for account in ("dev-corp", "de", "corp-dev-x", "qa"):
        assert by({account: one}, "corp-use1-dev") is None, account
    # The whole name first, then what has all parts of the others.
    assert by({"corp-use1-dev": one, "dev": three}, "corp-use1-dev") == "dev"
    assert by({"corp-dev": one, "corp": two, "dev": three}, "corp-use1-dev") == "dev"
    # What may be one or the other is nobody.
    said = by({"corp": two, "dev": one}, "corp-use1-dev") or ""
    assert "several accounts" in said and "corp, dev" in said
    assert by({"corp": one, "dev": one}, "corp-use1-dev") == "dev"
    # Several identities of one account are several, unless the map names the role.
    assert by({"prod": two}, "corp-use1-prod") == ["reader", "writer"]
    assert by({"prod": {"id": two, "role": "w"}}, "corp-use1-prod") == "writer"
    assert by({"prod": {"id": two, "role": "other"}}, "corp-use1-prod") is None
    assert by({"prod": "444444444444"}, "corp-use1-prod") is None
    # A manifest and `auth.stacks` come first.
    assert by({"said": one}, "said") == "root"
    stacks.configure(CONFIGURATION.split("auth:")[0] + ACCOUNTS + "  stacks: {'*-qa': root}\n")
    assert by({"qa": one}, "corp-usw2-qa") == "root"
    # A file that cannot be used is said, and only of stacks that need it.
    stacks.write("accounts.json", '{"dev": {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}}')
    assert "unknown: the accounts file" in stacks.run("stacks", status=0).stdout
    assert selected(stacks)["said"] == "root"


def test_an_accounts_map_of_a_checkout_is_asked_for(stacks: World):
    own = stacks.home / ".atmos/atmos.yaml"
    own.parent.mkdir(mode=0o700)
    own.write_text(ACCOUNTS)
    stacks.configure(CONFIGURATION.split("auth:")[0])
    stacks.is_own = False
    stacks.write("stacks/orgs/core.yaml", "name: core-root\n")
    stacks.write("accounts.json", '{"root": "333333333333"}')
    answer = stacks.run("exec", "--stack", "core-root", "--", *WHO, status=77)
    assert "atmos-auth allow --stack core-root" in answer.stderr
    assert "selects root" in stacks.run("allow", "--stack", "core-root", status=0).stderr
    answer = stacks.run("exec", "--stack", "core-root", "--", *WHO)
    assert "allow --stack" not in answer.stderr
    # Who revokes the identity revokes what leads there.
    stacks.run("revoke", "-i", "root", status=0)
    stacks.run("exec", "--stack", "core-root", "--", *WHO, status=77)
    stacks.run("allow", "--stack", "core-root", status=0)
    stacks.run("exec", "--stack", "core-root", "--", *WHO)
    # An account that leads elsewhere is another choice.
    stacks.write("accounts.json", '{"root": "111111111111"}')
    answer = stacks.run("exec", "--stack", "core-root", "--", *WHO, status=77)
    assert "atmos-auth allow --stack core-root" in answer.stderr


def test_errors_say_what_to_type(stacks: World):
    answer = stacks.run("exec", "--stack", "plat-use1-prd", "--", *WHO, status=64)
    assert "did you mean `plat-use1-prod`?" in answer.stderr
    stacks.write("stacks/orgs/none.yaml", "name: none-at-all\n")
    answer = stacks.run("exec", "--stack", "none-at-all", "--", *WHO, status=77)
    assert "selects no identity" in answer.stderr
    both = "{identities: {dev: {default: true}, prod: {default: true}}}"
    stacks.write("stacks/orgs/none.yaml", f"name: both\nauth: {both}\n")
    answer = stacks.run("exec", "--stack", "both", "--", *WHO, status=77)
    assert "several default identities: dev, prod" in answer.stderr
    answer = stacks.run("exec", "-i", "dev", "--stack", "both", "--", *WHO, status=64)
    assert "not both" in answer.stderr
    stacks.configure("auth: {identities: {dev: {kind: mock/aws}}}\n")
    assert "has no stacks" in stacks.run("stacks", status=78).stderr


def test_circles_and_hostile_names_end(stacks: World):
    stacks.write("stacks/orgs/a.yaml", "import: [orgs/b]\nname: a\n")
    stacks.write("stacks/orgs/b.yaml", "import: [orgs/a]\nname: b\n")
    stacks.write("stacks/orgs/c.yaml", 'name: "x\\e[31m\\u202e"\n')
    answer = stacks.run("stacks", status=0)
    assert "imports itself" in answer.stdout
    assert "\x1b" not in answer.stdout and "\u202e" not in answer.stdout


def test_a_choice_of_a_checkout_is_asked_for(stacks: World):
    own = stacks.home / ".atmos/atmos.yaml"
    own.parent.mkdir(mode=0o700)
    own.write_text("auth: {identities: {dev: {kind: mock/aws}, prod: {kind: mock/aws}}}\n")
    head, identities = CONFIGURATION.split("  identities:\n")
    stacks.configure(head + "  stacks: {'*-staging': dev}\n")
    stacks.is_own = False
    assert who(stacks, "-i", "prod") == "prod", "an identity of one's own"
    answer = stacks.run("exec", "--stack", "plat-use1-prod", "--", *WHO, status=77)
    assert "atmos-auth allow --stack plat-use1-prod" in answer.stderr
    stacks.run("exec", "--stack", "plat-use1-staging", "--", *WHO, status=77)
    shown = stacks.run("allow", "--stack", "plat-use1-prod", status=0).stderr
    assert "stack `plat-use1-prod` selects prod" in shown
    assert who(stacks, "--stack", "plat-use1-prod") == "prod"
    # Where it leads elsewhere, that is another choice.
    manifest = "stacks/orgs/acme/plat/prod/use1.yaml"
    text = MANIFESTS["orgs/acme/plat/prod/use1"]
    stacks.write(manifest, text.replace("{prod: {default: true}}", "{dev: {default: true}}"))
    stacks.run("exec", "--stack", "plat-use1-prod", "--", *WHO, status=77)
    stacks.write(manifest, text)
    stacks.run("revoke", "--stack", "plat-use1-prod", status=0)
    stacks.run("exec", "--stack", "plat-use1-prod", "--", *WHO, status=77)


def test_directories_whose_manifests_agree(stacks: World):
    root = stacks.repository / "stacks/orgs/acme/plat"
    (root / "prod/.atmos-identity").write_text("dev\n")
    answer = stacks.run("stacks", "--write", status=77)
    assert (root / "dev/.atmos-identity").read_text() == "dev\n"
    assert (root / "prod/.atmos-identity").read_text() == "dev\n", "what was there stays"
    assert "names another identity" in answer.stderr
    assert not (root / ".atmos-identity").exists()
    (root / "prod/.atmos-identity").unlink()
    stacks.run("stacks", "--write", status=0)
    assert (root / "prod/.atmos-identity").read_text() == "prod\n"
    stacks.run("stacks", "--write", status=0)


def test_names_by_template_and_by_path(stacks: World):
    template = "'{{ .vars.tenant }}/{{.vars.stage}}'"
    stacks.configure(CONFIGURATION.replace("name_pattern:", f"name_template: {template}\n  x:"))
    assert set(selected(stacks)) == {"plat/dev", "plat/prod", "plat/staging"}
    stacks.configure(CONFIGURATION.replace("name_pattern:", "x:"))
    assert "orgs/acme/plat/prod/use1" in selected(stacks)
    variables = {"ATMOS_STACKS_NAME_PATTERN": "{stage}"}
    answer = stacks.run("stacks", "--format", "json", env=variables, status=0)
    assert {entry["stack"] for entry in json.loads(answer.stdout)} == {"dev", "prod", "staging"}
