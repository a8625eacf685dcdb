"""The console's federation endpoint of the fake, against what AWS documents and boto3's keys."""

from __future__ import annotations

import json
import urllib.parse

import pytest

from center_world import Running, code

ROLE = "arn:aws:iam::123456789012:role/Deploy"
USER = {
    "accessKeyId": "AKIAFAKEENGINEER0001",
    "secretAccessKey": "fake+secret/of/the/engineer+user00000000",
    "sessionToken": None,
}
DESTINATION = "https://eu-west-1.console.aws.amazon.com/s3"


def keys(credentials: dict) -> dict:
    """STS's spelling in the portal's."""
    return {name[0].lower() + name[1:]: text for name, text in credentials.items()}


def role(center: Running) -> dict:
    """A role that long-lived keys assumed."""
    return keys(
        center.client("sts", USER).assume_role(RoleArn=ROLE, RoleSessionName="console")[
            "Credentials"
        ]
    )


def signin(center: Running, credentials: dict, **more: str) -> tuple[int, str]:
    session = json.dumps(
        {
            "sessionId": credentials["accessKeyId"],
            "sessionKey": credentials["secretAccessKey"],
            "sessionToken": credentials["sessionToken"],
        }
    )
    query = urllib.parse.urlencode({"Action": "getSigninToken", "Session": session, **more})
    status, body, _ = center.raw(f"/federation?{query}")
    return status, json.loads(body)["SigninToken"] if status == 200 else body.decode()


def login(center: Running, token: str, destination: str = DESTINATION) -> tuple[int, str]:
    query = urllib.parse.urlencode(
        {"Action": "login", "Issuer": "test", "Destination": destination, "SigninToken": token}
    )
    status, body, _ = center.raw(f"/federation?{query}")
    return status, body.decode()


def test_a_role_signs_in_once(center):
    status, token = signin(center, role(center), SessionDuration="3600")
    assert status == 200
    status, page = login(center, token)
    assert status == 200 and "assumed-role/Deploy/console" in page and DESTINATION in page
    assert login(center, token)[0] == 400
    assert token in center.get("/__secrets")
    assert token not in json.dumps(center.get("/__log"))


def test_a_duration_is_for_the_first_role_only(center):
    first = role(center)
    for duration in ("899", "43201", "x"):
        assert signin(center, first, SessionDuration=duration)[0] == 400
    chained = keys(
        center.client("sts", first).assume_role(RoleArn=ROLE + "2", RoleSessionName="chained")[
            "Credentials"
        ]
    )
    token = center.token()["accessToken"]
    from_portal = center.portal.get_role_credentials(
        accessToken=token, accountId="100000000001", roleName="ReadOnlyAccess"
    )["roleCredentials"]
    federated = keys(center.client("sts", USER).get_federation_token(Name="jane")["Credentials"])
    for credentials in (chained, from_portal, federated):
        assert signin(center, credentials, SessionDuration="3600")[0] == 400
        assert signin(center, credentials)[0] == 200


def test_who_may_not_sign_in(center):
    session = keys(center.client("sts", USER).get_session_token()["Credentials"])
    assert signin(center, session)[0] == 400
    assert signin(center, USER)[0] == 400
    valid = role(center)
    assert signin(center, {**valid, "secretAccessKey": "x"})[0] == 400
    assert signin(center, {**valid, "sessionToken": "x"})[0] == 400
    assert signin(center, valid, SessionTime="3600")[0] == 400
    center.post("/__end", ["roles"])
    assert signin(center, valid)[0] == 400


@pytest.mark.parametrize("center", [("--signin-lifetime", "0")], indirect=True)
def test_tokens_end(center):
    assert login(center, signin(center, role(center))[1])[0] == 400


def test_where_it_may_lead(center):
    for destination in (
        "http://console.aws.amazon.com/",
        "https://example.com/",
        "",
        "/s3",
        "https://console.aws.amazon.com.example.com/",
    ):
        assert login(center, signin(center, role(center))[1], destination)[0] == 400
    for host in ("console.amazonaws.cn", "console.amazonaws-us-gov.com"):
        assert login(center, signin(center, role(center))[1], f"https://{host}/")[0] == 200


# What the STS of the same port has for the console and for root.


def test_assume_root(center):
    task = "arn:aws:iam::aws:policy/root-task/"
    sts = center.client("sts", USER)

    def ask(**more):
        return sts.assume_root(
            **{
                "TargetPrincipal": "210987654321",
                "TaskPolicyArn": {"arn": task + "S3UnlockBucketPolicy"},
                **more,
            }
        )["Credentials"]

    root = keys(ask(DurationSeconds=900))
    assert center.client("sts", root).get_caller_identity()["Account"] == "210987654321"
    assert code(ask, DurationSeconds=901) == "ValidationError"
    assert code(ask, TargetPrincipal="somebody") == "ValidationError"
    assert code(ask, TargetPrincipal="000000000001") == "AccessDenied"
    assert code(ask, TaskPolicyArn={"arn": task + "Everything"}) == "AccessDenied"
    chained = center.client("sts", root)
    assert (
        code(
            chained.assume_root,
            TargetPrincipal="210987654321",
            TaskPolicyArn={"arn": task + "S3UnlockBucketPolicy"},
        )
        == "AccessDenied"
    )


def test_federation_tokens_are_for_users(center):
    assert (
        code(center.client("sts", role(center)).get_federation_token, Name="jane") == "AccessDenied"
    )
