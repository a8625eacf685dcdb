"""Whose the entries of a kubeconfig are: who acts by them, and who takes them back."""

from __future__ import annotations

import pathlib

import pytest
import yaml

from cluster_world import ARN, CLUSTERS, USER, APIServer, place, run_entry, user_of
from programs import binaries
from registry_world import AWSAPIs
from world import World

OTHER_ARN = ARN.replace("123456789012", "210987654321")

#: Two identities, each with an integration.
TWO = CLUSTERS.format(more="@dev").replace(
    "  integrations:",
    """\
    prod:
      kind: aws/assume-role
      via: {identity: engineer}
      principal: {assume_role: "arn:aws:iam::@account:role/prod", region: eu-west-1}
  integrations:
    main-prod:
      kind: aws/eks
      via: {identity: prod}
      spec: {cluster: {name: main, region: eu-west-1@prod}}""",
)


def two(account: str = "123456789012", dev: str = "", prod: str = "") -> str:
    return TWO.replace("@account", account).replace("@dev", dev).replace("@prod", prod)


def read(world: World) -> str:
    return place(world).read_text()


def names(world: World, section: str) -> list[str]:
    return [entry["name"] for entry in yaml.safe_load(read(world))[section]]


def records(world: World) -> list[pathlib.Path]:
    return sorted((world.state / "clusters").iterdir())


def identity(world: World, context: str) -> str:
    arguments = user_of(read(world), context)["args"]
    return arguments[arguments.index("--identity") + 1]


def make_own(world: World, text: str) -> None:
    """The configuration is the person's, found by no variable."""
    world.environment["ATMOS_CLI_CONFIG_PATH"] = None
    own = world.home / ".atmos"
    own.mkdir(mode=0o700, exist_ok=True)
    (own / "atmos.yaml").write_text(text)
    (world.repository / "atmos.yaml").unlink(missing_ok=True)


def moved(world: World) -> str:
    """The program at another path."""
    path = world.root / "moved"
    path.symlink_to(binaries())
    return str(path / "atmos-auth")


# Who acts


def test_clusters_of_one_name_in_two_accounts(kube: World):
    kube.configure(two("210987654321"))
    kube.run("login", "dev", status=0)
    kube.run("login", "prod", status=0)
    assert (identity(kube, ARN), identity(kube, OTHER_ARN)) == ("dev", "prod")
    kube.run("logout", "prod", status=0)
    assert names(kube, "contexts") == [ARN] and names(kube, "users") == [USER]
    assert yaml.safe_load(read(kube))["current-context"] == ARN


def test_two_identities_of_one_cluster(kube: World):
    kube.configure(two(dev=", alias: d", prod=", alias: p"))
    kube.run("login", "dev", status=0)
    kube.run("login", "prod", status=0)
    assert (identity(kube, "d"), identity(kube, "p")) == ("dev", "prod")
    kube.run("logout", "dev", status=0)
    assert names(kube, "contexts") == ["p"] and names(kube, "clusters") == [ARN]
    kube.run("logout", "prod", status=0)
    assert not place(kube).exists(), "the file was made by the first of them"


def test_two_identities_with_one_context(kube: World):
    """The last login has it, and says whose it was."""
    kube.configure(two())
    kube.run("login", "dev", status=0)
    answer = kube.run("login", "prod", status=0)
    assert "as prod" in answer.stderr and "no longer as dev" in answer.stderr
    assert identity(kube, ARN) == "prod"
    kube.run("logout", "dev", status=0)
    assert identity(kube, ARN) == "prod" and len(names(kube, "users")) == 1
    kube.run("logout", "prod", status=0)
    assert not place(kube).exists()


# From anywhere


@pytest.mark.parametrize("way", ["variable", "own", "realm"])
def test_the_entry_works_in_any_shell(kube: World, way: str):
    text = CLUSTERS.format(more="")
    if way == "own":
        make_own(kube, text)
        (kube.repository / ".git").mkdir()
    if way == "realm":
        kube.environment["ATMOS_AUTH_REALM"] = "e2e"
        kube.configure(text.replace("realm: e2e", "realm: another"))
    kube.run("login", status=0)
    answer = run_entry(kube, user_of(read(kube), ARN))
    assert answer.status == 0 and answer.json()["kind"] == "ExecCredential"


def test_a_login_and_a_logout_in_two_repositories(kube: World):
    make_own(kube, CLUSTERS.format(more=""))
    for name in ("a", "b"):
        (kube.root / name / ".git").mkdir(parents=True)
    kube.run("login", "dev", cwd=kube.root / "a", status=0)
    before = read(kube)
    kube.run("login", "dev", cwd=kube.root / "b", status=0)
    assert read(kube) == before and len(records(kube)) == 1
    kube.run("logout", "dev", cwd=kube.root / "b", status=0)
    assert not place(kube).exists() and records(kube) == []


# What a login replaces


def test_another_alias(kube: World):
    mine = "- context: {cluster: old, user: me}\n  name: old\n"
    path = kube.home / "config"
    path.write_text(f"contexts:\n{mine}current-context: old\n")
    where = f", kubeconfig: {{path: {path}}}"
    kube.configure(CLUSTERS.format(more=where + ", alias: one"))
    kube.run("login", status=0)
    text = path.read_text()
    path.write_text(text.replace("  name: one", "    namespace: team\n  name: one", 1))
    assert "namespace" in yaml.safe_load(path.read_text())["contexts"][1]["context"]
    kube.configure(CLUSTERS.format(more=where + ", alias: two"))
    kube.run("login", status=0)
    found = yaml.safe_load(path.read_text())
    assert [entry["name"] for entry in found["contexts"]] == ["old", "two"]
    assert found["contexts"][1]["context"]["namespace"] == "team"
    kube.run("logout", "dev", status=0)
    found = yaml.safe_load(path.read_text())
    assert found["current-context"] == "old" and found["users"] == []


def test_another_kubeconfig(kube: World):
    kube.run("login", status=0)
    path = kube.home / "config"
    kube.configure(CLUSTERS.format(more=f", kubeconfig: {{path: {path}}}"))
    kube.run("login", status=0)
    assert path.exists() and not place(kube).exists()
    kube.run("logout", "dev", status=0)
    assert not path.exists()


@pytest.mark.parametrize("change", ["removed", "renamed", "another alias", "another cluster"])
@pytest.mark.parametrize("scope", [("dev",), ("--all",), ("--all-realms",)])
def test_logout_takes_back_whatever_is_configured_now(kube: World, change: str, scope: tuple):
    kube.run("login", status=0)
    text = CLUSTERS.format(more="")
    kube.configure(
        {
            "removed": text.split("  integrations:")[0],
            "renamed": text.replace("\n    main:", "\n    primary:"),
            "another alias": CLUSTERS.format(more=", alias: prod"),
            "another cluster": text.replace("name: main", "name: other"),
        }[change]
    )
    dry = kube.run("logout", *scope, "--dry-run", status=0)
    assert "Would take back integration: main\n" in dry.stderr
    kube.run("logout", *scope, status=0)
    assert not place(kube).exists() and records(kube) == []


def test_logout_leaves_what_another_realm_has(kube: World):
    kube.run("login", status=0)
    kube.configure(CLUSTERS.format(more="").replace("realm: e2e", "realm: other"))
    kube.run("logout", "--all", status=0)
    assert names(kube, "contexts") == [ARN]
    kube.run("logout", "--all-realms", status=0)
    assert not place(kube).exists()


# `update: error`


def test_our_own_entry_is_no_conflict(kube: World):
    """Neither a program that moved nor another directory makes it somebody else's."""
    kube.configure(CLUSTERS.format(more=", kubeconfig: {update: error}"))
    kube.run("login", status=0)
    program = moved(kube)
    answer = kube.program(program, "login")
    assert answer.status == 0 and "already has" not in answer.stderr
    assert user_of(read(kube), ARN)["command"] == program


def test_a_checkout_that_was_allowed_again_is_no_conflict(kube: World):
    kube.is_own = False
    text = CLUSTERS.format(more=", kubeconfig: {update: error}")
    kube.configure(text)
    for change in (text, text.replace("role/dev", "role/other")):
        kube.configure(change)
        kube.run("allow", "-i", "dev", status=0)
        kube.run("allow", "-i", "engineer", "--with-keys", status=0)
        answer = kube.run("login", "dev", status=0)
        assert "already has" not in answer.stderr and "kubectl reaches" in answer.stderr
        assert run_entry(kube, user_of(read(kube), ARN)).status == 0


def test_what_somebody_else_changed_is_a_conflict(kube: World):
    kube.configure(CLUSTERS.format(more=", kubeconfig: {update: error}"))
    kube.run("login", status=0)
    text = read(kube).replace(f"    user: {USER}", "    user: me")
    place(kube).write_text(text)
    assert f"already has context `{ARN}`" in kube.run("login", status=0).stderr
    assert read(kube) == text


# What a person added


def test_additions_outlive_every_change(kube: World, apis: AWSAPIs, cluster: APIServer):
    kube.run("login", status=0)
    text = read(kube)
    text = text.replace(f"    user: {USER}", f"    namespace: team\n    user: {USER}")
    text = text.replace(
        "      env:\n", '      env:\n      - {name: HTTPS_PROXY, value: "http://p:1"}\n'
    )
    text = text.replace("    server:", "    tls-server-name: x\n    server:")
    place(kube).write_text(text)
    assert yaml.safe_load(text)["users"][0]["user"]["exec"]["env"][0]["name"] == "HTTPS_PROXY"
    # No authority, so the cluster is written as a whole, and other arguments.
    apis.tell("/__clusters", {"name": "main", "endpoint": cluster.url, "authority": None})
    kube.configure(CLUSTERS.format(more=", alias: prod"))
    program = moved(kube)
    assert kube.program(program, "login").status == 0
    found = yaml.safe_load(read(kube))
    [context], [user], [entry] = found["contexts"], found["users"], found["clusters"]
    assert context["name"] == "prod" and context["context"]["namespace"] == "team"
    assert user["user"]["exec"]["command"] == program
    proxies = [one for one in user["user"]["exec"]["env"] if one["name"] == "HTTPS_PROXY"]
    assert proxies == [{"name": "HTTPS_PROXY", "value": "http://p:1"}]
    assert entry["cluster"] == {"server": cluster.url, "tls-server-name": "x"}


# Earlier releases


def as_an_earlier_release_wrote(world: World) -> None:
    """A user without account and identity, and a record without its owner."""
    path = place(world)
    path.write_text(path.read_text().replace(USER, "atmos-eks-main-eu-west-1"))
    [record] = records(world)
    magic, line, _ = record.read_text().splitlines()
    line = line.replace(USER, "atmos-eks-main-eu-west-1")
    assert "atmos-eks-main-eu-west-1\t" in line
    record.unlink()
    (record.parent / "main.0123456789abcdef").write_text(f"{magic}\n{line}\n")


def test_an_entry_of_an_earlier_release_is_replaced(kube: World):
    kube.run("login", status=0)
    after = read(kube)
    as_an_earlier_release_wrote(kube)
    kube.configure(CLUSTERS.format(more=", kubeconfig: {update: error}"))
    kube.run("login", status=0)
    assert yaml.safe_load(read(kube)) == yaml.safe_load(after)
    assert len(records(kube)) == 1
    kube.run("logout", "dev", status=0)
    assert not place(kube).exists()


@pytest.mark.parametrize("scope", [("dev",), ("--all",), ("--all-realms",)])
def test_an_entry_of_an_earlier_release_is_taken_back(kube: World, scope: tuple):
    kube.run("login", status=0)
    as_an_earlier_release_wrote(kube)
    kube.configure(CLUSTERS.format(more="").split("  integrations:")[0])
    kube.run("logout", *scope, status=0)
    assert not place(kube).exists() and records(kube) == []
