"""The fake sign-in to the console against botocore's own `aws login`, and what it refuses."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3
import pytest
from awscrt.crypto import EC, ECExportFormat, ECType
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import _build_dpop_header
from botocore.exceptions import ClientError, LoginRefreshRequired

import fake_service
import signin_fake
from signin_service import CROSS, SAME

REDIRECT = "http://127.0.0.1:4711/oauth/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def new_key() -> EC:
    """A key whose coordinates begin with no zero, which awscrt leaves out."""
    while True:
        key = EC.new_generate(ECType.P_256)
        if [len(part) for part in key.get_public_coords()] == [32, 32]:
            return key


class Running(fake_service.Running):
    """The fake, and a program that signs in at it."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(signin_fake.start(signin_fake.parser().parse_args(list(arguments))))
        self.key = new_key()
        self.client = boto3.session.Session().client(
            "signin",
            endpoint_url=self.url,
            region_name="us-east-1",
            config=Config(proxies={}, signature_version=UNSIGNED, retries={"max_attempts": 0}),
        )
        self.proof: str | None = None
        self.client.meta.events.register("before-call.signin.CreateOAuth2Token", self.prove)

    def prove(self, params: dict, **_) -> None:
        params["headers"]["DPoP"] = self.proof or self.header(params["url"])

    def header(self, url: str | None = None) -> str:
        """A proof as botocore makes it, of the fake's time."""
        now = int(self.server.RequestHandlerClass.book.now())
        return _build_dpop_header(self.key, url or f"{self.url}/v1/token", ts=now)

    def authorize(self, **more: str) -> tuple[int, str]:
        """Opens the page as a browser does; the status, and where it leads to."""
        challenge = hashlib.sha256(VERIFIER.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": SAME,
            "redirect_uri": REDIRECT,
            "state": "a state that nobody guesses",
            "scope": "openid",
            "code_challenge_method": "SHA-256",
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            **more,
        }

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        opener = urllib.request.build_opener(Stay)
        try:
            answer = opener.open(f"{self.url}/v1/authorize?{urllib.parse.urlencode(query)}")
            return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location") or error.read().decode()

    def code(self, **more: str) -> str:
        """A code that somebody allowed."""
        self.post("/__automatic", "allow")
        status, address = self.authorize(**more)
        assert status == 303, address
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        assert query["state"] == "a state that nobody guesses"
        return query["code"]

    def redeem(self, code: str, **more: str) -> dict:
        return self.client.create_o_auth2_token(
            tokenInput={
                "clientId": SAME,
                "grantType": "authorization_code",
                "code": code,
                "codeVerifier": VERIFIER,
                "redirectUri": REDIRECT,
                **more,
            }
        )["tokenOutput"]

    def refresh(self, token: dict, **more: str) -> dict:
        return self.client.create_o_auth2_token(
            tokenInput={
                "clientId": SAME,
                "grantType": "refresh_token",
                "refreshToken": token["refreshToken"],
                **more,
            }
        )["tokenOutput"]


def refusal(call, *positional, **arguments) -> tuple[str, str]:
    """The exception that a call is refused with, and the word in it."""
    with pytest.raises(ClientError) as caught:
        call(*positional, **arguments)
    response = caught.value.response
    return response["Error"]["Code"], response.get("error", "")


INVALID = ("ValidationException", "INVALID_REQUEST")
OVER = ("AccessDeniedException", "AUTHCODE_EXPIRED")
EXPIRED = ("AccessDeniedException", "TOKEN_EXPIRED")


def arn(center: Running, keys: dict) -> str:
    sts = boto3.client(
        "sts",
        endpoint_url=center.url,
        region_name="us-east-1",
        aws_access_key_id=keys["accessKeyId"],
        aws_secret_access_key=keys["secretAccessKey"],
        aws_session_token=keys["sessionToken"],
        config=Config(proxies={}),
    )
    return sts.get_caller_identity()["Arn"]


def test_a_code_is_keys_that_sign(center):
    token = center.redeem(center.code())
    assert token["tokenType"] == "aws_sigv4" and token["expiresIn"] == 900
    assert arn(center, token["accessToken"]) == "arn:aws:iam::123456789012:user/jane"
    payload = token["idToken"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["sub"] == "arn:aws:iam::123456789012:user/jane"
    renewed = center.refresh(token)
    assert renewed["refreshToken"] != token["refreshToken"]
    assert "idToken" not in renewed
    assert arn(center, renewed["accessToken"])


@pytest.mark.parametrize(
    "change",
    [
        {"codeVerifier": VERIFIER[:-1] + "x"},
        {"redirectUri": "http://127.0.0.1:4712/oauth/callback"},
    ],
    ids=["verifier", "redirect"],
)
def test_what_does_not_fit_a_code_uses_it_up(center, change):
    code = center.code()
    assert refusal(center.redeem, code, **change) == INVALID
    assert refusal(center.redeem, code) == OVER


def test_codes_work_once_in_time_and_for_their_client(run):
    center = run("--code-lifetime", "30")
    code = center.code()
    center.redeem(code)
    assert refusal(center.redeem, code) == OVER
    assert refusal(center.redeem, "made-up") == OVER
    assert refusal(center.redeem, center.code(), clientId=CROSS) == OVER
    late = center.code()
    center.later(31)
    assert refusal(center.redeem, late) == OVER


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge_method": "S256"},
        {"scope": "openid profile"},
        {"state": "short"},
        {"code_challenge": "short"},
        {"response_type": "token"},
        {"client_id": "arn:aws:signin:::devtools/another"},
        {"redirect_uri": "http://192.0.2.1:4711/oauth/callback"},
        {"redirect_uri": "http://127.0.0.1/oauth/callback"},
        {"redirect_uri": "http://127.0.0.1:4711/another"},
        {"redirect_uri": "https://evil.example/oauth/callback"},
        {"client_id": CROSS},
        {"nonce": "1"},
    ],
    ids=lambda change: "-".join(change),
)
def test_pages_that_are_not_shown(center, change):
    status, text = center.authorize(**change)
    assert status == 400, text


def test_on_another_device_the_code_is_shown(center):
    confirmation = f"{center.url}/v1/sessions/confirmation"
    center.post("/__automatic", "allow")
    status, address = center.authorize(client_id=CROSS, redirect_uri=confirmation)
    assert status == 303 and address.startswith(confirmation + "?")
    page = urllib.request.urlopen(address).read().decode()
    shown = base64.b64decode(page.partition('<p id="code">')[2].partition("<")[0]).decode()
    code = dict(urllib.parse.parse_qsl(shown))["code"]
    token = center.redeem(code, clientId=CROSS, redirectUri=confirmation)
    assert refusal(center.refresh, token) == EXPIRED, "another client's"


def test_a_person_says_no(center):
    center.post("/__automatic", "deny")
    status, address = center.authorize()
    assert status == 303 and "error=access_denied" in address


# Proofs


def proof(center: Running, header: dict | None = None, claims: dict | None = None) -> str:
    """A proof with parts of it changed, signed with the same key."""
    parts = center.header().split(".")[:2]
    texts = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts]
    texts[0].update(header or {})
    texts[1].update(claims or {})
    signed = ".".join(
        base64.urlsafe_b64encode(json.dumps(text).encode()).rstrip(b"=").decode() for text in texts
    )
    der = center.key.sign(hashlib.sha256(signed.encode()).digest())
    raw = EC.decode_der_signature_to_padded_pair(der, pad_to=32)
    return signed + "." + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


WRONG = {
    "address": lambda center: proof(center, claims={"htu": "https://evil.example/v1/token"}),
    "query": lambda center: proof(center, claims={"htu": f"{center.url}/v1/token?x=1"}),
    "method": lambda center: proof(center, claims={"htm": "GET"}),
    "old": lambda center: proof(center, claims={"iat": int(time.time()) - 3600}),
    "ahead": lambda center: proof(center, claims={"iat": int(time.time()) + 3600}),
    "no time": lambda center: proof(center, claims={"iat": None}),
    "no id": lambda center: proof(center, claims={"jti": ""}),
    "type": lambda center: proof(center, header={"typ": "JWT"}),
    "algorithm": lambda center: proof(center, header={"alg": "none"}),
    "no key": lambda center: proof(center, header={"jwk": None}),
    "private": lambda center: proof(
        center, header={"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}}
    ),
    "unsigned": lambda center: center.header().rsplit(".", 1)[0] + ".",
    "DER": lambda center: (
        center.header().rsplit(".", 1)[0]
        + "."
        + base64.urlsafe_b64encode(center.key.sign(bytes(32))).rstrip(b"=").decode()
    ),
    "no token": lambda center: "x",
}


@pytest.mark.parametrize("name", WRONG)
def test_proofs_that_are_not_taken(center, name):
    code = center.code()
    center.proof = WRONG[name](center)
    assert refusal(center.redeem, code) == INVALID
    center.proof = proof(center)
    assert center.redeem(code), "the code was not looked at, and a right proof is taken"


def test_a_proof_is_taken_once(center):
    first, second = center.code(), center.code()
    center.proof = center.header()
    center.redeem(first)
    assert refusal(center.redeem, second) == INVALID


def test_no_proof_at_all(center):
    body = json.dumps({"clientId": SAME, "grantType": "refresh_token", "refreshToken": "x"})
    request = urllib.request.Request(
        f"{center.url}/v1/token", body.encode(), {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400


# Refresh tokens


def test_a_refresh_token_works_once_with_its_key_and_its_client(center):
    token = center.redeem(center.code())
    assert refusal(center.refresh, token, clientId=CROSS) == EXPIRED
    own, center.key = center.key, new_key()
    assert refusal(center.refresh, token) == EXPIRED, "another key"
    center.key = own
    center.refresh(token)
    assert refusal(center.refresh, token) == EXPIRED, "used"


def test_logins_end(run):
    center = run("--session-lifetime", "1000")
    token = center.redeem(center.code())
    center.later(500)
    token = center.refresh(token)
    assert token["expiresIn"] <= 500, "keys do not outlive the login"
    center.later(600)
    assert refusal(center.refresh, token) == EXPIRED
    token = center.redeem(center.code())
    center.post("/__end", ["logins"])
    assert refusal(center.refresh, token) == ("AccessDeniedException", "USER_CREDENTIALS_CHANGED")


def test_a_user_without_the_policy(run):
    center = run("--no-policy")
    assert refusal(center.redeem, center.code()) == (
        "AccessDeniedException",
        "INSUFFICIENT_PERMISSIONS",
    )


# botocore's own provider


def cached(center: Running, home: pathlib.Path, token: dict, seconds: float) -> pathlib.Path:
    """Writes what `aws login` writes; returns the file."""
    session = "arn:aws:iam::123456789012:user/jane"
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    key = base64.encodebytes(center.key.export_key(ECExportFormat.SEC1)).decode()
    path = home / ".aws/login/cache" / (hashlib.sha256(session.encode()).hexdigest() + ".json")
    path.parent.mkdir(parents=True)
    path.write_text(
        json.dumps(
            {
                "accessToken": {
                    **token["accessToken"],
                    "accountId": "123456789012",
                    "expiresAt": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
                },
                "tokenType": "aws_sigv4",
                "clientId": SAME,
                "refreshToken": token["refreshToken"],
                "idToken": token["idToken"],
                "dpopKey": f"-----BEGIN EC PRIVATE KEY-----\n{key}-----END EC PRIVATE KEY-----\n",
            }
        )
    )
    (home / ".aws/config").write_text(
        f"[default]\nregion = us-east-1\nlogin_session = {session}\n"
        f"services = fake\n[services fake]\nsignin =\n  endpoint_url = {center.url}\n"
    )
    return path


def test_botocores_own_provider_renews(center, tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "*")
    token = center.redeem(center.code())
    path = cached(center, tmp_path, token, 60)
    credentials = boto3.session.Session().get_credentials()
    assert credentials.method == "login"
    frozen = credentials.get_frozen_credentials()
    assert frozen.access_key != token["accessToken"]["accessKeyId"], "it was renewed"
    kept = json.loads(path.read_text())
    assert kept["accessToken"]["accessKeyId"] == frozen.access_key
    assert kept["refreshToken"] != token["refreshToken"]
    assert arn(
        center,
        {
            "accessKeyId": frozen.access_key,
            "secretAccessKey": frozen.secret_key,
            "sessionToken": frozen.token,
        },
    )
    kept["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z"
    path.write_text(json.dumps(kept))
    center.post("/__end", ["refresh"])
    with pytest.raises(LoginRefreshRequired):
        boto3.session.Session().get_credentials().get_frozen_credentials()
