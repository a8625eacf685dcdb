"""The fake Identity Center against boto3: its portal, and what a test can bring about."""

from __future__ import annotations

import json
import time

from center_world import code

JSON = {"Content-Type": "application/json"}
BEARER = "x-amz-sso_bearer_token"


# The portal


def test_the_portal_takes_its_own_header_only(run):
    center = run()
    token = center.token()["accessToken"]
    path = "/assignment/accounts?max_result=100"
    assert center.raw(path, None, {BEARER: token})[0] == 200
    status, text, kind = center.raw(path)
    assert (status, kind.split(":")[0]) == (401, "UnauthorizedException")
    assert json.loads(text)["message"] == "Session token not found or invalid"
    assert center.raw(path, None, {"Authorization": f"Bearer {token}"})[0] == 403
    assert center.raw(path, None, {"Authorization": "x", BEARER: token})[0] == 403
    assert center.raw(path, None, {BEARER: token[:-1]})[0] == 401


def test_every_page(run):
    center = run("--accounts", "205", "--roles", "3", "--page-size", "2", "--twins")
    token = center.token()["accessToken"]
    found = [
        account
        for page in center.portal.get_paginator("list_accounts").paginate(accessToken=token)
        for account in page["accountList"]
    ]
    assert len({account["accountId"] for account in found}) == 205
    assert len({account["accountName"] for account in found}) == 204
    roles = [
        role["roleName"]
        for page in center.portal.get_paginator("list_account_roles").paginate(
            accessToken=token, accountId="100000000001"
        )
        for role in page["roleList"]
    ]
    assert roles == ["AdministratorAccess", "ReadOnlyAccess", "PowerUserAccess"]


def test_pages_are_checked(run):
    center = run("--page-size", "1")
    token = center.token()["accessToken"]
    listing = center.portal.list_accounts
    assert code(listing, accessToken=token, maxResults=101) == "InvalidRequestException"
    assert code(listing, accessToken=token, nextToken="x") == "InvalidRequestException"
    following = listing(accessToken=token)["nextToken"]
    other = center.token()["accessToken"]
    assert code(listing, accessToken=other, nextToken=following) == "InvalidRequestException"


def test_role_credentials_are_known_to_the_sts(run):
    center = run()
    token = center.token()["accessToken"]
    keys = center.portal.get_role_credentials(
        accessToken=token, accountId="100000000002", roleName="ReadOnlyAccess"
    )["roleCredentials"]
    assert 3500 < keys["expiration"] / 1000 - time.time() < 3601
    sts = center.client("sts", keys)
    arn = sts.get_caller_identity()["Arn"]
    assert arn.startswith("arn:aws:sts::100000000002:assumed-role/AWSReservedSSO_ReadOnlyAccess_")
    target = {"RoleArn": "arn:aws:iam::123456789012:role/x", "RoleSessionName": "chained"}
    sts.assume_role(DurationSeconds=3600, **target)
    assert code(sts.assume_role, DurationSeconds=3601, **target) == "ValidationError"
    center.post("/__end", ["roles"])
    assert code(sts.get_caller_identity) == "ExpiredToken"


def test_who_may_not(run):
    center = run()
    center.post(
        "/__accounts",
        [
            {"id": "111111111111", "name": "one", "roles": ["A"]},
            {"id": "222222222222", "name": "two", "roles": ["B"]},
        ],
    )
    token = center.token()["accessToken"]
    ask = center.portal.get_role_credentials
    assert (
        code(ask, accessToken=token, accountId="111111111111", roleName="B") == "ForbiddenException"
    )
    assert (
        code(ask, accessToken=token, accountId="111111111111", roleName="C")
        == "ResourceNotFoundException"
    )
    assert (
        code(ask, accessToken=token, accountId="333333333333", roleName="A")
        == "ResourceNotFoundException"
    )


def test_a_logout_ends_the_login(run):
    center = run()
    token, other = center.token(), center.token()
    renewed = center.refresh(token)
    center.portal.logout(accessToken=renewed["accessToken"])
    for text in (token["accessToken"], renewed["accessToken"]):
        assert code(center.portal.list_accounts, accessToken=text) == "UnauthorizedException"
    assert code(center.refresh, {**token, **renewed}) == "InvalidGrantException"
    center.portal.list_accounts(accessToken=other["accessToken"])


def test_the_end_on_request(run):
    center = run()
    token = center.token()
    center.post("/__end", ["access"])
    ask = center.portal.list_accounts
    assert code(ask, accessToken=token["accessToken"]) == "UnauthorizedException"
    ask(accessToken=center.refresh(token)["accessToken"])


def test_the_rate(run):
    center = run("--rate", "5", "--burst", "2", "--accounts", "1")
    token = center.token()["accessToken"]
    path, header = "/assignment/accounts", {BEARER: token}
    assert [center.raw(path, None, header)[0] for _ in range(3)] == [200, 200, 429]
    center.later(0.25)
    assert center.raw(path, None, header)[0] == 200
    assert center.raw(path, None, header)[2].startswith("TooManyRequestsException")


def test_faults(run):
    center = run()
    center.post(
        "/__faults",
        [
            {"kind": "503", "action": "ListAccounts", "count": 2},
            {
                "kind": "refuse",
                "action": "CreateToken",
                "code": "InternalServerException",
                "status": 500,
            },
        ],
    )
    client = center.register()
    device = center.device(client)
    center.post("/__approve")
    assert code(center.poll, client, device) == "InternalServerException"
    token = center.poll(client, device)["accessToken"]
    center.client("sso", attempts=3).list_accounts(accessToken=token)
    assert center.get("/__calls")["ListAccounts"] == 3
    assert center.get("/__served")["ListAccounts"] == 1
    assert token in center.get("/__secrets")
