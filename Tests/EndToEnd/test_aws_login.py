"""Logins of the AWS CLI's `aws login`, which are used, renewed and left to it."""

from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import shutil
import stat
import tempfile

import pytest
from awscrt.crypto import ECExportFormat
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aws_login import USER, AWSLogin, botocore, in_seconds, pem, put
from secret_scan import ProcessWatch, assert_nowhere
from signin_world import SignIn, against
from world import World

IDENTITIES = """\
auth:
  realm: e2e
  identities:
    mine:
      kind: aws/ambient
      spec: {profile: jane}
    deploy:
      kind: aws/assume-role
      via: {identity: mine}
      principal: {assume_role: "arn:aws:iam::123456789012:role/Deploy", region: eu-west-1}
"""


def key(world: World, identity: str = "mine") -> str:
    return world.run("credential-process", "-i", identity, status=0).json()["AccessKeyId"]


def arn(world: World, identity: str) -> str:
    words = ["aws", "sts", "get-caller-identity", "--output", "json"]
    return json.loads(world.run("exec", "-i", identity, "--", *words, status=0).stdout)["Arn"]


@pytest.fixture
def server(world: World, signin) -> SignIn:
    server = signin()
    against(world, server, IDENTITIES)
    return server


@pytest.fixture
def login(world: World, server: SignIn) -> AWSLogin:
    return AWSLogin(world, server)


# Reading


def test_a_login_is_used_as_it_is(world: World, login: AWSLogin):
    before = login.path.read_bytes()
    answer = world.run("credential-process", "-i", "mine", status=0).json()
    content = login.read()["accessToken"]
    assert answer["AccessKeyId"] == content["accessKeyId"]
    assert answer["SessionToken"] == content["sessionToken"]
    assert answer["Expiration"] == content["expiresAt"]
    assert arn(world, "mine") == USER
    assert arn(world, "deploy").startswith("arn:aws:sts::123456789012:assumed-role/Deploy/")
    assert login.server.grants() == ["authorization_code"], "nothing was renewed"
    assert login.path.read_bytes() == before


def test_the_default_profile_and_a_role_over_it(world: World, server: SignIn):
    login = AWSLogin(world, server, "default")
    with (world.home / ".aws/config").open("a") as file:
        file.write(
            "[profile jane]\nrole_arn = arn:aws:iam::123456789012:role/Own\n"
            "source_profile = default\nregion = eu-west-1\n"
        )
    assert arn(world, "mine").startswith("arn:aws:sts::123456789012:assumed-role/Own/")
    world.configure("auth: {identities: {mine: {kind: aws/ambient}}}")
    assert key(world) == login.key_id


def test_another_directory(world: World, login: AWSLogin):
    moved = world.home / "elsewhere"
    shutil.move(login.path.parent, moved)
    world.environment["AWS_LOGIN_CACHE_DIRECTORY"] = "~/elsewhere"
    assert (
        key(world)
        == json.loads((moved / login.path.name).read_text())["accessToken"]["accessKeyId"]
    )
    assert botocore(world).json()["method"] == "login"


# Renewing


def test_it_is_renewed_and_the_cli_goes_on_with_it(world: World, login: AWSLogin):
    """Whose turn it is does not matter: the one reads what the other wrote."""
    content = login.content(60)
    content["accessToken"]["more"] = [1, 2.5, True, None]
    put(login.path, {**content, "later": {"x": "ü/\u2028"}})
    login.path.chmod(0o644)
    first = key(world)
    assert login.server.grants() == ["authorization_code", "refresh_token"]
    kept = login.read()
    assert kept["accessToken"]["accessKeyId"] == first != content["accessToken"]["accessKeyId"]
    assert kept["refreshToken"] != content["refreshToken"]
    assert (kept["accessToken"]["more"], kept["later"]) == ([1, 2.5, True, None], {"x": "ü/\u2028"})
    unchanged = ("tokenType", "clientId", "idToken", "dpopKey")
    assert [kept[name] for name in unchanged] == [content[name] for name in unchanged]
    assert kept["accessToken"]["accountId"] == "123456789012"
    assert stat.S_IMODE(login.path.stat().st_mode) == 0o600
    assert [path.name for path in login.path.parent.iterdir()] == [login.path.name]

    assert botocore(world).json() == {"method": "login", "AccessKeyId": first}
    login.end_keys()
    second = botocore(world).json()["AccessKeyId"]
    assert second != first
    assert key(world) == second
    login.end_keys()
    assert key(world) not in (first, second)
    assert login.server.grants()[1:] == ["refresh_token"] * 3
    assert arn(world, "mine") == USER


def test_20_programs_renew_once(world: World, login: AWSLogin):
    login.end_keys()

    def ask(_: int) -> tuple[int, str]:
        answer = world.run("credential-process", "-i", "mine", timeout=120)
        return answer.status, answer.stdout

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(ask, range(20)))
    assert len(answers) == 1 and answers.pop()[0] == 0
    assert login.server.grants() == ["authorization_code", "refresh_token"]


def test_the_cli_was_faster(world: World, login: AWSLogin):
    """The AWS CLI takes no lock: its new login is found when ours is refused."""
    login.end_keys()
    login.server.tell("/__faults", [{"kind": "hold", "action": "CreateOAuth2Token"}])
    process = world.start("credential-process", "-i", "mine")
    login.server.wait_for("CreateOAuth2Token", 2)
    newer = botocore(world).json()["AccessKeyId"]
    login.server.post("/__release")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert json.loads(output)["AccessKeyId"] == newer == login.key_id


@pytest.mark.parametrize("kind", ["503", "drop", "throttle"])
def test_a_service_in_trouble_costs_no_login(world: World, login: AWSLogin, kind: str):
    login.write(30)
    login.server.tell("/__faults", [{"kind": kind, "action": "CreateOAuth2Token", "count": 9}])
    assert world.run("credential-process", "-i", "mine").status == 69
    login.write(200)
    assert key(world) == login.key_id, "keys that last for minutes do"
    login.server.tell("/__reset")
    login.write(30)
    assert key(world) == login.key_id


def test_a_directory_that_cannot_be_written_costs_no_login(signin):
    """The refresh token is not used up where the next one cannot be kept."""
    # pytest's directories are closed to others, and root can write everywhere.
    with tempfile.TemporaryDirectory(prefix="aa-", dir="/tmp") as name:
        pathlib.Path(name).chmod(0o755)
        world = World(pathlib.Path(name).resolve() / "world")
        server = signin()
        login = AWSLogin(against(world, server, IDENTITIES), server)
        login.end_keys()
        words = [world.binary, "credential-process", "-i", "mine"]
        if os.geteuid() == 0:
            for path in [world.root, *world.root.rglob("*")]:
                os.chown(path, 54321, 54321, follow_symlinks=False)
            words = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", *words]
        login.path.parent.chmod(0o500)
        answer = world.program(*words)
        assert answer.status == 71 and "nothing can be written there" in answer.stderr, str(answer)
        assert server.grants() == ["authorization_code"]
        login.path.parent.chmod(0o700)
        assert world.program(*words).status == 0
        assert server.grants()[1:] == ["refresh_token"]


# Ended


@pytest.mark.parametrize("what", ["refresh", "logins"])
def test_a_login_that_has_ended_says_what_to_type(world: World, login: AWSLogin, what: str):
    login.write(30)
    login.server.tell("/__end", [what])
    said = world.said("credential-process", "-i", "mine", status=77)
    assert "the login of `aws login` for AWS profile `jane` has ended" in said
    assert "run `aws login --profile jane`" in said


def test_no_login(world: World, login: AWSLogin):
    login.path.unlink()
    said = world.said("exec", "-i", "deploy", "--", "true", status=77)
    assert "run `aws login --profile jane`" in said
    assert "needs `aws login --profile jane`" in world.run("why", "-i", "deploy", status=0).stdout


def test_a_user_without_the_policy_is_told_its_name(world: World, signin):
    server = signin()
    against(world, server, IDENTITIES)
    login = AWSLogin(world, server)
    login.write(30)
    fault = {
        "kind": "refuse",
        "action": "CreateOAuth2Token",
        "code": "INSUFFICIENT_PERMISSIONS",
        "status": 403,
    }
    server.tell("/__faults", [fault])
    said = world.said("credential-process", "-i", "mine", status=77)
    assert "SignInLocalDevelopmentAccess" in said and "has ended" not in said


def test_why_and_list_say_what_there_is(world: World, login: AWSLogin):
    shown = world.run("why", "-i", "mine", status=0).stdout
    assert USER in shown and "you are not asked" in shown
    assert "mine" in world.run("list", status=0).stdout
    assert login.server.grants() == ["authorization_code"], "nothing was sent"


# Hostile files


P384 = ec.generate_private_key(ec.SECP384R1()).private_bytes(
    serialization.Encoding.DER,
    serialization.PrivateFormat.TraditionalOpenSSL,
    serialization.NoEncryption(),
)
RENEWED = {"accessToken": {"expiresAt": in_seconds(-1000)}}


def merged(content: dict, changes: dict) -> dict:
    """A document with changes; `None` removes a member."""
    result = dict(content)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


@pytest.mark.parametrize(
    "changes",
    [
        {"accessToken": None},
        {"accessToken": []},
        {"accessToken": {"accessKeyId": 7}},
        {"accessToken": {"secretAccessKey": None}},
        {"accessToken": {"sessionToken": {}}},
        {"accessToken": {"expiresAt": 1}},
        {"refreshToken": None},
        {"refreshToken": ["x"]},
        {"clientId": ""},
        {"dpopKey": None},
        {"dpopKey": "nonsense", **RENEWED},
        {"dpopKey": pem(P384), **RENEWED},
        {"dpopKey": pem(b"\x30\x03\x02\x01\x01"), **RENEWED},
        {"dpopKey": "-----BEGIN EC PRIVATE KEY-----\n" * 3, **RENEWED},
    ],
    ids=lambda changes: json.dumps(changes)[:40],
)
def test_a_file_that_is_something_else(world: World, login: AWSLogin, changes: dict):
    put(login.path, merged(login.content(), changes))
    before = login.path.read_bytes()
    said = world.said("credential-process", "-i", "mine", status=78)
    assert "~/.aws/login/cache/" in said and "cannot be used" in said
    assert "run `aws login --profile jane`" in said
    assert login.path.read_bytes() == before
    assert login.server.grants() == ["authorization_code"]
    assert not any(secret in said for secret in login.secrets)


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b"{", b"\xff\xfe{}", b"[" * 100_000, b" " * (300 << 10)],
    ids=["empty", "null", "array", "half", "UTF-16", "deep", "huge"],
)
def test_a_file_that_is_no_login(world: World, login: AWSLogin, content: bytes):
    login.path.write_bytes(content)
    assert "cannot be used" in world.said("credential-process", "-i", "mine", status=78)


def test_keys_that_last_need_no_key_to_renew_them(world: World, login: AWSLogin):
    login.write(dpopKey="nonsense")
    assert key(world) == login.key_id


@pytest.mark.parametrize("end", ["UTC", "+00:00", "Z"])
def test_the_end_in_any_spelling(world: World, login: AWSLogin, end: str):
    content = login.content()
    content["accessToken"]["expiresAt"] = content["accessToken"]["expiresAt"][:-1] + end
    put(login.path, content)
    key(world)
    assert login.server.grants() == ["authorization_code"]


def test_an_end_that_is_not_a_time_is_renewed(world: World, login: AWSLogin):
    put(login.path, merged(login.content(), {"accessToken": {"expiresAt": "someday"}}))
    key(world)
    assert login.server.grants()[1:] == ["refresh_token"]


def test_pkcs8_is_a_key_as_well(world: World, login: AWSLogin):
    private = serialization.load_der_private_key(login.key.export_key(ECExportFormat.SEC1), None)
    der = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    login.write(60, dpopKey=pem(der, "PRIVATE KEY"))
    key(world)
    assert login.server.grants()[1:] == ["refresh_token"]


def test_a_directory_or_a_pipe_in_its_place(world: World, login: AWSLogin):
    login.path.unlink()
    login.path.mkdir()
    world.said("credential-process", "-i", "mine", status=78)
    login.path.rmdir()
    os.mkfifo(login.path)
    world.said("credential-process", "-i", "mine", status=78)


def test_a_link_to_a_file_of_the_person_stays(world: World, login: AWSLogin):
    real = world.home / "kept.json"
    login.path.rename(real)
    login.path.symlink_to(real)
    content = login.content(60)
    put(real, content)
    first = key(world)
    assert login.path.is_symlink()
    assert json.loads(real.read_text())["accessToken"]["accessKeyId"] == first


def test_a_file_that_others_can_write_is_not_believed(world: World, login: AWSLogin):
    login.path.chmod(0o666)
    assert "others can write" in world.said("credential-process", "-i", "mine", status=78)
    login.path.chmod(0o600)
    login.path.parent.chmod(0o777)
    assert "others can write" in world.said("credential-process", "-i", "mine", status=78)
    login.path.parent.chmod(0o700)
    assert key(world)


@pytest.mark.root
def test_a_file_of_another_user_is_not_believed(world: World, login: AWSLogin):
    os.chown(login.path, 12345, 12345)
    said = world.said("credential-process", "-i", "mine", status=78)
    assert "belongs to another user" in said


def test_a_link_out_of_reach(world: World, login: AWSLogin):
    """A link that leads nowhere is no login."""
    login.path.unlink()
    login.path.symlink_to(world.home / "nowhere")
    world.said("credential-process", "-i", "mine", status=77)


# Trust


def test_a_checkout_gets_it_only_once_it_is_allowed(world: World, login: AWSLogin):
    world.is_own = False
    login.end_keys()
    before = login.path.read_bytes()
    for words in (["credential-process"], ["exec"]):
        more = ["--", "true"] if words == ["exec"] else []
        world.run(*words, "-i", "deploy", *more, status=77)
    assert login.path.read_bytes() == before
    assert login.server.grants() == ["authorization_code"]
    world.run("allow", "-i", "deploy", status=0)
    assert arn(world, "deploy").startswith("arn:aws:sts::123456789012:assumed-role/Deploy/")
    assert login.server.grants()[1:] == ["refresh_token"]


def test_a_job_of_a_checkout_gets_none(world: World, login: AWSLogin):
    world.is_own = False
    world.environment["CI"] = "true"
    said = world.said("credential-process", "-i", "mine", status=77)
    assert "a job gets no login of a person" in said
    world.is_own = True
    assert key(world) == login.key_id


# Import


def test_import_takes_the_profile_as_it_stands(world: World, login: AWSLogin):
    with (world.home / ".aws/config").open("a") as file:
        file.write(
            "[profile boss]\nrole_arn = arn:aws:iam::123456789012:role/Boss\n"
            "source_profile = jane\nregion = eu-west-1\n"
        )
    answer = world.run("import", "aws-config", status=0)
    assert "jane: `aws login` of the profile" in answer.stderr
    world.configure(answer.stdout)
    assert key(world, "jane") == login.key_id
    assert arn(world, "boss").startswith("arn:aws:sts::123456789012:assumed-role/Boss/")


# Secrets


def test_no_secret_is_anywhere_else(world: World, login: AWSLogin):
    world.environment["ATMOS_LOGS_LEVEL"] = "trace"
    with ProcessWatch() as watch:
        login.end_keys()
        world.run("exec", "-i", "mine", "--", "true", status=0)
        world.run("why", "-i", "deploy", status=0)
        world.run("list", "--format", "json", status=0)
        login.write(30, dpopKey="nonsense")
        world.run("exec", "-i", "deploy", "--", "true", status=78)
        login.server.tell("/__end", ["refresh"])
        login.write(30)
        world.run("exec", "-i", "deploy", "--", "true", status=77)
    secrets = login.secrets
    private = login.content()["dpopKey"].splitlines()[1][:40]
    login.path.unlink()
    assert len(secrets) > 4
    assert_nowhere(world, [*secrets, private], watch)
