"""The fake Identity Center against boto3: what it gives, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import urllib.parse

import pytest

from center_world import CALLBACK, DEVICE_GRANT, START_URL, Running, code

JSON = {"Content-Type": "application/json"}
BEARER = "x-amz-sso_bearer_token"


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
