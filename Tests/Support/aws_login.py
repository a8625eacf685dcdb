"""A login of the AWS CLI's `aws login`, and botocore's own provider, which reads and renews it."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import os
import pathlib
import sys
import urllib.parse
import urllib.request

from awscrt.crypto import EC, ECExportFormat, ECType
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import _build_dpop_header

from services import boto3_session
from signin_world import SignIn
from world import Answer, World

#: Whom the fake signs in.
USER = "arn:aws:iam::123456789012:user/jane"
SAME = "arn:aws:signin:::devtools/same-device"
REDIRECT = "http://127.0.0.1:4711/oauth/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

#: A program that prints the keys that botocore finds for a profile, and how it found them.
BOTOCORE = """\
import json, sys, boto3
found = boto3.session.Session(profile_name=sys.argv[1]).get_credentials()
keys = found.get_frozen_credentials()
print(json.dumps({"method": found.method, "AccessKeyId": keys.access_key}))
"""


def new_key() -> EC:
    """A key whose coordinates begin with no zero, which awscrt leaves out."""
    while True:
        key = EC.new_generate(ECType.P_256)
        if [len(part) for part in key.get_public_coords()] == [32, 32]:
            return key


def pem(der: bytes, what: str = "EC PRIVATE KEY") -> str:
    return f"-----BEGIN {what}-----\n{base64.encodebytes(der).decode()}-----END {what}-----\n"


def cache_file(world: World, session: str = USER) -> pathlib.Path:
    """Where `aws login` keeps a login."""
    name = hashlib.sha256(session.encode()).hexdigest()
    return world.home / ".aws/login/cache" / f"{name}.json"


class AWSLogin:
    """What `aws login` leaves behind, signed in at the fake."""

    def __init__(self, world: World, server: SignIn, profile: str | None = "jane") -> None:
        self.world, self.server = world, server
        self.path = cache_file(world)
        self.key = new_key()
        self.token = self._redeem(self._code())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.write()
        if profile is None:
            return
        config = world.home / ".aws/config"
        title = "default" if profile == "default" else f"profile {profile}"
        with config.open("a") as file:
            file.write(f"[{title}]\nregion = eu-central-1\nlogin_session = {USER}\n")

    def _code(self) -> str:
        challenge = hashlib.sha256(VERIFIER.encode()).digest()
        query = urllib.parse.urlencode(
            {
                "response_type": "code",
                "client_id": SAME,
                "redirect_uri": REDIRECT,
                "state": "a state that nobody guesses",
                "scope": "openid",
                "code_challenge_method": "SHA-256",
                "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            }
        )

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
        self.server.tell("/__automatic", "allow")
        try:
            opener.open(f"{self.server.url}/v1/authorize?{query}", timeout=10)
        except urllib.error.HTTPError as error:
            address = urllib.parse.urlsplit(error.headers["Location"])
            return dict(urllib.parse.parse_qsl(address.query))["code"]
        raise AssertionError("the page does not lead back")

    def _redeem(self, code: str) -> dict:
        client = boto3_session().client(
            "signin",
            endpoint_url=self.server.url,
            region_name="eu-central-1",
            config=Config(proxies={}, signature_version=UNSIGNED, retries={"max_attempts": 0}),
        )

        def prove(params: dict, **_) -> None:
            params["headers"]["DPoP"] = _build_dpop_header(self.key, params["url"])

        client.meta.events.register("before-call.signin.CreateOAuth2Token", prove)
        return client.create_o_auth2_token(
            tokenInput={
                "clientId": SAME,
                "grantType": "authorization_code",
                "code": code,
                "codeVerifier": VERIFIER,
                "redirectUri": REDIRECT,
            }
        )["tokenOutput"]

    # The file.

    def content(self, seconds: float = 900) -> dict:
        """What `aws login` writes, with keys that end in so many seconds."""
        return {
            "accessToken": {
                **self.token["accessToken"],
                "accountId": "123456789012",
                "expiresAt": in_seconds(seconds),
            },
            "tokenType": "aws_sigv4",
            "clientId": SAME,
            "refreshToken": self.token["refreshToken"],
            "idToken": self.token["idToken"],
            "dpopKey": pem(self.key.export_key(ECExportFormat.SEC1)),
        }

    def write(self, seconds: float = 900, **more) -> None:
        put(self.path, {**self.content(seconds), **more})

    def read(self) -> dict:
        return json.loads(self.path.read_text())

    def end_keys(self) -> None:
        """The keys in the file are about to end."""
        expire(self.path)

    @property
    def key_id(self) -> str:
        return self.read()["accessToken"]["accessKeyId"]

    @property
    def secrets(self) -> list[str]:
        """Of what is in the file, the file itself left out of where it may be."""
        return [*self.server.ask("/__secrets")]


def in_seconds(seconds: float) -> str:
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def expire(path: pathlib.Path) -> None:
    """The keys in a file are about to end."""
    content = json.loads(path.read_text())
    content["accessToken"]["expiresAt"] = in_seconds(60)
    put(path, content)


def put(path: pathlib.Path, content: dict) -> None:
    path.write_text(json.dumps(content))
    os.chmod(path, 0o600)


def botocore(world: World, profile: str = "jane") -> Answer:
    """What botocore's own provider makes of a profile, in a process of its own."""
    return world.program(sys.executable, "-c", BOTOCORE, profile)
