"""`terragrunt-auth`: what terragrunt's --auth-provider-cmd is answered."""

from __future__ import annotations

import concurrent.futures
import json
import subprocess

import pytest

from services import against
from tool_world import Tools
from world import World

#: The members that terragrunt's schema of the answer knows.
MEMBERS = {"awsCredentials", "awsRole", "envs"}
KEYS = {"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"}


@pytest.fixture
def units(stacks: World) -> World:
    """Two units with identities of their own, and one without."""
    for directory, name in (("units/a", "dev-admin"), ("units/b", "stage")):
        stacks.run("allow", cwd=stacks.select(directory, name), status=0)
    (stacks.repository / "units/c").mkdir()
    return stacks


def ask(world: World, unit: str, **options):
    answer = world.run(
        "terragrunt-auth", cwd=world.repository / "units" / unit, status=0, **options
    )
    assert answer.stdout.endswith("}\n")
    assert answer.stdout.count("\n") == 1
    found = answer.json()
    assert set(found) <= MEMBERS
    assert set(found.get("awsCredentials", {})) <= KEYS
    return found


def test_the_units_directory_decides(units: World):
    for unit, name, region in (
        ("a", "dev-admin", "eu-west-1"),
        ("b", "staging-admin", "eu-west-2"),
    ):
        for variables in ({}, {"ATMOS_IDENTITY": "prod-admin"}):
            found = ask(units, unit, env=variables)
            assert found["envs"]["ATMOS_IDENTITY"] == name
            assert found["envs"]["AWS_REGION"] == region
            assert set(found["awsCredentials"]) == KEYS
            # Files would mislead what terragrunt starts, which has keys of its own.
            assert not {"AWS_PROFILE", "AWS_CONFIG_FILE"} & set(found["envs"])


def test_a_unit_without_a_file_is_whoever_started_terragrunt(units: World):
    assert ask(units, "c", env={"ATMOS_IDENTITY": "dev-admin"})["envs"]["ATMOS_IDENTITY"] == (
        "dev-admin"
    )


def test_nobody_is_an_empty_object(units: World):
    assert ask(units, "c") == {}
    assert ask(units, "c", env={"ATMOS_IDENTITY": "none"}) == {}
    units.select("units/d", "none")
    assert ask(units, "d", env={"ATMOS_IDENTITY": "dev-admin"}) == {}


def test_a_unit_whose_file_cannot_be_used_stops_terragrunt(units: World):
    for content in ("dev-admin", "prod-admin", "unknown"):
        unit = units.select("units/x", content)
        answer = units.run("terragrunt-auth", cwd=unit, env={"ATMOS_IDENTITY": "stage"})
        assert answer.status == 77
        assert answer.stdout == ""
        assert answer.stderr
    broken = units.select("units/y", "a b\n=")
    assert units.run("terragrunt-auth", cwd=broken, status=78).stdout == ""


def test_a_protected_identity_counts_once_it_was_named(units: World):
    unit = units.select("units/p", "prod-admin")
    units.run("allow", cwd=unit, status=0)
    assert units.run("terragrunt-auth", cwd=unit, status=77).stdout == ""
    found = ask(units, "p", env={"ATMOS_IDENTITY": "prod-admin"})
    assert found["envs"]["ATMOS_IDENTITY"] == "prod-admin"


def test_the_level_of_a_units_identity_holds(units: World):
    text = (units.repository / "atmos.yaml").read_text()
    units.configure(text.replace("alias: stage", "mfa: {policy: applies-only}\n      alias: stage"))
    tools = Tools(units, "terragrunt")
    unit, above = units.repository / "units/b", units.repository / "units"
    answer = units.run("terragrunt-auth", cwd=unit, status=77)
    assert "`staging-admin` asks for an MFA code" in answer.stderr and answer.stdout == ""
    assert "`atmos-auth exec --wrapper -- terragrunt`" in answer.stderr
    # Started from above, where nobody acts, for a plan and for an apply.
    then = {"THEN": f"cd b && {units.binary} terragrunt-auth; echo status $?"}
    start = ["exec", "--wrapper", "--", "terragrunt", "run", "--all"]
    planned = units.run(*start, "plan", cwd=above, env=then, status=0)
    assert '"ATMOS_IDENTITY":"staging-admin"' in planned.stdout
    for more in ({}, {"ATMOS_IDENTITY": "dev-admin"}):
        applied = units.run(*start, "apply", cwd=above, env={**then, **more}, status=0)
        assert "status 77" in applied.stdout and "awsCredentials" not in applied.stdout
        assert "start terragrunt as it" in applied.stderr
    # A tool inside acts as its directory says, as if terragrunt had no wrapper.
    tools.add("tofu")
    tools.notes()
    then = {"THEN": f"cd b && {units.binary} exec --wrapper -- tofu plan"}
    units.run(*start, "plan", cwd=above, env=then, status=0)
    assert [note.identity for note in tools.notes()] == [None, "staging-admin"]


@pytest.mark.slow
def test_200_units_at_once_make_one_call_a_link(world: World, sts):
    service = sts(latency=0.2)
    against(world, service)

    def ask_once(_: int) -> str:
        return world.run("terragrunt-auth", "-i", "deploy", status=0, timeout=120).stdout

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = set(pool.map(ask_once, range(200)))
    assert len(answers) == 1
    assert set(json.loads(answers.pop())["awsCredentials"]) == KEYS
    assert service.calls() == {"GetSessionToken": 1, "AssumeRole": 2}


def test_where_a_person_is_needed_and_none_is_there_it_fails(world: World):
    world.configure(
        "auth: {identities: {me: {kind: aws/user, credentials: {region: us-east-1}}}}\n"
    )
    process = subprocess.run(
        [world.binary, "terragrunt-auth", "-i", "me"],
        env=world.variables(),
        cwd=world.repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 77
    assert process.stdout == b""
