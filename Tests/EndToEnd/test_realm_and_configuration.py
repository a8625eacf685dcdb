"""Where configuration is found, how it is merged, and which realm comes of it."""

from __future__ import annotations

import hashlib
import pathlib
import subprocess

import pytest

from mock_world import single
from world import World


def realm(world: World, *arguments: str, **options) -> tuple[str, str]:
    world.run("login", *arguments, status=0, **options)
    who = world.run("whoami", "--output", "json", *arguments, status=0, **options).json()
    return who["realm"], who["realm_source"]


def without_realm() -> str:
    return single().replace("  realm: e2e\n", "")


def path_hash(directory: pathlib.Path) -> str:
    return hashlib.sha256(str(directory).lower().encode()).hexdigest()[:16]


def test_the_realm_is_the_hash_of_the_configurations_directory(world: World):
    world.configure(without_realm())
    assert realm(world)[0] == path_hash(world.repository)


def test_an_explicit_realm_wins(world: World):
    world.configure(single())
    assert realm(world) == ("e2e", "config")


def test_the_environments_realm_wins_over_both(world: World):
    world.configure(single())
    assert realm(world, env={"ATMOS_AUTH_REALM": "from-env"}) == ("from-env", "env")


@pytest.mark.parametrize("value", ["Upper", "a--b", "-a", "a/b", "..", "a" * 65])
def test_a_realm_that_cannot_be_one_is_refused(world: World, value: str):
    world.configure(single())
    answer = world.run("list", env={"ATMOS_AUTH_REALM": value})
    assert answer.status == 64, str(answer)
    assert "invalid realm value" in answer.stderr
    world.configure(single().replace("realm: e2e", f"realm: {value!r}"))
    answer = world.run("login")
    assert answer.status == 78, str(answer)
    assert "invalid realm value" in answer.stderr
    assert not world.state.exists() or not list(world.state.rglob("*.session"))


def test_a_subdirectory_finds_the_configuration_above(world: World):
    world.configure(single())
    deep = world.repository / "a/b/c"
    deep.mkdir(parents=True)
    assert "dev" in world.run("list", cwd=deep, status=0).stdout


def test_the_git_root_is_searched(world: World):
    world.configure(single())
    subprocess.run(["git", "init", "-q", str(world.repository)], check=True)
    deep = world.repository / "x/y"
    deep.mkdir(parents=True)
    assert "dev" in world.run("list", cwd=deep, status=0).stdout


def test_chdir_is_the_same_as_standing_there(world: World):
    world.configure(single())
    assert "dev" in world.run("list", "--chdir", str(world.repository), cwd="/", status=0).stdout
    assert "dev" in world.run("list", "-C", str(world.repository), cwd="/", status=0).stdout


def test_config_and_config_path_replace_discovery(world: World):
    world.configure(single())
    other = world.root / "other"
    other.mkdir()
    (other / "atmos.yaml").write_text(single().replace("    dev:", "    elsewhere:"))
    for arguments in (["--config", str(other / "atmos.yaml")], ["--config-path", str(other)]):
        text = world.run("list", *arguments, status=0).stdout
        assert "elsewhere" in text and " dev " not in text
    by_variable = world.run("list", env={"ATMOS_CLI_CONFIG_PATH": str(other)}, status=0).stdout
    assert "elsewhere" in by_variable


def test_the_home_configuration_is_merged_below(world: World):
    world.configure(single())
    home = world.home / ".atmos"
    home.mkdir()
    (home / "atmos.yaml").write_text(
        "auth:\n  providers:\n    mine: {kind: mock/aws}\n"
        "  identities:\n    personal: {kind: mock/aws, via: {provider: mine}}\n"
    )
    text = world.run("list", status=0).stdout
    assert "personal" in text and "dev" in text


def test_atmos_d_and_imports_are_merged(world: World):
    world.configure("import: [extra/*.yaml]\n" + single())
    world.write(
        "extra/one.yaml",
        """\
        auth:
          identities:
            imported: {kind: mock/aws, via: {provider: sandbox}}
        """,
    )
    world.write(
        "atmos.d/two.yaml",
        """\
        auth:
          identities:
            dropped-in: {kind: mock/aws, via: {provider: sandbox}}
        """,
    )
    text = world.run("list", status=0).stdout
    assert "imported" in text and "dropped-in" in text


def test_the_main_file_replaces_what_its_imports_define(world: World):
    world.configure("import: [extra.yaml]\n" + single())
    world.write(
        "extra.yaml",
        """\
        auth:
          identities:
            dev:
              principal: {account: {id: 999900001111}}
              alias: from-import
        """,
    )
    who = world.run("list", "--format", "json", status=0).json()["identities"]["dev"]
    assert str(who["principal"]["account"]["id"]) == "111122223333"
    assert "alias" not in who, "the whole definition is replaced, as in atmos"


@pytest.mark.parametrize("how", ["flag", "variable", "default"])
def test_profiles(world: World, how: str):
    text = single()
    if how == "default":
        text += "profiles: {default: developer}\n"
    world.configure(text)
    world.write(
        "profiles/developer/auth.yaml",
        """\
        auth:
          identities:
            from-profile: {kind: mock/aws, via: {provider: sandbox}}
        """,
    )
    arguments = ["--profile", "developer"] if how == "flag" else []
    env = {"ATMOS_PROFILE": "developer"} if how == "variable" else {}
    assert "from-profile" in world.run("list", *arguments, env=env, status=0).stdout


def test_an_unknown_profile_lists_those_there_are(world: World):
    world.configure(single())
    world.write("profiles/developer/auth.yaml", "auth: {}\n")
    answer = world.run("list", "--profile", "develoepr")
    assert answer.status in (64, 78), str(answer)
    assert "profile not found" in answer.stderr and "developer" in answer.stderr


def test_env_tags_are_read_and_followed(world: World):
    world.configure(single().replace("111122223333", "!env ACCOUNT 111122223333"))
    world.run("login", status=0)
    first = world.run("whoami", "--output", "json", status=0).json()["account"]
    env = {"ACCOUNT": "444455556666"}
    world.run("login", env=env, status=0)
    second = world.run("whoami", "--output", "json", env=env, status=0).json()["account"]
    assert (first, second) == ("111122223333", "444455556666")


def test_xdg_directories_are_honoured(world: World):
    world.configure(single())
    base = world.root / "xdg"
    world.environment.update(
        {
            "XDG_CONFIG_HOME": str(base / "config"),
            "XDG_CACHE_HOME": str(base / "cache"),
            "XDG_DATA_HOME": str(base / "data"),
            "XDG_STATE_HOME": str(base / "state"),
        }
    )
    world.run("login", status=0)
    assert (base / "state/atmos-auth/sessions").is_dir()
    assert (base / "data/atmos/keyring").is_dir()
    assert list(world.home.iterdir()) == []


def test_atmos_xdg_wins_over_xdg(world: World):
    world.configure(single())
    world.environment.update(
        {
            "XDG_DATA_HOME": str(world.root / "xdg"),
            "ATMOS_XDG_DATA_HOME": str(world.root / "atmos-xdg"),
        }
    )
    world.run("login", status=0)
    assert (world.root / "atmos-xdg/atmos/keyring").is_dir()
    assert not (world.root / "xdg").exists()
