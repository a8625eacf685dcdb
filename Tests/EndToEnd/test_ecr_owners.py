"""Whose a login to a registry is: who is asked for passwords, from where, and who takes it back."""

from __future__ import annotations

import concurrent.futures
import json
import pathlib

import pytest

from registry_world import HOST, IMAGES, AWSAPIs, file, get, helper
from world import World

OTHER = HOST.replace("eu-west-1", "eu-central-1")

#: A second identity, and its registry.
TWO = IMAGES.replace(
    "  integrations:",
    """\
    prod:
      kind: aws/assume-role
      via: {identity: engineer}
      principal: {assume_role: "arn:aws:iam::123456789012:role/prod", region: eu-west-1}
  integrations:
    prod-images:
      kind: aws/ecr
      via: {identity: prod}
      spec: {registry: {account_id: "123456789012", region: eu-central-1}}""",
)


def helpers(world: World) -> dict:
    return json.loads(file(world).read_text())["credHelpers"] if file(world).exists() else {}


def records(world: World) -> list[pathlib.Path]:
    return sorted((world.state / "registries").iterdir())


def callers(apis: AWSAPIs) -> list[str]:
    """Who asked for passwords."""
    calls = [entry for entry in apis.log() if entry["action"] == "GetAuthorizationToken"]
    return [call["caller"].split("/")[1] for call in calls]


def make_own(world: World, text: str = IMAGES) -> None:
    """The configuration is the person's, found by no variable."""
    world.environment["ATMOS_CLI_CONFIG_PATH"] = None
    own = world.home / ".atmos"
    own.mkdir(mode=0o700)
    (own / "atmos.yaml").write_text(text)
    (world.repository / "atmos.yaml").unlink()


# From anywhere


def test_the_variable_of_the_login_is_not_needed_later(docker: World):
    docker.run("login", status=0)
    assert get(docker, cwd="/", env={"ATMOS_CLI_CONFIG_PATH": None})["Username"] == "AWS"


def test_a_variable_of_the_pull_leads_nowhere_else(docker: World, apis: AWSAPIs):
    make_own(docker)
    docker.run("login", status=0)
    helper(docker, "erase", HOST)
    other = docker.root / "other"
    other.mkdir()
    (other / "atmos.yaml").write_text(IMAGES.replace("role/dev", "role/other"))
    get(docker, env={"ATMOS_CLI_CONFIG_PATH": str(other), "ATMOS_AUTH_REALM": "x"})
    assert callers(apis) == ["dev", "dev"]


def test_a_login_and_a_logout_in_two_repositories(docker: World):
    make_own(docker)
    for name in ("a", "b"):
        (docker.root / name / ".git").mkdir(parents=True)
    docker.run("login", "dev", cwd=docker.root / "a", status=0)
    docker.run("logout", "dev", cwd=docker.root / "b", status=0)
    assert helpers(docker) == {} and records(docker) == []


@pytest.mark.parametrize("name", ["DOCKER_CONFIG", "REGISTRY_AUTH_FILE"])
def test_a_relative_path_is_below_the_working_directory(docker: World, name: str):
    value = "./d" if name == "DOCKER_CONFIG" else "d/config.json"
    answer = docker.run("login", env={name: value}, status=0)
    path = docker.repository / "d/config.json"
    assert json.loads(path.read_text())["credHelpers"] == {HOST: "atmos-auth"}
    assert str(path) in answer.stderr
    docker.run("logout", "dev", cwd="/", status=0)
    assert not path.exists()


# Who is asked


def test_the_active_of_two_identities_is_asked(docker: World, apis: AWSAPIs):
    docker.configure(TWO)
    for name in ("dev", "prod"):
        docker.run("ecr-login", "--registry", HOST, "-i", name, status=0)
        helper(docker, "erase", HOST)
    get(docker)
    get(docker, env={"ATMOS_IDENTITY": "dev"})
    assert callers(apis) == ["dev", "prod", "prod", "dev"]
    docker.run("logout", "prod", status=0)
    assert helpers(docker) == {HOST: "atmos-auth"}
    docker.run("logout", "dev", status=0)
    assert helpers(docker) == {}


def test_the_list_has_the_user_that_get_gives(docker: World):
    docker.run("login", status=0)
    assert helper(docker, "list").json() == {f"https://{HOST}": get(docker)["Username"]}


# What a login replaces, and a logout takes back


def test_another_registry_of_the_same_integration(docker: World):
    docker.run("login", status=0)
    docker.configure(IMAGES.replace("region: eu-west-1}}", "region: eu-central-1}}"))
    docker.run("login", status=0)
    assert helpers(docker) == {OTHER: "atmos-auth"}
    assert "credentials not found" in helper(docker, "get", HOST, status=1).stdout


@pytest.mark.parametrize("change", ["removed", "renamed", "another registry"])
@pytest.mark.parametrize("scope", [("dev",), ("--all",), ("--all-realms",)])
def test_logout_takes_back_whatever_is_configured_now(docker: World, change: str, scope: tuple):
    docker.run("login", status=0)
    docker.configure(
        {
            "removed": IMAGES.split("  integrations:")[0],
            "renamed": IMAGES.replace("    images:", "    pictures:"),
            "another registry": IMAGES.replace("region: eu-west-1}}", "region: eu-central-1}}"),
        }[change]
    )
    dry = docker.run("logout", *scope, "--dry-run", status=0)
    assert "Would take back integration: images\n" in dry.stderr
    docker.run("logout", *scope, status=0)
    assert helpers(docker) == {} and records(docker) == []
    assert "credentials not found" in helper(docker, "get", HOST, status=1).stdout


def test_logout_leaves_what_another_realm_has(docker: World):
    docker.run("login", status=0)
    docker.configure(IMAGES.replace("realm: e2e", "realm: other"))
    docker.run("logout", "--all", status=0)
    assert helpers(docker) == {HOST: "atmos-auth"}
    docker.run("logout", "--all-realms", status=0)
    assert helpers(docker) == {}


@pytest.mark.parametrize("scope", [("dev",), ("--all",), ("--all-realms",)])
def test_a_login_of_an_earlier_release_is_taken_back(docker: World, scope: tuple):
    docker.run("login", status=0)
    [record] = records(docker)
    lines = record.read_text().splitlines(keepends=True)
    kept = [line for line in lines if line.split("\t")[0].strip() not in NEWER]
    assert len(kept) < len(lines)
    record.write_text("".join(kept))
    docker.run("login", status=0)
    assert record.read_text() == "".join(lines), "it is replaced"
    record.write_text("".join(kept))
    docker.configure(IMAGES.split("  integrations:")[0])
    docker.run("logout", *scope, status=0)
    assert helpers(docker) == {} and records(docker) == []


#: What a record of an earlier release does not have.
NEWER = ("realm", "variables", "variable")


# Several


def test_all_names_are_known_before_the_first_is_set_up(docker: World):
    docker.configure(TWO)
    assert "not found: `imagess`" in docker.said("ecr-login", "prod-images", "imagess", status=64)
    assert helpers(docker) == {}
    docker.run("ecr-login", "images", "prod-images", status=0)
    assert helpers(docker) == {HOST: "atmos-auth", OTHER: "atmos-auth"}


def test_several_are_asked_for_at_the_same_time(docker: World, apis: AWSAPIs):
    """The fake answers neither call before it has both."""
    docker.configure(TWO)
    apis.tell("/__faults", [{"kind": "meet", "action": "GetAuthorizationToken", "count": 2}])
    answer = docker.run("ecr-login", "images", "prod-images", status=0)
    assert "warning" not in answer.stderr
    assert sorted(callers(apis)) == ["dev", "prod"]


def test_one_of_two_that_is_refused(docker: World):
    docker.configure(TWO.replace("role/prod", "role/Plain"))
    answer = docker.run("ecr-login", "prod-images", "images", status=77)
    assert "warning: integration prod-images" in answer.stderr
    assert helpers(docker) == {HOST: "atmos-auth"}


def test_several_logins_at_once(docker: World):
    """Each changes the file that the others have just read."""
    regions = ["eu-west-1", "eu-west-2", "eu-north-1", "us-east-1", "us-east-2", "us-west-2"]
    hosts = [HOST.replace("eu-west-1", region) for region in regions]
    docker.run("ecr-login", "--registry", hosts[0], status=0)
    with concurrent.futures.ThreadPoolExecutor(len(hosts)) as pool:
        logins = pool.map(lambda host: docker.run("ecr-login", "--registry", host), hosts)
        assert [login.status for login in logins] == [0] * len(hosts)
    assert sorted(helpers(docker)) == sorted(hosts)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        logouts = pool.map(lambda name: docker.run("logout", name), ["dev", "dev"])
        assert [logout.status for logout in logouts] == [0, 0]
    assert helpers(docker) == {}
