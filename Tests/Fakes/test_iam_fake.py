"""The fake IAM against clients that nobody of this project wrote: boto3 and the AWS CLI 2."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import fake_service
import iam_fake
from center_world import SESSION, aws_cli
from iam_devices import code_of

USER = "AKIAFAKEENGINEER0001"
SECRET = "fake+secret/of/the/engineer+user00000000"


class Running(fake_service.Running):
    """The fake, and its clients."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(iam_fake.start(iam_fake.parser().parse_args(arguments)))

    def client(self, service: str = "iam", keys: dict | None = None):
        keys = keys or {"AccessKeyId": USER, "SecretAccessKey": SECRET}
        return SESSION.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(
                proxies={},
                parameter_validation=False,
                retries={"mode": "standard", "total_max_attempts": 1},
                read_timeout=5,
            ),
        )

    def environment(self, home) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AWS_PAGER": "",
            "NO_PROXY": "*",
            "AWS_ACCESS_KEY_ID": USER,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def code(call, **arguments) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def codes(seed: bytes, *windows: int) -> list[str]:
    now = int(time.time()) // 30
    return [code_of(base64.b32decode(seed), now + window) for window in windows]


def device(iam, name: str = "jane") -> tuple[str, bytes]:
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    return made["SerialNumber"], made["Base32StringSeed"]


def enable(iam, serial: str, one: str, two: str):
    return iam.enable_mfa_device(
        UserName="engineer", SerialNumber=serial, AuthenticationCode1=one, AuthenticationCode2=two
    )


def test_a_key_is_made_listed_deactivated_and_deleted(run):
    fake = run()
    iam = fake.client()
    key = iam.create_access_key(UserName="engineer")["AccessKey"]
    assert fake.client("sts", key).get_caller_identity()["Arn"].endswith(":user/engineer")
    assert key["SecretAccessKey"] in fake.get("/__secrets")
    listed = iam.list_access_keys()["AccessKeyMetadata"]
    assert [item["AccessKeyId"] for item in listed] == [USER, key["AccessKeyId"]]
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert used["ServiceName"] == "sts"
    iam.update_access_key(AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert code(fake.client("sts", key).get_caller_identity) == "InvalidClientTokenId"
    iam.delete_access_key(AccessKeyId=key["AccessKeyId"])
    assert code(iam.delete_access_key, AccessKeyId=key["AccessKeyId"]) == "NoSuchEntity"


def test_a_user_has_two_keys_at_most(run):
    iam = run().client()
    iam.create_access_key()
    assert code(iam.create_access_key) == "LimitExceeded"


def test_a_new_key_is_not_known_at_once(run):
    fake = run("--propagation", "1")
    key = fake.client().create_access_key()["AccessKey"]
    for service, call in (("sts", "get_caller_identity"), ("iam", "list_access_keys")):
        client = fake.client(service, key)
        assert code(getattr(client, call)) == "InvalidClientTokenId"
        getattr(client, call)()


def test_nobody_acts_for_others(run):
    iam = run().client()
    assert code(iam.create_access_key, UserName="root") == "AccessDenied"


def test_signatures_are_for_the_service_and_its_one_region(run):
    fake = run()
    for region, service in (("eu-west-1", "iam"), ("us-east-1", "sts")):
        client = SESSION.client(
            "iam",
            endpoint_url=fake.url,
            region_name="us-east-1",
            aws_access_key_id=USER,
            aws_secret_access_key=SECRET,
            config=Config(proxies={}, retries={"max_attempts": 0}),
        )
        client._request_signer._region_name = region
        client._request_signer._signing_name = service
        assert code(client.list_access_keys) == "SignatureDoesNotMatch"


def test_policies_forbid_and_ask_for_a_second_factor(run):
    serial = "arn:aws:iam::123456789012:mfa/engineer"
    fake = run("--mfa-serial", serial)
    fake.post(
        "/__policy", {"user": "engineer", "deny": ["ListAccessKeys"], "mfa": ["CreateAccessKey"]}
    )
    iam = fake.client()
    assert code(iam.list_access_keys) == "AccessDenied"
    assert code(iam.create_access_key) == "AccessDenied"
    sts = fake.client("sts")
    plain = sts.get_session_token()["Credentials"]
    assert code(fake.client("iam", plain).list_mfa_devices) == "InvalidClientTokenId"
    strong = sts.get_session_token(SerialNumber=serial, TokenCode="123456")["Credentials"]
    fake.client("iam", strong).create_access_key()
    assert fake.client("iam", strong).list_mfa_devices()["MFADevices"][0]["SerialNumber"] == serial


def test_a_device_wants_two_codes_in_a_row_and_then_each_code_once(run):
    fake = run()
    iam = fake.client()
    serial, seed = device(iam)
    assert code(iam.create_virtual_mfa_device, VirtualMFADeviceName="jane") == "EntityAlreadyExists"
    before, now, after = codes(seed, -1, 0, 1)
    for pair in ((now, before), (now, now), (before, after), ("000000", "000001")):
        assert code(enable, iam=iam, serial=serial, one=pair[0], two=pair[1]) == (
            "InvalidAuthenticationCode"
        )
    enable(iam, serial, *codes(seed, -1, 0))
    assert code(enable, iam=iam, serial=serial, one=before, two=now) == "EntityAlreadyExists"
    sts = fake.client("sts")
    used, fresh = codes(seed, 0, 1)
    assert code(sts.get_session_token, SerialNumber=serial, TokenCode=used) == "AccessDenied"
    sts.get_session_token(SerialNumber=serial, TokenCode=fresh)
    assert code(sts.get_session_token, SerialNumber=serial, TokenCode=fresh) == "AccessDenied"


def test_a_device_is_deactivated_before_it_is_deleted(run):
    iam = run().client()
    serial, seed = device(iam)
    assert code(iam.deactivate_mfa_device, SerialNumber=serial) == "NoSuchEntity"
    enable(iam, serial, *codes(seed, -1, 0))
    assert code(iam.delete_virtual_mfa_device, SerialNumber=serial) == "DeleteConflict"
    iam.deactivate_mfa_device(SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert code(iam.delete_virtual_mfa_device, SerialNumber=serial) == "NoSuchEntity"
    assert code(enable, iam=iam, serial=serial, one="123456", two="123456") == "NoSuchEntity"


def test_what_is_to_go_wrong(run):
    fake = run()
    fake.post(
        "/__faults",
        [
            {
                "kind": "refuse",
                "action": "ListAccessKeys",
                "status": 409,
                "skip": 1,
                "code": "EntityTemporarilyUnmodifiable",
            }
        ],
    )
    fake.client().list_access_keys()
    assert code(fake.client().list_access_keys) == "EntityTemporarilyUnmodifiable"
    fake.client().list_access_keys()


def test_the_aws_cli_version_2(run, tmp_path):
    fake = run()

    def cli(*words: str) -> dict:
        done = subprocess.run(
            [aws_cli(), *words, "--output", "json"],
            env=fake.environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "{}")

    key = cli("iam", "create-access-key")["AccessKey"]["AccessKeyId"]
    cli("iam", "update-access-key", "--access-key-id", key, "--status", "Inactive")
    assert [item["Status"] for item in cli("iam", "list-access-keys")["AccessKeyMetadata"]] == [
        "Active",
        "Inactive",
    ]
    cli("iam", "delete-access-key", "--access-key-id", key)
    seed = tmp_path / "seed"
    serial = cli(
        "iam",
        "create-virtual-mfa-device",
        "--virtual-mfa-device-name",
        "cli",
        "--outfile",
        str(seed),
        "--bootstrap-method",
        "Base32StringSeed",
    )["VirtualMFADevice"]["SerialNumber"]
    one, two = codes(seed.read_bytes(), -1, 0)
    cli(
        "iam",
        "enable-mfa-device",
        "--user-name",
        "engineer",
        "--serial-number",
        serial,
        "--authentication-code1",
        one,
        "--authentication-code2",
        two,
    )
    assert [item["SerialNumber"] for item in cli("iam", "list-mfa-devices")["MFADevices"]] == [
        serial
    ]
    cli("iam", "deactivate-mfa-device", "--user-name", "engineer", "--serial-number", serial)
    cli("iam", "delete-virtual-mfa-device", "--serial-number", serial)
    assert fake.get("/__state") == {
        "keys": [{"id": USER, "status": "Active", "user": "engineer"}],
        "devices": [],
    }
