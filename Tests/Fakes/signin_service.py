"""What the fake sign-in to the console knows and decides, without the network."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import secrets
import urllib.parse

from fake_service import Refusal, Request
from signin_proofs import Proofs, WrongProof
from sts_service import STS, Keys

SAME = "arn:aws:signin:::devtools/same-device"
CROSS = "arn:aws:signin:::devtools/cross-device"
CONFIRMATION = "/v1/sessions/confirmation"
AUTHORIZE = {
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "scope",
    "code_challenge_method",
    "code_challenge",
}
#: The members of a request, by its grant; each is needed.
MEMBERS = {
    "authorization_code": {"clientId", "grantType", "code", "codeVerifier", "redirectUri"},
    "refresh_token": {"clientId", "grantType", "refreshToken"},
}


def wrong(message: str) -> Refusal:
    return Refusal(400, "INVALID_REQUEST", message)


def snake(name: str) -> str:
    """`clientId` in the spelling of a form."""
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def spelled(value: object, spell) -> object:
    """A document with the names of its members in another spelling."""
    if not isinstance(value, dict):
        return value
    return {spell(name): spelled(item, spell) for name, item in value.items()}


@dataclasses.dataclass
class Code:
    """A sign-in that a person is to decide on, and then a code."""

    text: str
    client: str
    redirect: str
    state: str
    challenge: str
    expires: float
    decision: str | None = None
    used: bool = False


@dataclasses.dataclass
class Login:
    """What a person signed in to once."""

    client: str
    key: str
    expires: float
    changed: bool = False


class SignIn:
    """The service: pages' decisions in, keys out."""

    def __init__(self, sts: STS, options) -> None:
        self.sts, self.options = sts, options
        self.proofs = Proofs()
        self.codes: dict[str, Code] = {}
        self.refreshes: dict[str, Login] = {}
        self.used: set[str] = set()
        self.logins: list[Login] = []
        self.automatic: str | None = "allow" if options.auto_approve else None

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.options.account}:user/{self.options.user}"

    # Pages

    def authorize(self, query: dict[str, str], base: str) -> Code:
        """Checks the address that a browser was sent to; what it waits for is then decided."""
        if set(query) != AUTHORIZE:
            raise wrong(f"wrong parameters: {sorted(set(query) ^ AUTHORIZE)}")
        if query["client_id"] not in (SAME, CROSS):
            raise wrong("there is no such client")
        parts = urllib.parse.urlsplit(query["redirect_uri"])
        if query["client_id"] == CROSS:
            if query["redirect_uri"] != base + CONFIRMATION:
                raise wrong("the code of another device is shown by the sign-in itself")
        elif (parts.scheme, parts.hostname, parts.path, parts.query, parts.fragment) != (
            "http",
            "127.0.0.1",
            "/oauth/callback",
            "",
            "",
        ) or not parts.port:
            raise wrong("the code of this device is for a port of 127.0.0.1")
        if query["response_type"] != "code" or query["scope"] != "openid":
            raise wrong("response_type has to be code, and scope openid")
        if query["code_challenge_method"] != "SHA-256":
            raise wrong("code_challenge_method has to be SHA-256")
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}", query["code_challenge"]):
            raise wrong("code_challenge is not a SHA-256 in base64url")
        if len(query["state"]) < 16:
            raise wrong("state can be guessed")
        with self.sts.lock:
            code = Code(
                self.new_secret(60),
                query["client_id"],
                query["redirect_uri"],
                query["state"],
                query["code_challenge"],
                self.sts.now() + self.options.code_lifetime,
                self.automatic,
            )
            self.codes[code.text] = code
        return code

    def waiting(self) -> list[Code]:
        return [code for code in self.codes.values() if code.decision is None and not code.used]

    def decide(self, decision: str, state: str | None = None) -> int:
        with self.sts.lock:
            found = [code for code in self.waiting() if state in (None, code.state)]
            for code in found:
                code.decision = decision
        return len(found)

    @staticmethod
    def shown(code: Code) -> str:
        """What the page shows on another device, to be pasted."""
        return base64.b64encode(f"state={code.state}&code={code.text}".encode()).decode()

    # Tokens

    def new_secret(self, size: int) -> str:
        text = secrets.token_urlsafe(size)
        self.sts.handed_out.append(text)
        return text

    def body(self, request: Request) -> tuple[dict[str, str], bool]:
        """The members of a request, and whether it came as a form."""
        kind = (request.one("content-type") or "").split(";")[0]
        is_form = kind == "application/x-www-form-urlencoded"
        if request.one("authorization") is not None:
            raise wrong("it is to be sent without a signature")
        try:
            if is_form:
                pairs = urllib.parse.parse_qsl(request.body.decode(), strict_parsing=True)
                known = {snake(name): name for names in MEMBERS.values() for name in names}
                body = {known.get(name, name): value for name, value in pairs}
            elif kind == "application/json":
                body = json.loads(request.body)
            else:
                raise wrong("the body is neither JSON nor a form")
        except ValueError as error:
            raise wrong("the body cannot be read") from error
        if not isinstance(body, dict) or not all(
            isinstance(value, str) and value for value in body.values()
        ):
            raise wrong("the body is not an object of texts")
        needed = MEMBERS.get(body.get("grantType", ""))
        if needed is None or set(body) != needed:
            raise wrong("wrong members for this grant")
        if body["clientId"] not in (SAME, CROSS):
            raise wrong("there is no such client")
        return body, is_form

    def create_token(self, request: Request, base: str) -> dict:
        body, is_form = self.body(request)
        with self.sts.lock:
            try:
                key = self.proofs.check(
                    request.headers.get("dpop", []), "POST", f"{base}/v1/token", self.sts.now()
                )
            except WrongProof as error:
                raise wrong(f"DPoP: {error}") from error
            if body["grantType"] == "refresh_token":
                answer = self.refreshed(body, key)
            else:
                answer = self.redeemed(body, key)
        return spelled(answer, snake) if is_form else answer

    def redeemed(self, body: dict[str, str], key: str) -> dict:
        code = self.codes.get(body["code"])
        if (
            code is None
            or code.used
            or code.decision != "allow"
            or code.client != body["clientId"]
            or code.expires <= self.sts.now()
        ):
            raise Refusal(401, "AUTHCODE_EXPIRED", "The authorization code is over")
        # Whatever comes of it, the code is used.
        code.used = True
        verifier = body["codeVerifier"]
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if (
            not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
            or digest.rstrip(b"=").decode() != code.challenge
        ):
            raise wrong("the code verifier does not fit")
        if body["redirectUri"] != code.redirect:
            raise wrong("the redirect URI is another one")
        self.permit()
        login = Login(body["clientId"], key, self.sts.now() + self.options.session_lifetime)
        self.logins.append(login)
        claims = {"sub": self.arn, "aud": body["clientId"], "iat": int(self.sts.now())}
        parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)]
        parts.append(secrets.token_bytes(64))
        token = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
        return {**self.issue(login), "idToken": token}

    def permit(self) -> None:
        if self.options.no_policy:
            raise Refusal(403, "INSUFFICIENT_PERMISSIONS", "signin:CreateOAuth2Token is denied")

    def refreshed(self, body: dict[str, str], key: str) -> dict:
        text = body["refreshToken"]
        login = self.refreshes.get(text)
        if login is not None and login.changed:
            raise Refusal(403, "USER_CREDENTIALS_CHANGED", "The password was changed")
        if (
            login is None
            or text in self.used
            or login.client != body["clientId"]
            or login.key != key
            or login.expires <= self.sts.now()
        ):
            raise Refusal(401, "TOKEN_EXPIRED", "The refresh token is over")
        self.permit()
        if not self.options.keep_refresh_tokens:
            self.used.add(text)
        return self.issue(login)

    def issue(self, login: Login) -> dict:
        now = self.sts.now()
        lifetime = int(min(self.options.keys_lifetime, login.expires - now))
        keys = {
            "accessKeyId": "ASIA" + secrets.token_hex(8).upper(),
            "secretAccessKey": secrets.token_urlsafe(30),
            "sessionToken": "IQoJ" + secrets.token_urlsafe(600),
        }
        self.sts.keys[keys["accessKeyId"]] = Keys(
            keys["accessKeyId"],
            keys["secretAccessKey"],
            self.arn,
            "AIDA" + hashlib.sha256(self.options.user.encode()).hexdigest()[:17].upper(),
            keys["sessionToken"],
            now + lifetime,
            "login",
        )
        self.sts.handed_out += [keys["secretAccessKey"], keys["sessionToken"]]
        refresh = self.new_secret(300)
        self.refreshes[refresh] = login
        return {
            "accessToken": keys,
            "tokenType": "aws_sigv4",
            "expiresIn": lifetime,
            "refreshToken": refresh,
        }

    def end(self, what: list[str]) -> None:
        """Ends refresh tokens, or the logins by another password."""
        with self.sts.lock:
            for login in self.logins:
                if "logins" in what:
                    login.changed = True
                if "refresh" in what:
                    login.expires = 0
