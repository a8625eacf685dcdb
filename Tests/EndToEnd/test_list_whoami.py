"""`list` and `whoami`: every format, states and expiries, and never a secret."""

from __future__ import annotations

import json
import os
import re
import time

import pytest

from mock_world import STACKS, single
from waiting import wait_for
from world import World

SECRETIVE = """\
auth:
  realm: e2e
  providers:
    corporate:
      kind: aws/saml
      url: https://idp.example.com/saml
      region: us-east-1
      username: me
      password: hunter2-is-the-password
  identities:
    engineer:
      kind: aws/user
      credentials:
        access_key_id: AKIAVISIBLEVISIBLE00
        secret_access_key: very-secret-access-key-of-the-user
        region: us-east-1
    from-environment:
      kind: aws/user
      credentials:
        access_key_id: !env KEY_ID
        secret_access_key: !env KEY_SECRET
"""

FORMATS = ["tree", "table", "json", "yaml", "graphviz", "mermaid", "markdown"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_every_identity(world: World, form: str):
    world.configure(STACKS)
    answer = world.run("list", "--format", form, status=0)
    for name in ("sandbox", "dev-admin", "staging-admin", "prod-admin"):
        assert name in answer.stdout


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_a_secret(world: World, form: str):
    world.configure(SECRETIVE)
    answer = world.run(
        "list",
        "--format",
        form,
        status=0,
        env={"KEY_ID": "AKIAFROMENVIRONMENT0", "KEY_SECRET": "secret-from-the-environment"},
    )
    assert "engineer" in answer.stdout and "corporate" in answer.stdout
    for secret in ("hunter2", "very-secret-access-key", "secret-from-the-environment"):
        assert secret not in answer.stdout + answer.stderr


def test_json_has_providers_and_identities(world: World):
    world.configure(STACKS)
    listing = world.run("list", "--format", "json", status=0).json()
    assert set(listing) >= {"identities", "providers"}
    assert set(listing["identities"]) == {"dev-admin", "staging-admin", "prod-admin"}
    assert listing["identities"]["dev-admin"]["kind"] == "mock/aws"
    assert listing["identities"]["dev-admin"]["via"] == {"provider": "sandbox"}


def test_yaml_is_the_same_thing(world: World):
    yaml = pytest.importorskip("yaml")
    world.configure(STACKS)
    as_json = world.run("list", "--format", "json", status=0).json()
    assert yaml.safe_load(world.run("list", "--format", "yaml", status=0).stdout) == as_json


def test_table_has_the_known_titles(world: World):
    world.configure(STACKS)
    text = world.run("list", "--format", "table", status=0).stdout
    assert "NAME" in text and "KIND" in text and "EXPIRES" in text


def test_graphviz_and_mermaid_are_graphs(world: World):
    world.configure(STACKS)
    assert world.run("list", "--format", "graphviz", status=0).stdout.startswith("digraph ")
    mermaid = world.run("list", "--format", "mermaid", status=0).stdout
    assert mermaid.startswith("graph LR")
    markdown = world.run("list", "--format", "markdown", status=0).stdout
    assert markdown.startswith("# Authentication Configuration") and "```mermaid" in markdown


def test_mermaid_ids_of_similar_names_differ(world: World):
    world.configure(STACKS.replace("dev-admin:", "a-b:").replace("staging-admin:", "a_b:"))
    text = world.run("list", "--format", "mermaid", status=0).stdout
    ids = set(re.findall(r"^\s*(\w+)[\[(\"]", text, re.MULTILINE)) - {"graph", "classDef", "class"}
    assert len(ids) >= 4, text


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ("production", {"prod-admin"}),
        ("shared", {"staging-admin"}),
        ("development,production", {"dev-admin", "staging-admin", "prod-admin"}),
    ],
)
def test_tags_filter(world: World, tags: str, names: set[str]):
    world.configure(STACKS)
    listing = world.run("list", "--tags", tags, "--format", "json", status=0).json()
    assert set(listing["identities"]) == names


def test_a_session_shows_its_remaining_time(world: World):
    world.configure(single("2h"))
    world.run("login", status=0)
    assert re.search(r"\b(2h|1h 59m|1h59m)", world.run("list", status=0).stdout)


@pytest.mark.parametrize(("lifetime", "state"), [("2h", "valid"), ("10m", "expiring")])
def test_json_tells_state_and_expiry_of_a_session(world: World, lifetime: str, state: str):
    world.configure(single(lifetime, "    other: {kind: mock/aws}\n"))
    world.run("login", status=0)
    listing = world.run("list", "--format", "json", status=0).json()["identities"]
    expiration = world.run("whoami", "-o", "json", status=0).json()["expiration"]
    assert (listing["dev"]["state"], listing["dev"]["expiration"]) == (state, expiration)
    assert listing["other"] == {"kind": "mock/aws"}


def test_the_tree_shows_identities_that_come_from_themselves(world: World):
    world.configure(
        single(
            extra="""\
    a: {kind: mock/aws, via: {identity: b}}
    b: {kind: mock/aws, via: {identity: a}}
    c: {kind: mock/aws, via: {identity: b}}
"""
        )
    )
    text = world.run("list", status=0).stdout
    assert all(f" {name} (mock/aws)" in text for name in "abc"), text
    assert text.count("cycle detected") == 1, text


def test_an_ended_session_shows_as_expired(world: World):
    world.configure(single("1s"))
    world.run("login", status=0)
    wait_for(lambda: "expired" in world.run("list", status=0).stdout.lower(), "it does not end", 10)


def test_hostile_names_are_harmless_in_every_format(world: World):
    world.configure(
        "auth:\n  providers: {p: {kind: mock/aws}}\n  identities:\n"
        '    "a\\e[31m\\"]; x": {kind: mock/aws, via: {provider: p}}\n'
    )
    for form in FORMATS:
        answer = world.run("list", "--format", form)
        assert answer.stdout or answer.stderr, form
        assert "\x1b" not in answer.stdout + answer.stderr, form


# whoami


def test_whoami_without_a_session_exits_77_and_says_what_to_type(world: World):
    world.configure(single())
    answer = world.run("whoami")
    assert answer.status == 77, str(answer)
    assert "atmos-auth login" in answer.stderr


def test_whoami_says_names_as_they_are_typed(world: World):
    world.configure(single().replace("    dev:", "    Team A/dev:"))
    assert "`atmos-auth login -i 'Team A/dev'`" in world.run("whoami", status=77).stderr


def test_whoami_json_has_the_keys_of_atmos_in_their_order(world: World):
    world.configure(single())
    world.run("login", status=0)
    answer = world.run("whoami", "--output", "json", status=0)
    keys = list(answer.json())
    known = [
        "realm",
        "realm_source",
        "provider",
        "identity",
        "principal",
        "account",
        "region",
        "expiration",
        "environment",
        "paths",
        "credentials_ref",
        "last_updated",
    ]
    assert [key for key in keys if key in known] == [key for key in known if key in keys]
    assert {
        "realm",
        "realm_source",
        "provider",
        "identity",
        "account",
        "region",
        "expiration",
    } <= set(keys)
    who = answer.json()
    assert (who["realm"], who["realm_source"]) == ("e2e", "config")
    assert (who["provider"], who["identity"]) == ("sandbox", "dev")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", who["expiration"])


def test_whoami_hides_what_may_be_secret_in_its_environment(world: World):
    world.configure(single(extra="      env: [{key: API_TOKEN, value: token-in-the-clear}]\n"))
    world.run("login", status=0)
    answer = world.run("whoami", "--output", "json", status=0)
    assert "API_TOKEN" in answer.json()["environment"]
    assert "token-in-the-clear" not in answer.stdout


def test_whoami_says_what_people_want_to_know(world: World):
    world.configure(single())
    world.run("login", status=0)
    answer = world.run("whoami", status=0)
    for word in ("Realm", "Provider", "Identity", "Account", "Region", "Expires"):
        assert word in answer.stdout


def test_whoami_of_an_ended_session_exits_77(world: World):
    world.configure(single("1s"))
    world.run("login", status=0)
    wait_for(lambda: world.run("whoami").status == 77, "it does not end", 10)


def test_login_prints_the_table_of_atmos(world: World):
    world.configure(single())
    text = world.run("login", status=0).stderr
    for word in (
        "Authentication successful",
        "Realm",
        "Provider",
        "Identity",
        "Account",
        "Region",
        "Expires",
    ):
        assert word in text


def test_login_can_choose_by_tag(world: World):
    world.configure(STACKS)
    assert "prod-admin" in world.run("login", "--tags", "production", status=0).stderr
    none = world.run("login", "--tags", "no-such-tag")
    assert none.status == 64, str(none)
    assert "production" in none.stderr, "the tags that exist"
    several = world.run("login", "--tags", "development")
    assert several.status == 77, str(several)


def test_json_output_is_written_by_a_json_library(world: World):
    world.configure(single(extra='      env: [{key: ODD, value: "quote\\" back\\\\ tab\\t"}]\n'))
    world.run("login", status=0)
    for arguments in (
        ["whoami", "--output", "json"],
        ["list", "--format", "json"],
        ["env", "--format", "json"],
        ["validate", "--format", "json"],
        ["credential-process"],
    ):
        json.loads(world.run(*arguments, status=0).stdout)


def test_a_session_of_a_clock_that_was_ahead_is_not_listed(world: World):
    world.configure(single("24h"))
    world.run("login", "dev", status=0)
    assert "● dev" in world.run("list", status=0).stdout
    later = time.time() + 36_000
    os.utime(world.state / "sessions/e2e/dev.session", (later, later))
    assert "○ dev" in world.run("list", status=0).stdout
