"""What `import aws-config` makes of each profile, and which it cannot take."""

from __future__ import annotations

import re

from import_world import (
    CREDENTIALS,
    DEVICE,
    KEY,
    brought,
    listed,
    put,
)
from world import World

SSO = """\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start#/
sso_region = eu-central-1
sso_registration_scopes = sso:account:access

[profile admin]
sso_session = corp
sso_account_id = 012345678901
sso_role_name = Admin
region = eu-west-1

[profile reader]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Reader

[profile old]
sso_start_url = https://corp.awsapps.com/start/
sso_region = eu-central-1
sso_account_id = 111122223333
sso_role_name = Reader

[profile elsewhere]
sso_start_url = https://my.org.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Reader

[profile chained]
role_arn = arn:aws:iam::444455556666:role/x
source_profile = admin

[profile lost]
sso_session = none
sso_account_id = 111122223333
sso_role_name = Reader

[profile half]
sso_session = corp
sso_role_name = Reader
"""


def test_profiles_of_one_portal_share_a_provider(world: World):
    put(world, SSO)
    report = brought(world)
    found = listed(world)
    assert set(found["providers"]) == {"corp", "my"}
    identities = found["identities"]
    assert {name: entry["via"] for name, entry in identities.items()} == {
        "admin": {"provider": "corp"},
        "reader": {"provider": "corp"},
        "old": {"provider": "corp"},
        "elsewhere": {"provider": "my"},
        "chained": {"identity": "admin"},
    }
    text = (world.repository / "atmos.yaml").read_text()
    assert 'id: "012345678901"' in text, "leading zeros stay"
    assert "start_url: https://corp.awsapps.com/start\n" in text
    assert "profile `lost`: its sso-session `none` does not exist" in report
    assert "profile `half`: it needs both" in report


def test_names_are_made_to_fit(world: World):
    keys = f"aws_access_key_id = {KEY}\naws_secret_access_key = x\n"
    names = ["ok", "OK", "it's", "größe", "!x", "off", '"a b"', "a.b@c+d/e:f-g_h", "日本"]
    put(
        world,
        "".join(f"[profile {name}]\n{keys}" for name in names if name != "it's"),
        f"[it's]\n{keys}",
    )
    report = brought(world)
    assert set(listed(world)["identities"]) == {
        "ok",
        "OK-2",
        "it-s",
        "gr-e",
        "x",
        "off-profile",
        "a b",
        "a.b@c+d/e:f-g_h",
        "profile",
    }
    assert "profile `größe` is called `gr-e`" in report


UNUSABLE = """\
[profile a]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = b
[profile b]
role_arn = arn:aws:iam::111122223333:role/b
source_profile = a
[profile orphan]
role_arn = arn:aws:iam::111122223333:role/o
[profile missing]
role_arn = arn:aws:iam::111122223333:role/m
source_profile = nobody
[profile both]
role_arn = arn:aws:iam::111122223333:role/m
source_profile = good
credential_source = Environment
[profile selfish]
role_arn = arn:aws:iam::111122223333:role/m
source_profile = selfish
[profile noarn]
role_arn = somewhere
source_profile = good
[profile odd]
role_arn = arn:aws:iam::111122223333:role/m
credential_source = Moon
[profile session]
aws_access_key_id = ASIASESSIONSESSION00
aws_secret_access_key = x
aws_session_token = y
[profile onehalf]
aws_access_key_id = AKIAHALFHALFHALFHALF
[profile webby]
login_session =
[good]
region = eu-west-1
[preview]
x = y
"""

REASONS = {
    "a": "form a circle: a → b → a",
    "b": "form a circle: b → a → b",
    "orphan": "neither `source_profile` nor",
    "missing": "`nobody` does not exist",
    "both": "both `source_profile` and",
    "selfish": "is itself, and it has no keys",
    "noarn": "not the ARN of a role",
    "odd": "not known: Moon",
    "session": "those of a session",
    "onehalf": "without the other half",
    "webby": "its `login_session` is empty",
}


def test_each_profile_that_cannot_be_taken_is_told_with_its_reason(world: World):
    put(
        world,
        UNUSABLE,
        f"[good]\naws_access_key_id = {KEY}\naws_secret_access_key = x\n"
        "[profile prefixed]\nregion = eu-west-1\n",
    )
    report = brought(world)
    assert set(listed(world)["identities"]) == {"good"}
    for profile, reason in REASONS.items():
        number = UNUSABLE.splitlines().index(f"[profile {profile}]") + 1
        line = next(line for line in report.splitlines() if f"profile `{profile}`:" in line)
        assert line.startswith(f"  ~/.aws/config:{number}: ") and reason in line, line
    assert "[good]: a profile's title is `[profile good]`" in report
    assert "[preview]" in report
    assert "~/.aws/credentials:4: [profile prefixed]: in this file" in report


def test_nothing_to_take_is_an_error(world: World):
    put(world, "[default]\nregion = eu-west-1\n")
    report = brought(world, status=78)
    assert "profile `default`: it gives no credentials" in report
    assert not (world.repository / "atmos.yaml").exists()


def test_no_files_is_an_error(world: World):
    assert "neither" in world.run("import", "aws-config", status=78).stderr
    assert "no file" in world.run("import", "aws-config", "--config", "x", status=64).stderr


def test_settings_beside_credentials(world: World):
    put(
        world,
        f"""\
        [default]
        region = nowhere
        output = yaml
        cli_pager =
        use_fips_endpoint = true
        mfa_serial = {DEVICE}
        s3 =
          max_concurrent_requests = 20
        services = mine
        role_session_name = x
        [services mine]
        sts =
          endpoint_url = http://localhost:4566/sts
        s3 =
          endpoint_url = http://localhost:4566/s3
        dynamodb =
          region = x
        """.replace("        ", ""),
        CREDENTIALS.replace("base", "default"),
    )
    report = brought(world)
    entry = listed(world)["identities"]["default"]
    assert entry["default"] is True
    assert entry["spec"] == {"endpoint_url": "http://localhost:4566/sts"}
    assert {pair["key"]: pair["value"] for pair in entry["env"]} == {
        "AWS_DEFAULT_OUTPUT": "yaml",
        "AWS_PAGER": "",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_ENDPOINT_URL_STS": "http://localhost:4566/sts",
        "AWS_ENDPOINT_URL_S3": "http://localhost:4566/s3",
    }
    for place, key in ((2, "region"), (6, "mfa_serial"), (7, "s3"), (10, "role_session_name")):
        assert f"~/.aws/config:{place}: `{key}` of profile `default`" in report
    assert "`region` of dynamodb in [services mine]" in report


def test_the_grammar_of_the_files(world: World):
    config = (
        b"\xef\xbb\xbf# comment\r\n; comment\r\n[profile a]\r\n"
        b"role_arn = arn:aws:iam::111122223333:role/a#b\r\n"
        b"source_profile = default ; trailing\r\n"
        b"external_id = first\r\nexternal_id = x=y\r\n[profile a]\r\nREGION=eu-west-1\r\n"
        b"nonsense\r\n[broken\r\n"
    )
    put(world, config, f"[default]\naws_access_key_id={KEY}\naws_secret_access_key=x#y;z\n")
    report = brought(world)
    entry = listed(world)["identities"]["a"]
    assert entry["principal"] == {
        "assume_role": "arn:aws:iam::111122223333:role/a#b",
        "external_id": "x=y",
        "region": "eu-west-1",
    }
    for line, words in {
        1: "byte order mark",
        5: "read as a comment",
        7: "`external_id` appears twice",
        8: "[profile a] appears twice",
        10: "neither a section",
        11: "no `]`",
    }.items():
        assert re.search(rf"config:{line}: .*{re.escape(words)}", report), words


def test_what_a_profile_gives_as_a_source_has_a_name_of_its_own(world: World):
    """The role and the program beside it are two identities, and keys that never count are none."""
    keys = f"aws_access_key_id = {KEY}\naws_secret_access_key = s\n"
    role = "role_arn = arn:aws:iam::111122223333:role/{}\nsource_profile = {}\n"
    put(
        world,
        f"[profile base]\n{keys}"
        f"[profile a]\n{keys}{role.format('a', 'base')}credential_process = /bin/p\n"
        f"[profile b]\n{role.format('b', 'b')}{keys}"
        f"[profile c]\n{role.format('c', 'a')}"
        f"[profile d]\n{role.format('d', 'a')}",
    )
    report = brought(world)
    found = listed(world)["identities"]
    assert set(found) == {"base", "a", "a-process", "b", "b-keys", "c", "d"}
    assert found["c"]["via"] == found["d"]["via"] == {"identity": "a-process"}
    assert found["a"]["via"] == {"identity": "base"} and found["b"]["via"] == {"identity": "b-keys"}
    assert found["a-process"]["spec"] == {"profile": "a", "as_source": True}
    assert "`aws_access_key_id` of profile `a`: it is not used" in report


def test_keys_of_an_emulator_are_taken_with_a_note(world: World):
    put(
        world,
        "[profile localstack]\nendpoint_url = http://localhost:4566\n"
        "aws_access_key_id = test\naws_secret_access_key = test\n"
        "[profile minio]\naws_access_key_id = minioadmin\naws_secret_access_key = minioadmin\n"
        "[profile half]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n",
    )
    report = brought(world, "--with-keys")
    assert set(listed(world)["identities"]) == {"localstack", "minio"}
    assert "profile `localstack` has keys of an emulator (`test`); AWS does not" in report
    assert "profile `minio` has keys of an emulator (`minioadmin`); AWS does not" in report
    assert "names no other endpoint" in report
    assert "`aws_access_key_id` is not an access key id" in report
    answer = world.run(
        "user", "configure", "-i", "minio", "--access-key-id", "minioadmin", stdin="other\n"
    )
    assert answer.status == 0, str(answer)


def test_files_in_utf_16_are_named_for_what_they_are(world: World):
    put(world, "[profile a]\nregion = x\n".encode("utf-16"))
    answer = world.run("import", "aws-config", status=78)
    assert "config is UTF-16" in answer.stderr and "iconv" in answer.stderr
