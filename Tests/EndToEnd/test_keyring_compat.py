"""The file keyring is atmos' file keyring.

joserfc stands for the Go library behind atmos' (99designs/keyring): it reads what we store, and
what it stores we find.
"""

from __future__ import annotations

import base64
import json
import pathlib
import stat

import pytest
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from world import World

PASSWORD = "the keyring's own password"
REALM = "compat"
# `created` is a header of that library's own.
REGISTRY = jwe.JWERegistry(algorithms=["PBES2-HS256+A128KW", "A256GCM"], strict_check_header=False)


def keyring(world: World) -> pathlib.Path:
    return world.data / "keyring"


def entry(name: str) -> str:
    return f"atmos_{REALM}_{name}"


def file_name(key: str) -> str:
    return key.replace("%", "%25").replace("/", "%2F")


def seal(key: str, value: str, password: str = PASSWORD, **header) -> str:
    item = {
        "Key": key,
        "Data": base64.b64encode(value.encode()).decode(),
        "Label": "",
        "Description": "",
        "KeychainNotTrustApplication": False,
        "KeychainNotSynchronizable": False,
    }
    protected = {
        "alg": "PBES2-HS256+A128KW",
        "created": "2024-05-01 10:11:12.131415 +0000 UTC",
        "enc": "A256GCM",
        "p2c": 8192,
        **header,
    }
    return jwe.encrypt_compact(
        protected,
        json.dumps(item, separators=(",", ":")).encode(),
        OctKey.import_key(password),
        registry=REGISTRY,
    )


def unseal(text: str, password: str = PASSWORD) -> tuple[dict, dict]:
    """The protected header and the item of an entry's file."""
    opened = jwe.decrypt_compact(text, OctKey.import_key(password), registry=REGISTRY)
    return opened.protected, json.loads(opened.plaintext)


def store(world: World, key: str, value: str, **options) -> pathlib.Path:
    keyring(world).mkdir(parents=True, mode=0o700, exist_ok=True)
    path = keyring(world) / file_name(key)
    path.write_text(seal(key, value, **options))
    path.chmod(0o600)
    return path


def envelope(access_key_id: str, secret: str) -> str:
    return json.dumps(
        {"type": "aws", "data": {"access_key_id": access_key_id, "secret_access_key": secret}}
    )


@pytest.fixture
def configured(world: World) -> World:
    world.environment["ATMOS_KEYRING_PASSWORD"] = PASSWORD
    world.configure(
        f"""
        auth:
          realm: {REALM}
          identities:
            engineer:
              kind: aws/user
            team/engineer:
              kind: aws/user
            engineer%2Fodd:
              kind: aws/user
        """
    )
    return world


@pytest.mark.parametrize("name", ["engineer", "team/engineer", "engineer%2Fodd"])
def test_what_we_store_the_other_library_reads(configured: World, name: str) -> None:
    configured.store_keys(name, "AKIACOMPATEXAMPLE000", "wJalrXUtnFEMI/K7MDENG/compat")
    path = keyring(configured) / file_name(entry(name))
    header, item = unseal(path.read_text())
    assert {key: header[key] for key in ("alg", "enc", "p2c")} == {
        "alg": "PBES2-HS256+A128KW",
        "enc": "A256GCM",
        "p2c": 8192,
    }
    assert list(item) == [
        "Key",
        "Data",
        "Label",
        "Description",
        "KeychainNotTrustApplication",
        "KeychainNotSynchronizable",
    ]
    assert item["Key"] == entry(name)
    value = json.loads(base64.b64decode(item["Data"]))
    assert value["type"] == "aws"
    assert value["data"]["access_key_id"] == "AKIACOMPATEXAMPLE000"
    assert value["data"]["secret_access_key"] == "wJalrXUtnFEMI/K7MDENG/compat"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_other_library_does_not_open_it_without_the_password(configured: World) -> None:
    configured.store_keys("engineer", "AKIACOMPATEXAMPLE000", "wJalrXUtnFEMI/K7MDENG/compat")
    text = (keyring(configured) / entry("engineer")).read_text()
    with pytest.raises((JoseError, ValueError)):
        unseal(text, "another password")


@pytest.mark.parametrize("rounds", [1000, 8192, 100_000])
def test_what_the_other_library_stores_we_log_in_with(configured: World, moto, rounds: int) -> None:
    configured.environment.update(moto.environment)
    store(
        configured,
        entry("team/engineer"),
        envelope(moto.access_key_id, moto.secret_access_key),
        p2c=rounds,
    )
    answer = configured.run("credential-process", "--identity", "team/engineer", status=0)
    assert answer.json()["SessionToken"]


def test_a_wrong_password_changes_nothing(configured: World) -> None:
    path = store(configured, entry("engineer"), envelope("AKIAOLD", "old"))
    before = path.read_bytes()
    answer = configured.run(
        "user",
        "configure",
        "--identity",
        "engineer",
        "--access-key-id",
        "AKIANEW",
        stdin="new\n",
        env={"ATMOS_KEYRING_PASSWORD": "not the password"},
    )
    assert answer.status == 77, str(answer)
    assert "does not open" in answer.stderr
    assert "ATMOS_KEYRING_PASSWORD" in answer.stderr
    assert path.read_bytes() == before
    assert [file.name for file in keyring(configured).iterdir()] == [path.name]


def test_without_a_password_the_error_says_which_variable_to_set(configured: World) -> None:
    store(configured, entry("engineer"), envelope("AKIAOLD", "old"))
    answer = configured.run(
        "credential-process",
        "--identity",
        "engineer",
        env={"ATMOS_KEYRING_PASSWORD": None, "ATMOS_KEYRING_PASSWORD_ENV": "TEAM_PASSWORD"},
    )
    assert answer.status == 77, str(answer)
    assert "TEAM_PASSWORD" in answer.stderr
    assert answer.stdout == ""


def test_a_damaged_entry_is_named_and_kept(configured: World) -> None:
    path = store(configured, entry("engineer"), envelope("AKIAOLD", "old"))
    text = path.read_text()
    path.write_text(text[:-4] + ("AAAA" if not text.endswith("AAAA") else "BBBB"))
    damaged = path.read_bytes()
    answer = configured.run("credential-process", "--identity", "engineer")
    assert answer.status == 78, str(answer)
    assert str(path) in answer.stderr
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("rounds", [999, 1_000_001])
def test_rounds_that_protect_nothing_or_take_for_ever_are_refused(
    configured: World, rounds: int
) -> None:
    path = store(configured, entry("engineer"), envelope("AKIAOLD", "old"))
    # No library writes such a header, so it is put in afterwards.
    _, rest = path.read_text().split(".", 1)
    header = {"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": rounds, "p2s": "A" * 16}
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    path.write_text(f"{encoded}.{rest}")
    answer = configured.run("credential-process", "--identity", "engineer")
    assert answer.status == 78, str(answer)
    assert str(path) in answer.stderr
    assert "PBKDF2" in answer.stderr
