"""An imported identity ends where botocore ends with its profile, for many odd files."""

from __future__ import annotations

import os
import re

import pytest
import yaml
from botocore.exceptions import BotoCoreError, ConfigParseError

from aws_login import cache_file, put
from profile_pairs import ENVIRONMENT_KEY, LOGIN, Botocore, Generator, Pair
from world import World


class Imported:
    """What `import aws-config` made of the files here."""

    def __init__(self, world: World) -> None:
        self.world = world
        path = world.repository / "atmos.yaml"
        path.unlink(missing_ok=True)
        answer = world.run("import", "aws-config", "--output", "atmos.yaml")
        assert answer.status in (0, 78), str(answer)
        self.report = answer.stderr
        self.identities = {}
        if answer.status == 0:
            check = world.run("validate")
            assert check.status == 0 and "error" not in check.stderr, str(check)
            self.identities = yaml.safe_load(path.read_text())["auth"].get("identities", {})
            self.providers = yaml.safe_load(path.read_text())["auth"].get("providers", {})
        self.names = dict(re.findall(r"profile `([^`]*)` is called `([^`]*)`", self.report))
        self.keys = {
            name.strip("'"): key
            for name, key in re.findall(
                r"configure -i ('[^']*'|\S+) --access-key-id (\S+)", self.report
            )
        }

    def chain(self, name: str) -> list[tuple]:
        entry = self.identities[name]
        principal = entry.get("principal", {})
        match entry["kind"]:
            case "aws/user":
                return [("keys", self.keys[name], False)]
            case "aws/assume-role":
                seconds = principal.get("duration")
                own = (
                    "role",
                    principal["assume_role"],
                    principal.get("external_id"),
                    int(seconds.removesuffix("s")) if seconds else None,
                    principal.get("session_name"),
                    principal.get("mfa_arn"),
                )
                return [*self.chain(entry["via"]["identity"]), own]
            case "aws/permission-set":
                portal = self.providers[entry["via"]["provider"]]["start_url"]
                return [("portal", portal, principal["account"]["id"], principal["name"])]
            case "aws/ambient" if f" {name}: web identity" in self.report:
                return [("token",)]
            case "aws/ambient" if f" {name}: `aws login`" in self.report:
                return [("login", LOGIN)]
            case "aws/ambient":
                answer = self.world.run("credential-process", "-i", name, status=0).json()
                return [("keys", answer["AccessKeyId"], "SessionToken" in answer)]
        raise AssertionError(entry)


@pytest.fixture
def compare(world: World, monkeypatch):
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(world.home))
    for name, value in (("ACCESS_KEY_ID", ENVIRONMENT_KEY), ("SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(f"AWS_{name}", value)
        world.environment[f"AWS_{name}"] = value
    directory = world.home / ".aws"
    botocore = Botocore(directory, monkeypatch)
    # botocore finds no credential without it.
    login = cache_file(world, LOGIN)
    login.parent.mkdir(parents=True)
    keys = {"accessKeyId": "ASIAX", "secretAccessKey": "x", "sessionToken": "x", "accountId": "1"}
    put(
        login,
        {
            "accessToken": {**keys, "expiresAt": "2099-01-01T00:00:00Z"},
            "refreshToken": "x",
            "clientId": "x",
            "dpopKey": "x",
        },
    )

    def compare(pair: Pair) -> int:
        """Compares all profiles of a pair; how many gave the same."""
        pair.write(directory)
        imported = Imported(world)
        try:
            profiles = botocore.profiles()
        except ConfigParseError:
            return 0
        same = 0
        for profile in profiles:
            name = imported.names.get(profile, profile)
            where = f"profile {profile}\n{pair}\n{imported.report}"
            try:
                theirs = botocore.chain(profile)
            except BotoCoreError as error:
                assert name not in imported.identities, f"{error}\n{where}"
                continue
            if theirs is None or theirs[0][0] == "keys" and theirs[0][2]:
                # Nothing, or keys of a session, which ends.
                assert name not in imported.identities, where
                continue
            assert name in imported.identities, f"{theirs}\n{where}"
            assert imported.chain(name) == theirs, where
            same += 1
        return same

    return compare


@pytest.mark.parametrize("seed", range(6))
def test_random_files_mean_what_they_mean_to_botocore(compare, seed: int):
    generator = Generator(seed)
    assert sum(compare(generator.pair()) for _ in range(10)) > 8, "too little was compared"


KEYS = "aws_access_key_id = AKIAEXAMPLE{0}\naws_secret_access_key = s\n"
ROLE = "role_arn = arn:aws:iam::123456789012:role/{0}\nsource_profile = {1}\n"


@pytest.mark.parametrize(
    "config, credentials",
    [
        (f"[profile a]\n{KEYS}[profile b]# x\n{KEYS}".replace("{0}", "000000001"), ""),
        (f"[profile a]\n{ROLE.format('a', 'b')}[profile b]\n{ROLE.format('b', 'b')}"
         + KEYS.format("000000001"), ""),
        (f"[profile b]\n{ROLE.format('b', 'a')}{KEYS.format('000000001')}"
         f"[profile a]\n{ROLE.format('a', 'b')}", ""),
        (f"[default]\n{KEYS.format('000000001')}[profile default]\n{KEYS.format('000000002')}", ""),
        (f"[DEFAULT]\n{KEYS.format('000000001')}[profile a]\nregion = eu-west-1\n", ""),
        ("", f"[a]\n{KEYS.format('000000001')}aws_security_token = t\n"),
    ],
    ids=["title", "itself", "loop", "default", "DEFAULT", "token"],
)  # fmt: skip
def test_files_that_once_meant_something_else(compare, config: str, credentials: str):
    pair = Pair(config.encode(), credentials.encode())
    assert compare(pair) > 0 or credentials
