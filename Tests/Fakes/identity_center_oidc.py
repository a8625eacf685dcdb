"""The OIDC service of the fake Identity Center: clients, device codes, codes, tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import urllib.parse

from fake_service import Book, Refusal, Request
from identity_center_records import Client, Login, Token, Waiting

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS = {DEVICE_GRANT, "authorization_code", "refresh_token"}
ACCOUNT_ACCESS = "sso:account:access"
SCOPES = {ACCOUNT_ACCESS, "codewhisperer:completions"}
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}

# The members of each request's body, and whether the service asks for them.
MEMBERS = {
    "RegisterClient": {
        "clientName": True,
        "clientType": True,
        "scopes": False,
        "redirectUris": False,
        "grantTypes": False,
        "issuerUrl": False,
        "entitledApplicationArn": False,
    },
    "StartDeviceAuthorization": {"clientId": True, "clientSecret": True, "startUrl": True},
    "CreateToken": {
        "clientId": True,
        "clientSecret": True,
        "grantType": True,
        "deviceCode": False,
        "code": False,
        "refreshToken": False,
        "scope": False,
        "redirectUri": False,
        "codeVerifier": False,
    },
}
LISTS = {"scopes", "redirectUris", "grantTypes", "scope"}


def wrong(name: str, message: str, status: int = 400) -> Refusal:
    return Refusal(status, f"{name}Exception", message)


class OIDC:
    """The service without the network."""

    def __init__(self, book: Book, options) -> None:
        self.book, self.options = book, options
        self.clients: dict[str, Client] = {}
        self.devices: dict[str, Waiting] = {}
        self.codes: dict[str, Waiting] = {}
        self.tokens: dict[str, Token] = {}
        self.refreshes: dict[str, Token] = {}
        # What is decided without a person: "allow", "deny", or nothing.
        self.automatic: str | None = "allow" if options.auto_approve else None

    def new_secret(self, size: int, prefix: str = "") -> str:
        text = prefix + secrets.token_urlsafe(size)
        self.book.handed_out.append(text)
        return text

    # Requests

    def members(self, action: str, request: Request) -> dict:
        """The body of a request, checked for its form."""
        if request.one("authorization") is not None:
            raise wrong("InvalidRequest", f"{action} is to be sent without a signature")
        if (request.one("content-type") or "").split(";")[0] not in (
            "application/json",
            "application/x-amz-json-1.1",
        ):
            raise wrong("InvalidRequest", "the body is no JSON")
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise wrong("InvalidRequest", "the body is no JSON object")
        known = MEMBERS[action]
        for name, value in body.items():
            kind = list if name in LISTS else str
            if name not in known or not isinstance(value, kind) or not value:
                raise wrong("InvalidRequest", f"{name} is no {kind.__name__} of {action}")
        for name, needed in known.items():
            if needed and name not in body:
                raise wrong("InvalidRequest", f"{name} is missing")
        return body

    def client(self, body: dict) -> Client:
        client = self.clients.get(body["clientId"])
        if (
            client is None
            or not hmac.compare_digest(client.secret, body["clientSecret"])
            or client.expires <= self.book.now()
        ):
            raise wrong("InvalidClient", "Invalid client", 401)
        return client

    def start_url(self, text: str) -> str:
        plain = text.split("#")[0].rstrip("/")
        if plain not in self.options.start_url:
            raise wrong("InvalidRequest", "Invalid start url provided")
        return plain

    # Actions

    def register(self, request: Request) -> dict:
        body = self.members("RegisterClient", request)
        if body["clientType"] != "public":
            raise wrong("InvalidClientMetadata", "clientType has to be public")
        scopes = set(body.get("scopes", []))
        if not scopes <= SCOPES:
            raise wrong("InvalidScope", "Invalid scope")
        # Clients of the first years name no grants; they get those of that time.
        grants = set(body.get("grantTypes", [DEVICE_GRANT, "refresh_token"]))
        if not grants <= GRANTS:
            raise wrong("UnsupportedGrantType", "Unsupported grant type")
        redirects = body.get("redirectUris", [])
        for uri in redirects:
            parts = urllib.parse.urlsplit(uri)
            if parts.scheme == "http" and parts.netloc.split(":")[0] not in LOOPBACK:
                raise wrong("InvalidRedirectUri", "http is for loopback addresses")
            if parts.scheme not in ("http", "https") or parts.fragment:
                raise wrong("InvalidRedirectUri", "Invalid redirect URI")
        if "authorization_code" in grants:
            if not redirects:
                raise wrong("InvalidRedirectUri", "redirectUris is missing")
            self.start_url(body.get("issuerUrl", ""))
        now = int(self.book.now())
        with self.book.lock:
            client = Client(
                secrets.token_urlsafe(22),
                self.new_secret(900, "eyJraWQiOiJrZXkt"),
                grants,
                scopes,
                redirects,
                body.get("issuerUrl"),
                now + self.options.registration_lifetime,
            )
            self.clients[client.identifier] = client
        return {
            "clientId": client.identifier,
            "clientSecret": client.secret,
            "clientIdIssuedAt": now,
            "clientSecretExpiresAt": int(client.expires),
            "authorizationEndpoint": None,
            "tokenEndpoint": None,
        }

    def start_device(self, request: Request, base: str) -> dict:
        body = self.members("StartDeviceAuthorization", request)
        client = self.client(body)
        start_url = self.start_url(body["startUrl"])
        if DEVICE_GRANT not in client.grants:
            raise wrong("UnauthorizedClient", "the client is not registered for device codes")
        letters = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
        with self.book.lock:
            device = Waiting(
                self.new_secret(60),
                client.identifier,
                start_url,
                self.book.now() + self.options.device_lifetime,
                self.options.interval,
                f"{letters[:4]}-{letters[4:]}",
                decision=self.automatic,
            )
            self.devices[device.code] = device
        return {
            "deviceCode": device.code,
            "userCode": device.user_code,
            "verificationUri": f"{base}/device",
            "verificationUriComplete": f"{base}/device?user_code={device.user_code}",
            "expiresIn": int(self.options.device_lifetime),
            "interval": self.options.interval,
        }

    def authorize(self, query: dict[str, str]) -> Waiting:
        """Checks the address that a browser was sent to; what it waits for is then decided."""
        known = {
            "response_type",
            "client_id",
            "redirect_uri",
            "state",
            "code_challenge_method",
            "code_challenge",
            "scopes",
        }
        # `scope=`, as everywhere else in OAuth 2.0, is not understood here.
        if set(query) != known:
            raise wrong("InvalidRequest", f"wrong parameters: {sorted(set(query) ^ known)}")
        client = self.clients.get(query["client_id"])
        if client is None or client.expires <= self.book.now():
            raise wrong("InvalidClient", "Invalid client", 401)
        if not any(self.same_redirect(query["redirect_uri"], uri) for uri in client.redirects):
            raise wrong("InvalidRedirectUri", "the address was not registered")
        if "authorization_code" not in client.grants:
            raise wrong("UnauthorizedClient", "the client is not registered for codes")
        if query["response_type"] != "code":
            raise wrong("InvalidRequest", "response_type has to be code")
        if query["code_challenge_method"] != "S256":
            raise wrong("InvalidRequest", "code_challenge_method has to be S256")
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}", query["code_challenge"]):
            raise wrong("InvalidRequest", "code_challenge is no SHA-256 in base64url")
        if not query["state"] or set(query["scopes"].split(" ")) - client.scopes:
            raise wrong("InvalidScope", "a scope was not registered, or state is empty")
        with self.book.lock:
            waiting = Waiting(
                self.new_secret(60),
                client.identifier,
                self.start_url(client.issuer or ""),
                self.book.now() + 600,
                decision=self.automatic,
                redirect=query["redirect_uri"],
                state=query["state"],
                challenge=query["code_challenge"],
            )
            self.codes[waiting.code] = waiting
        return waiting

    @staticmethod
    def same_redirect(given: str, registered: str) -> bool:
        """Whether two addresses are one; the port of a loopback address may be any."""
        left, right = urllib.parse.urlsplit(given), urllib.parse.urlsplit(registered)
        if right.hostname in ("127.0.0.1", "::1", "localhost"):
            return (left.scheme, left.hostname, left.path, left.query) == (
                right.scheme,
                right.hostname,
                right.path,
                right.query,
            )
        return given == registered

    def create_token(self, request: Request) -> dict:
        body = self.members("CreateToken", request)
        client = self.client(body)
        grant = body["grantType"]
        if grant not in GRANTS:
            raise wrong("UnsupportedGrantType", "Unsupported grant type")
        if grant not in client.grants:
            raise wrong("UnauthorizedClient", "the client is not registered for this grant")
        needed = {
            DEVICE_GRANT: ["deviceCode"],
            "authorization_code": ["code", "redirectUri", "codeVerifier"],
            "refresh_token": ["refreshToken"],
        }[grant]
        for name in needed:
            if name not in body:
                raise wrong("InvalidRequest", f"{name} is missing")
        with self.book.lock:
            if grant == "refresh_token":
                return self.refreshed(client, body)
            waiting = (
                self.polled(client, body) if grant == DEVICE_GRANT else self.coded(client, body)
            )
            waiting.used = True
            login = Login(waiting.start_url, self.book.now() + self.options.session_lifetime)
            return self.issue(client, login, client.scopes)

    def polled(self, client: Client, body: dict) -> Waiting:
        device = self.devices.get(body["deviceCode"])
        if device is None or device.client != client.identifier or device.used:
            raise wrong("InvalidGrant", "Invalid device code provided")
        now = self.book.now()
        early = device.last_poll is not None and now - device.last_poll < device.interval - 0.1
        device.last_poll = now
        if device.expires <= now:
            raise wrong("ExpiredToken", "the device code is over")
        if early:
            # RFC 8628 §3.5: by five seconds, for this and all later requests.
            device.interval += 5
            raise wrong("SlowDown", "Slow down")
        if device.decision == "deny":
            raise wrong("AccessDenied", "the person said no")
        if device.decision is None:
            raise wrong("AuthorizationPending", "")
        return device

    def coded(self, client: Client, body: dict) -> Waiting:
        code = self.codes.get(body["code"])
        if (
            code is None
            or code.client != client.identifier
            or code.used
            or code.decision != "allow"
            or code.expires <= self.book.now()
        ):
            raise wrong("InvalidGrant", "Invalid grant provided")
        # Whatever comes of it, the code is used.
        code.used = True
        verifier = body["codeVerifier"]
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if (
            not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
            or digest.rstrip(b"=").decode() != code.challenge
        ):
            raise wrong("InvalidGrant", "the code verifier does not fit")
        if body["redirectUri"] != code.redirect:
            raise wrong("InvalidGrant", "the redirect URI is another one")
        return code

    def refreshed(self, client: Client, body: dict) -> dict:
        token = self.refreshes.get(body["refreshToken"])
        now = self.book.now()
        if (
            token is None
            or token.client != client.identifier
            or token.used
            or token.login.over
            or min(token.expires, token.login.expires) <= now
        ):
            raise wrong("InvalidGrant", "Invalid refresh token provided")
        scopes = set(body.get("scope", token.scopes))
        if not scopes <= token.scopes:
            raise wrong("InvalidScope", "Invalid scope")
        token.used = not self.options.keep_refresh_tokens
        return self.issue(client, token.login, scopes)

    def issue(self, client: Client, login: Login, scopes: set[str]) -> dict:
        now = self.book.now()
        lifetime = int(min(self.options.token_lifetime, login.expires - now))
        access = Token(
            self.new_secret(200, "aoaAAAAAG"), client.identifier, login, scopes, now + lifetime
        )
        self.tokens[access.text] = access
        answer = {
            "accessToken": access.text,
            "tokenType": "Bearer",
            "expiresIn": lifetime,
            "refreshToken": None,
            "idToken": None,
        }
        # A client without the scope is one of the first years, and gets none.
        if "refresh_token" in client.grants and ACCOUNT_ACCESS in scopes:
            refresh = Token(
                self.new_secret(200, "aorAAAAAG"), client.identifier, login, scopes, login.expires
            )
            self.refreshes[refresh.text] = refresh
            answer["refreshToken"] = refresh.text
        return answer

    # The person's side

    def waiting(self) -> list[Waiting]:
        now = self.book.now()
        return [
            item
            for item in (*self.devices.values(), *self.codes.values())
            if item.decision is None and not item.used and item.expires > now
        ]

    def decide(self, decision: str, name: str | None = None) -> int:
        """Decides on the request with this user code or state, or on all; tells how many."""
        with self.book.lock:
            found = [item for item in self.waiting() if name in (None, item.user_code, item.state)]
            for item in found:
                item.decision = decision
        return len(found)

    def end(self, what: list[str]) -> None:
        """Ends access tokens, refresh tokens, or the registrations of clients."""
        now = self.book.now()
        with self.book.lock:
            for name, items in (
                ("access", self.tokens),
                ("refresh", self.refreshes),
                ("clients", self.clients),
            ):
                if name in what:
                    for item in items.values():
                        item.expires = min(item.expires, now)
