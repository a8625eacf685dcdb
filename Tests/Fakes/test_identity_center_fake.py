"""The fake Identity Center against boto3: what it gives, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import time
import urllib.parse

import pytest

from center_world import CALLBACK, DEVICE_GRANT, START_URL, Running, code

JSON = {"Content-Type": "application/json"}
BEARER = "x-amz-sso_bearer_token"


@pytest.fixture
def run():
    started = []

    def start(*arguments: str) -> Running:
        started.append(Running(*arguments))
        return started[-1]

    yield start
    for running in started:
        running.close()


# Devices


def test_a_device_is_allowed_and_gets_tokens(run):
    center = run()
    client = center.register()
    device = center.device(client)
    assert code(center.poll, client, device) == "AuthorizationPendingException"
    assert center.get("/__waiting") == [{"user_code": device["userCode"], "state": ""}]
    center.later(1)
    center.post("/__approve", {"user_code": device["userCode"]})
    token = center.poll(client, device)
    assert token["tokenType"] == "Bearer" and token["refreshToken"]
    assert code(center.poll, client, device) == "InvalidGrantException", "once is enough"


def test_a_device_is_denied_or_too_late(run):
    center = run("--device-lifetime", "1")
    client = center.register()
    device = center.device(client)
    center.post("/__deny", {"user_code": device["userCode"]})
    assert code(center.poll, client, device) == "AccessDeniedException"
    device = center.device(client)
    center.later(1.1)
    assert code(center.poll, client, device) == "ExpiredTokenException"


def test_polling_too_fast_raises_the_interval_for_good(run):
    center = run()
    client = center.register()
    device = center.device(client)
    assert code(center.poll, client, device) == "AuthorizationPendingException"
    assert code(center.poll, client, device) == "SlowDownException"
    center.post("/__approve")
    center.later(1.2)
    assert code(center.poll, client, device) == "SlowDownException", "one second is not enough now"


def test_a_device_code_belongs_to_its_client(run):
    center = run()
    device = center.device(center.register())
    assert code(center.poll, center.register(), device) == "InvalidGrantException"


# Clients


def test_clients_have_to_be_known_and_current(run):
    center = run("--registration-lifetime", "1")
    client = center.register()
    assert code(center.device, {**client, "clientSecret": "x"}) == "InvalidClientException"
    assert code(center.device, {**client, "clientId": "x"}) == "InvalidClientException"
    center.later(1.1)
    assert code(center.device, client) == "InvalidClientException"


def test_registrations_are_checked(run):
    center = run()
    assert code(center.register, clientType="confidential") == "InvalidClientMetadataException"
    assert code(center.register, scopes=["everything"]) == "InvalidScopeException"
    assert code(center.register, grantTypes=["password"]) == "UnsupportedGrantTypeException"
    assert code(center.register_for_codes, redirectUris=[]) == "InvalidRequestException"
    assert (
        code(center.register_for_codes, redirectUris=["http://example.com/"])
        == "InvalidRedirectUriException"
    )
    assert (
        code(center.register_for_codes, issuerUrl="https://other.awsapps.com/start")
        == "InvalidRequestException"
    )


def test_grants_have_to_be_registered(run):
    center = run()
    client = center.register_for_codes()
    assert code(center.device, client) == "UnauthorizedClientException"
    assert (
        code(
            center.oidc.create_token,
            grantType="authorization_code",
            code="x",
            codeVerifier="y" * 43,
            redirectUri=CALLBACK,
            **center.register(),
        )
        == "UnauthorizedClientException"
    )


def test_start_urls_have_to_be_known(run):
    center = run()
    client = center.register()
    for spelling in (START_URL, START_URL + "/", START_URL + "#/"):
        center.oidc.start_device_authorization(startUrl=spelling, **client)
    assert (
        code(
            center.oidc.start_device_authorization,
            startUrl="https://other.awsapps.com/start",
            **client,
        )
        == "InvalidRequestException"
    )


def test_bodies_are_json_without_signatures(run):
    center = run()
    body = json.dumps({"clientName": "x", "clientType": "public"}).encode()
    assert center.raw("/client/register", body, JSON)[0] == 200
    status, text, kind = center.raw(
        "/client/register", body, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (status, kind) == (400, "InvalidRequestException")
    assert json.loads(text)["error"] == "invalid_request"
    assert center.raw("/client/register", body, {**JSON, "Authorization": "Bearer x"})[0] == 400
    wrong = json.dumps({"client_name": "x", "clientType": "public"}).encode()
    assert center.raw("/client/register", wrong, JSON)[0] == 400


# Renewal


def test_refresh_tokens_rotate(run):
    center = run()
    token = center.token()
    renewed = center.refresh(token)
    assert renewed["refreshToken"] != token["refreshToken"]
    assert code(center.refresh, token) == "InvalidGrantException", "it was used"
    for text in (token["accessToken"], renewed["accessToken"]):
        center.portal.list_accounts(accessToken=text)


def test_who_gets_a_refresh_token(run):
    center = run()
    assert "refreshToken" in center.token()
    assert "refreshToken" not in center.token(scopes=["codewhisperer:completions"])
    assert "refreshToken" not in center.token(grantTypes=[DEVICE_GRANT])
    # A client of the first years names neither grants nor scopes.
    client = center.oidc.register_client(clientName="old", clientType="public")
    client = {name: client[name] for name in ("clientId", "clientSecret")}
    device = center.device(client)
    center.post("/__approve")
    token = center.poll(client, device)
    assert "refreshToken" not in token
    center.portal.list_accounts(accessToken=token["accessToken"])


def test_a_login_ends_and_its_renewals_with_it(run):
    center = run("--session-lifetime", "2", "--token-lifetime", "1")
    token = center.token()
    assert token["expiresIn"] <= 1
    token = {**token, **center.refresh(token)}
    center.later(2.1)
    assert code(center.refresh, token) == "InvalidGrantException"


def test_the_refresh_needs_its_client(run):
    center = run()
    token = center.token()
    assert code(center.refresh, {**token, **center.register()}) == "InvalidGrantException"
    center.post("/__end", ["clients"])
    assert code(center.refresh, token) == "InvalidClientException"


# Codes with PKCE


class Browser:
    """The address that a browser is sent to, and what comes back."""

    def __init__(self, center: Running, **more) -> None:
        self.center = center
        self.client = center.register_for_codes()
        self.verifier = "v" * 64
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.redirect = "http://127.0.0.1:45678/oauth/callback"
        self.query = {
            "response_type": "code",
            "client_id": self.client["clientId"],
            "redirect_uri": self.redirect,
            "state": "st-1",
            "code_challenge_method": "S256",
            "scopes": "sso:account:access",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            **more,
        }

    def visit(self) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.center.url.removeprefix("http://"))
        connection.request("GET", "/authorize?" + urllib.parse.urlencode(self.query))
        return connection.getresponse()

    def click(self, button: str) -> dict[str, str]:
        assert self.visit().status == 200
        connection = http.client.HTTPConnection(self.center.url.removeprefix("http://"))
        connection.request(
            "POST", "/authorize", urllib.parse.urlencode({"state": "st-1", "decision": button})
        )
        answer = connection.getresponse()
        assert answer.status == 303
        address, _, query = answer.headers["Location"].partition("?")
        assert address == self.redirect
        return dict(urllib.parse.parse_qsl(query))

    def exchange(self, text: str, **more) -> dict:
        return self.center.oidc.create_token(
            **{
                "grantType": "authorization_code",
                "code": text,
                "redirectUri": self.redirect,
                "codeVerifier": self.verifier,
                **self.client,
                **more,
            }
        )


def test_a_code_is_exchanged_once(run):
    browser = Browser(run())
    answer = browser.click("allow")
    assert answer["state"] == "st-1"
    assert browser.exchange(answer["code"])["refreshToken"]
    assert code(browser.exchange, answer["code"]) == "InvalidGrantException"


def test_a_person_says_no(run):
    answer = Browser(run()).click("deny")
    assert answer["error"] == "access_denied" and "code" not in answer


@pytest.mark.parametrize(
    "more",
    [
        {"codeVerifier": "w" * 64},
        {"redirectUri": "http://127.0.0.1:45679/oauth/callback"},
        {"codeVerifier": "short"},
    ],
)
def test_what_does_not_fit_the_code(run, more):
    browser = Browser(run())
    answer = browser.click("allow")
    assert code(browser.exchange, answer["code"], **more) == "InvalidGrantException"
    assert code(browser.exchange, answer["code"]) == "InvalidGrantException", "the code is used up"


def test_a_code_belongs_to_its_client(run):
    center = run()
    browser = Browser(center)
    answer = browser.click("allow")
    other = center.register_for_codes()
    assert code(browser.exchange, answer["code"], **other) == "InvalidGrantException"


@pytest.mark.parametrize(
    "more",
    [
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"scopes": "everything"},
        {"redirect_uri": "http://127.0.0.1:45678/other"},
        {"code_challenge": "short"},
        {"redirect_uri": "http://example.com/oauth/callback"},
        {"client_id": "nobody"},
        {"scope": "sso:account:access"},
        {"state": ""},
    ],
)
def test_addresses_that_are_refused(run, more):
    assert Browser(run(), **more).visit().status in (400, 401)


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
    time.sleep(0.25)
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
