"""The fake STS against clients that nobody of this project wrote: boto3 and the AWS CLI."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

import fake_service
import sts_fake
import sts_service
from center_world import SESSION

USER = "AKIAFAKEENGINEER0001"
SECRET = "fake+secret/of/the/engineer+user00000000"
ROLE = "arn:aws:iam::123456789012:role/team/Deploy"
DEVICE = "arn:aws:iam::123456789012:mfa/engineer"


class Running(fake_service.Running):
    """The fake, and its client."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(sts_fake.start(sts_fake.parser().parse_args(arguments)))

    def client(self, keys: dict | None = None, attempts: int = 1, secret: str = SECRET):
        keys = keys or {"AccessKeyId": USER, "SecretAccessKey": secret, "SessionToken": None}
        return SESSION.client(
            "sts",
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            config=Config(
                proxies={},
                parameter_validation=False,
                retries={"mode": "standard", "total_max_attempts": attempts},
                read_timeout=5,
            ),
        )


def code(call, **arguments) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def message(call, **arguments) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Message"]


def assume(client, **arguments) -> dict:
    return client.assume_role(RoleArn=ROLE, RoleSessionName="s-1", **arguments)["Credentials"]


def test_user_to_session_to_role_to_role(run):
    sts = run()
    session = sts.client().get_session_token()["Credentials"]
    first = assume(sts.client(session), DurationSeconds=7200)
    second = assume(sts.client(first))
    answer = sts.client(second).get_caller_identity()
    assert answer["Arn"] == "arn:aws:sts::123456789012:assumed-role/Deploy/s-1"
    assert answer["Account"] == "123456789012"
    assert sts.get("/__calls") == {"GetSessionToken": 1, "AssumeRole": 2, "GetCallerIdentity": 1}
    assert second["SecretAccessKey"] in sts.get("/__secrets")


def test_a_device_whose_seed_is_known_takes_its_own_codes_once(run):
    sts = run()
    sts.post("/__devices", {"serial": DEVICE, "seed": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"})
    # RFC 6238, appendix B: the code at 1111111109 s, the last of its window.
    assert (
        sts_service.Device("", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").codes(1111111109)[1] == "081804"
    )
    now = sts_service.Device("", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").codes(time.time())[1]
    user = sts.client()
    wrong = f"{(int(now) + 1) % 10**6:06}"
    refused = "invalid MFA one time pass code"
    assert refused in message(user.get_session_token, SerialNumber=DEVICE, TokenCode=wrong)
    user.get_session_token(SerialNumber=DEVICE, TokenCode=now)
    assert refused in message(user.get_session_token, SerialNumber=DEVICE, TokenCode=now)
    assert sts.get("/__served") == {"GetSessionToken": 1}


def test_signatures_are_verified(run):
    sts = run()
    assert code(sts.client(secret="wrong").get_caller_identity) == "SignatureDoesNotMatch"
    unknown = {"AccessKeyId": "AKIANOBODY", "SecretAccessKey": "x", "SessionToken": None}
    assert code(sts.client(unknown).get_caller_identity) == "InvalidClientTokenId"
    session = sts.client().get_session_token()["Credentials"]
    without = dict(session, SessionToken=None)
    assert code(sts.client(without).get_caller_identity) == "InvalidClientTokenId"
    other = dict(session, SessionToken="other")
    assert code(sts.client(other).get_caller_identity) == "InvalidClientTokenId"


def test_an_unsigned_call_is_refused(run):
    sts = run()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(sts.url, b"Action=GetCallerIdentity&Version=2011-06-15")
    assert caught.value.code == 403
    assert b"MissingAuthenticationToken" in caught.value.read()


def test_a_web_identity_is_taken_unsigned(run):
    sts = run()
    answer = sts.client().assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken="a.b.c"
    )
    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/Deploy/pod")


def test_clocks_that_differ(run):
    sts = run("--skew", "7200")
    assert "Signature expired" in message(sts.client().get_caller_identity)
    sts.post("/__faults", [{"kind": "skew", "seconds": -7200}])
    assert "not yet current" in message(sts.client().get_caller_identity)
    sts.post("/__faults", [{"kind": "skew", "seconds": 240}])
    sts.client().get_caller_identity()


def test_sessions_end(run):
    sts = run()
    session = sts.client().get_session_token()["Credentials"]
    sts.client(session).get_caller_identity()
    sts.post("/__end", None)
    assert code(sts.client(session).get_caller_identity) == "ExpiredToken"


def test_durations(run):
    sts = run()
    assert code(assume, client=sts.client(), DurationSeconds=899) == "ValidationError"
    assert code(assume, client=sts.client(), DurationSeconds=43201) == "ValidationError"
    role = assume(sts.client(), DurationSeconds=43200)
    assert "role chaining" in message(assume, client=sts.client(role), DurationSeconds=3601)
    sts.post("/__roles", {"arn": ROLE, "max_duration": 3600})
    assert "MaxSessionDuration" in message(assume, client=sts.client(), DurationSeconds=7200)
    assert code(sts.client().get_session_token, DurationSeconds=129601) == "ValidationError"
    short = run("--min-duration", "10")
    assume(short.client(), DurationSeconds=10)


def test_session_names(run):
    client = run().client()
    assert code(client.assume_role, RoleArn=ROLE, RoleSessionName="a b") == "ValidationError"


def test_a_session_gets_no_session(run):
    sts = run()
    session = sts.client().get_session_token()["Credentials"]
    assert code(sts.client(session).get_session_token) == "AccessDenied"


def test_a_code_works_once(run):
    sts = run("--mfa-serial", DEVICE)
    factor = {"SerialNumber": DEVICE, "TokenCode": "123456"}
    sts.client().get_session_token(**factor)
    assert "invalid MFA one time pass code" in message(sts.client().get_session_token, **factor)
    assert "invalid MFA" in message(
        sts.client().get_session_token, SerialNumber=DEVICE, TokenCode="000000"
    )
    assert "serial number" in message(
        sts.client().get_session_token, SerialNumber=DEVICE + "2", TokenCode="222222"
    )


def test_what_a_role_asks_for(run):
    sts = run()
    sts.post("/__roles", {"arn": ROLE, "external_id": "e-1", "mfa": True})
    factor = {"SerialNumber": DEVICE, "TokenCode": "123456"}
    assert code(assume, client=sts.client(), ExternalId="e-1") == "AccessDenied"
    assert code(assume, client=sts.client(), **factor) == "AccessDenied"
    assume(sts.client(), ExternalId="e-1", **factor)
    denied = ROLE.replace("Deploy", "DeniedX")
    assert code(sts.client().assume_role, RoleArn=denied, RoleSessionName="xx") == "AccessDenied"


def test_tags(run):
    client = run().client()
    assume(
        client,
        Tags=[{"Key": "Team", "Value": "a b"}],
        TransitiveTagKeys=["Team"],
        SourceIdentity="jane",
    )
    assert code(assume, client=client, TransitiveTagKeys=["Team"]) == "ValidationError"


def test_another_user(run):
    sts = run()
    sts.post("/__users", {"name": "ann", "access_key_id": "AKIAANN", "secret_access_key": "s"})
    keys = {"AccessKeyId": "AKIAANN", "SecretAccessKey": "s", "SessionToken": None}
    assert sts.client(keys).get_caller_identity()["Arn"].endswith(":user/ann")


@pytest.mark.parametrize("kind", ["503", "500", "502", "throttle", "drop"])
def test_faults_pass(run, kind):
    sts = run()
    sts.post("/__faults", [{"kind": kind, "action": "GetCallerIdentity", "count": 2}])
    sts.client(attempts=3).get_caller_identity()
    assert sts.get("/__calls") == {"GetCallerIdentity": 3}
    assert sts.get("/__served") == {"GetCallerIdentity": 1}


def test_an_answer_that_is_lost_has_used_the_code(run):
    sts = run()
    sts.post("/__faults", [{"kind": "drop-after"}])
    factor = {"SerialNumber": DEVICE, "TokenCode": "123456"}
    with pytest.raises(HTTPClientError):
        sts.client().get_session_token(**factor)
    assert "invalid MFA" in message(sts.client().get_session_token, **factor)


def test_the_aws_cli(run, tmp_path):
    sts = run()
    environment = {
        "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": USER,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_STS": sts.url,
    }
    done = subprocess.run(
        ["aws", "sts", "get-caller-identity", "--output", "json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Arn"] == "arn:aws:iam::123456789012:user/engineer"
