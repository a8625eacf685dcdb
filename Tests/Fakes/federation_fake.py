"""The console's federation endpoint: temporary credentials for a sign-in address."""

from __future__ import annotations

import dataclasses
import json
import secrets
import urllib.parse

from fake_service import Book, Refusal, Request

# Hosts of the console in every partition.
CONSOLES = ("aws.amazon.com", "amazonaws.cn", "amazonaws-us-gov.com", "amazonaws-eusc.eu")


def bad(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)


@dataclasses.dataclass
class SigninToken:
    """What an address of the console is made with."""

    arn: str
    expires: float
    used: bool = False


class Federation:
    """The service without the network."""

    def __init__(self, sts: Book, options) -> None:
        self.sts, self.options = sts, options
        self.tokens: dict[str, SigninToken] = {}

    def query(self, request: Request) -> dict[str, str]:
        if request.one("authorization") is not None:
            raise bad("the endpoint takes no Authorization header")
        pairs = urllib.parse.parse_qsl(request.query, keep_blank_values=True)
        query = dict(pairs)
        if len(query) != len(pairs):
            raise bad("a parameter is there twice")
        return query

    def signin_token(self, query: dict[str, str]) -> dict:
        if not set(query) <= {"Action", "Session", "SessionType", "SessionDuration"}:
            raise bad(f"wrong parameters: {sorted(query)}")
        try:
            session = json.loads(query.get("Session", ""))
        except ValueError:
            session = None
        if not isinstance(session, dict) or set(session) != {
            "sessionId",
            "sessionKey",
            "sessionToken",
        }:
            raise bad("Session is not what it has to be")
        keys = self.sts.keys.get(session["sessionId"])
        if (
            keys is None
            or keys.token is None
            or keys.token != session["sessionToken"]
            or keys.secret_access_key != session["sessionKey"]
            or keys.expires <= self.sts.now()
        ):
            raise bad("the credentials are not valid")
        # An IAM user's session may not sign in; a federated one, a role and a root session may.
        if keys.kind == "session":
            raise bad("credentials of GetSessionToken cannot be used")
        if "SessionDuration" in query:
            text = query["SessionDuration"]
            if not text.isdigit() or not 900 <= int(text) <= 43200:
                raise bad("SessionDuration is out of range")
            if keys.chained or keys.kind != "role":
                raise bad("SessionDuration is not for these credentials")
        token = secrets.token_urlsafe(600)
        with self.sts.lock:
            self.sts.handed_out.append(token)
            self.tokens[token] = SigninToken(
                keys.arn, self.sts.now() + self.options.signin_lifetime
            )
        return {"SigninToken": token}

    def login(self, query: dict[str, str]) -> tuple[str, str]:
        """Who signed in, and where the console would open."""
        if not set(query) <= {"Action", "Issuer", "Destination", "SigninToken"}:
            raise bad(f"wrong parameters: {sorted(query)}")
        destination = urllib.parse.urlsplit(query.get("Destination", ""))
        host = destination.hostname or ""
        if destination.scheme != "https" or not host.endswith(CONSOLES):
            raise bad("Destination is no https address of the console")
        with self.sts.lock:
            token = self.tokens.get(query.get("SigninToken", ""))
            if token is None or token.used or token.expires <= self.sts.now():
                raise bad("the sign-in token is not valid")
            token.used = True
        return token.arn, query["Destination"]
