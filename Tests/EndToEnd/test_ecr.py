"""Logins to ECR: what Docker's file has in it, and that real programs pull with it."""

from __future__ import annotations

import base64
import concurrent.futures
import json
import os
import pathlib
import shutil

import pytest

from certificates import certificate_for
from registry_world import HELPER, HOST, IMAGES, AWSAPIs, Registry, file, get, helper
from relay import Relay
from secret_scan import ProcessWatch, assert_nowhere
from world import World

STORED = IMAGES.replace("spec: {registry", "spec: {store: docker, registry")


def write(world: World, text: str) -> pathlib.Path:
    path = file(world)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def test_a_login_enters_the_helper_and_stores_nothing(docker: World, apis: AWSAPIs):
    answer = docker.run("login", status=0)
    assert (
        f"Docker logs in to {HOST} as dev" in answer.stderr and str(file(docker)) in answer.stderr
    )
    assert json.loads(file(docker).read_text()) == {"credHelpers": {HOST: "atmos-auth"}}
    assert file(docker).stat().st_mode & 0o777 == 0o600
    with ProcessWatch() as watch:
        answer = get(docker)
    assert answer["ServerURL"] == HOST and answer["Username"] == "AWS"
    assert answer["Secret"] in apis.passwords()
    assert apis.count("GetAuthorizationToken") == 1
    [call] = [entry for entry in apis.log() if entry["action"] == "GetAuthorizationToken"]
    assert ":assumed-role/dev/" in call["caller"] and call["service"] == "ecr"
    assert_nowhere(docker, apis.issued_secrets(), watch)


def test_a_real_skopeo_pulls(docker: World, apis: AWSAPIs, tmp_path):
    if shutil.which("skopeo") is None:
        pytest.skip("skopeo is not installed: a pull by a real program is NOT shown")
    docker.run("login", status=0)
    registry = Registry(apis, certificate_for(tmp_path, HOST))
    command = ("skopeo", "inspect", "--raw", "--tls-verify=false", f"docker://{HOST}/app:latest")
    try:
        with Relay(None, behind=registry.port) as proxy:
            env = {"HTTPS_PROXY": proxy.url}
            answer = docker.program(*command, env=env)
            assert answer.status == 0, str(answer)
            assert answer.stdout.encode() == Registry.MANIFEST
            # Without the login the same is refused.
            docker.run("logout", "dev", status=0)
            assert docker.program(*command, env=env).status != 0
    finally:
        registry.close()


def test_the_registry_public_to_all(docker: World, apis: AWSAPIs):
    docker.run("ecr-login", "--public", status=0)
    assert json.loads(file(docker).read_text())["credHelpers"] == {"public.ecr.aws": "atmos-auth"}
    [call] = [entry for entry in apis.log() if entry["action"] == "GetAuthorizationToken"]
    assert call["service"] == "ecr-public"
    answer = helper(docker, "get", "public.ecr.aws").json()
    assert answer["Username"] == "AWS"


def test_many_pulls_ask_once(docker: World, apis: AWSAPIs):
    docker.run("login", status=0)
    helper(docker, "erase", HOST)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: get(docker)["Secret"], range(16)))
    assert len(set(answers)) == 1
    assert apis.count("GetAuthorizationToken") == 2
    assert apis.count("AssumeRole") == 1


def test_other_keys_stay_byte_for_byte(docker: World):
    before = (
        '{\r\n  "HttpHeaders": {"User-Agent": "x"},\r\n  "auths" : {"ghcr.io": {}},\r\n'
        '  "unknown": [1.50, {"a": null}],\r\n  "credsStore": "pass"\r\n}\r\n'
    )
    write(docker, before).chmod(0o640)
    docker.run("login", status=0)
    after = file(docker).read_bytes().decode()
    added = f',\r\n  "credHelpers": {{\r\n    "{HOST}": "atmos-auth"\r\n  }}'
    assert after == before.replace('"pass"', '"pass"' + added)
    assert file(docker).stat().st_mode & 0o777 == 0o640
    docker.run("logout", "dev", status=0)
    assert file(docker).read_bytes().decode() == before


def test_logout_takes_back_exactly_that(docker: World):
    docker.run("login", status=0)
    docker.run("logout", "dev", status=0)
    assert not file(docker).exists(), "the file was made for it"
    helper(docker, "get", HOST, status=1)
    write(docker, '{"credHelpers": {"ghcr.io": "x"}}')
    docker.run("login", status=0)
    assert json.loads(file(docker).read_text())["credHelpers"][HOST] == "atmos-auth"
    docker.run("logout", "dev", status=0)
    assert file(docker).read_text() == '{"credHelpers": {"ghcr.io": "x"}}'


def test_logout_leaves_what_somebody_changed(docker: World):
    docker.run("login", status=0)
    assert json.loads(file(docker).read_text())["credHelpers"][HOST] == "atmos-auth"
    write(docker, f'{{"credHelpers": {{"{HOST}": "ecr-login"}}}}')
    docker.run("logout", "dev", status=0)
    assert json.loads(file(docker).read_text()) == {"credHelpers": {HOST: "ecr-login"}}


def test_another_helper_is_not_replaced(docker: World):
    text = f'{{"credHelpers": {{"{HOST}": "ecr-login"}}}}'
    write(docker, text)
    answer = docker.run("login", status=0)
    assert "names the helper `ecr-login`" in answer.stderr
    assert "`atmos-auth ecr-login images` repeats it" in answer.stderr
    assert file(docker).read_text() == text


def test_store_docker_writes_what_atmos_writes(docker: World, apis: AWSAPIs):
    docker.configure(STORED)
    docker.run("login", status=0)
    auth = json.loads(file(docker).read_text())["auths"][HOST]["auth"]
    user, _, password = base64.b64decode(auth).decode().partition(":")
    assert user == "AWS" and password in apis.passwords()
    exported = docker.run("audit", "export", status=0).stdout.splitlines()
    left = [line for line in map(json.loads, exported) if line["way"] == "docker-credential"]
    assert [(line["identity"], line["delivery"]) for line in left] == [("dev", "token")]
    docker.run("login", status=0)
    docker.configure(IMAGES)
    docker.run("login", status=0)
    assert json.loads(file(docker).read_text()) == {"credHelpers": {HOST: "atmos-auth"}}
    docker.configure(STORED)
    docker.run("login", status=0)
    docker.run("logout", "dev", status=0)
    assert not file(docker).exists()


def test_a_store_of_the_persons_stays_theirs(docker: World):
    docker.configure(STORED)
    write(docker, '{"credsStore": "secretservice"}')
    answer = docker.run("login", status=0)
    assert "Docker would not look" in answer.stderr
    assert file(docker).read_text() == '{"credsStore": "secretservice"}'


def test_podman_reads_the_file_that_it_is_told(docker: World):
    named = docker.home / "auth.json"
    docker.run("login", env={"REGISTRY_AUTH_FILE": str(named)}, status=0)
    for path in (named, file(docker)):
        assert json.loads(path.read_text()) == {"credHelpers": {HOST: "atmos-auth"}}
    docker.run("logout", "dev", status=0)
    assert not named.exists() and not file(docker).exists()


def test_a_link_stays_one(docker: World):
    real = docker.home / "dotfiles/docker.json"
    real.parent.mkdir()
    real.write_text("{}\n")
    file(docker).parent.mkdir()
    file(docker).symlink_to(real)
    docker.run("login", status=0)
    assert file(docker).is_symlink()
    assert json.loads(real.read_text()) == {"credHelpers": {HOST: "atmos-auth"}}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{" + '"a":{' * 5000, "nested too deeply"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"credHelpers": {"x": "y", "x": "z"}}', "twice"),
        ('{"credHelpers": []}', "not an object"),
        ("[]", "does not begin"),
        ('{"a": 1,}', "key that is not a string"),
        ('{"a": nope}', "not a value"),
        ("\ufeff{}", "does not begin"),
        ('{"a": "' + "x" * (5 << 20) + '"}', "larger than"),
    ],
    ids=["deep", "duplicate", "nested-duplicate", "list", "array", "comma", "word", "bom", "huge"],
)
def test_a_file_that_cannot_be_changed_stays(docker: World, text: str, what: str):
    write(docker, text)
    answer = docker.run("login", status=0)
    assert "warning: integration images" in answer.stderr and what in answer.stderr
    assert file(docker).read_bytes() == text.encode()
    docker.run("exec", "--", "true", status=0)


def test_a_read_only_file_stays(docker: World):
    write(docker, "{}").chmod(0o444)
    answer = docker.run("login", status=0)
    assert "read-only" in answer.stderr
    assert file(docker).read_text() == "{}"


def test_a_dangling_link_stays(docker: World):
    file(docker).parent.mkdir()
    file(docker).symlink_to("/nowhere/at/all")
    answer = docker.run("login", status=0)
    assert "leads nowhere" in answer.stderr
    assert os.readlink(file(docker)) == "/nowhere/at/all"


def test_without_rights_the_login_continues(docker: World, apis: AWSAPIs):
    docker.configure(IMAGES.replace("role/dev", "role/Plain"))
    answer = docker.run("login", status=0)
    assert "Authentication successful" in answer.stderr
    assert "needs `ecr:GetAuthorizationToken`" in answer.stderr
    assert not file(docker).exists()
    docker.run("ecr-login", status=77)


def test_the_helper_speaks_dockers_protocol(docker: World):
    answer = helper(docker, "get", "registry.example.com", status=1)
    assert answer.stdout.strip() == "credentials not found in native keychain"
    assert helper(docker, "list").json() == {}
    docker.run("login", status=0)
    assert list(helper(docker, "list").json()) == [f"https://{HOST}"]
    assert "stores none" in helper(docker, "store", "{}", status=1).stdout
    helper(docker, "erase", HOST)
    assert helper(docker, "version").stdout.startswith(HELPER)
    assert "knows get" in helper(docker, "nonsense", status=1).stdout


def test_trap_81_docker_keeps_its_own_directory(docker: World):
    """Contexts, builders and plugins are there; another one would hide them."""
    docker.run("login", status=0)
    assert "DOCKER_CONFIG" not in docker.run("env", "--format", "json", status=0).json()
    env = {"DOCKER_CONFIG": str(docker.home / "mine")}
    seen = docker.run("exec", "--", "sh", "-c", "echo $DOCKER_CONFIG", env=env, status=0)
    assert seen.stdout == f"{docker.home}/mine\n"


def test_it_works_from_any_directory(docker: World):
    docker.environment["ATMOS_CLI_CONFIG_PATH"] = None
    own = docker.home / ".atmos"
    own.mkdir()
    shutil.copy(docker.repository / "atmos.yaml", own / "atmos.yaml")
    (docker.repository / "atmos.yaml").unlink()
    docker.run("login", status=0)
    assert get(docker, cwd="/")["Username"] == "AWS"


def test_names_and_spellings(docker: World):
    for words in (
        ("ecr-login", "images"),
        ("ecr-login", "--registry", f"https://{HOST}/app"),
        ("aws", "ecr", "login", "images"),
        ("auth", "ecr-login", "images"),
        ("ecr-login",),
    ):
        docker.run(*words, status=0)
        docker.run("logout", "dev", status=0)
    assert "not found" in docker.said("ecr-login", "image", status=64)
    assert "not a registry" in docker.said("ecr-login", "--registry", "example.com", status=64)


def test_a_checkout_is_allowed_first(docker: World):
    docker.is_own = False
    answer = docker.run("login", "dev", status=77)
    assert "allow" in answer.stderr and not file(docker).exists()
    answer = docker.run("allow", "-i", "dev", status=0)
    assert f"writes {file(docker)}" in answer.stderr
    docker.run("allow", "-i", "engineer", "--with-keys", status=0)
    docker.run("login", "dev", status=0)
    assert get(docker)["Username"] == "AWS"
    docker.configure(IMAGES.replace("role/dev", "role/other"))
    answer = helper(docker, "get", HOST, status=1)
    assert "has changed since it was handed out" in answer.stdout


def test_auto_provision_off(docker: World):
    docker.configure(IMAGES.replace("spec: {registry", "spec: {auto_provision: false, registry"))
    docker.run("login", status=0)
    assert not file(docker).exists()
    docker.run("ecr-login", "images", status=0)
    assert file(docker).exists()
