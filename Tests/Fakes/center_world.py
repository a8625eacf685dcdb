"""A fake Identity Center in this process, with boto3 and the AWS CLI as its clients."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import fake_service
import identity_center_fake

START_URL = "https://example.awsapps.com/start"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FAKES = pathlib.Path(__file__).resolve().parent
# What boto3 reads to make a client takes it a second; once is enough.
SESSION = boto3.session.Session()
CALLBACK = "http://127.0.0.1/oauth/callback"


def aws_cli() -> str:
    """Version 2 of the AWS CLI; scripts/make-aws-cli put it beside this Python."""
    path = pathlib.Path(sys.executable).parents[1] / "aws-cli-2" / "aws"
    if not path.exists():
        pytest.fail("the AWS CLI, version 2.32 or later, is missing: run scripts/make-aws-cli")
    return str(path)


class Running(fake_service.Running):
    """The fake, its clients, and what is done with them again and again."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(
            identity_center_fake.start(identity_center_fake.arguments(list(arguments)))
        )

    def raw(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None):
        """Status, body, and the exception's name."""
        request = urllib.request.Request(self.url + path, body, headers or {})
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, response.read(), None
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers.get("x-amzn-ErrorType")

    def client(self, service: str, keys: dict | None = None, attempts: int = 1):
        options = Config(
            proxies={},
            parameter_validation=False,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": attempts},
            **({} if keys else {"signature_version": UNSIGNED}),
        )
        return SESSION.client(
            service,
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id=keys and keys["accessKeyId"],
            aws_secret_access_key=keys and keys["secretAccessKey"],
            aws_session_token=keys and keys["sessionToken"],
            config=options,
        )

    @functools.cached_property
    def oidc(self):
        return self.client("sso-oidc")

    @functools.cached_property
    def portal(self):
        return self.client("sso")

    def register(self, **more) -> dict:
        """Registers a client for device codes; returns its id and secret as arguments."""
        answer = self.oidc.register_client(
            **{
                "clientName": "test",
                "clientType": "public",
                "scopes": ["sso:account:access"],
                "grantTypes": [DEVICE_GRANT, "refresh_token"],
                **more,
            }
        )
        return {"clientId": answer["clientId"], "clientSecret": answer["clientSecret"]}

    def register_for_codes(self, **more) -> dict:
        return self.register(
            **{
                "grantTypes": ["authorization_code", "refresh_token"],
                "redirectUris": [CALLBACK],
                "issuerUrl": START_URL,
                **more,
            }
        )

    def device(self, client: dict) -> dict:
        return self.oidc.start_device_authorization(startUrl=START_URL, **client)

    def poll(self, client: dict, device: dict) -> dict:
        return self.oidc.create_token(
            grantType=DEVICE_GRANT, deviceCode=device["deviceCode"], **client
        )

    def token(self, **more) -> dict:
        """Logs in with a device code that somebody allows."""
        client = self.register(**more)
        device = self.device(client)
        self.post("/__approve", {"user_code": device["userCode"]})
        return {**self.poll(client, device), **client}

    def refresh(self, token: dict) -> dict:
        return self.oidc.create_token(
            grantType="refresh_token",
            refreshToken=token["refreshToken"],
            clientId=token["clientId"],
            clientSecret=token["clientSecret"],
        )


def code(call, *positional, **arguments) -> str:
    """The name of the exception that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(*positional, **arguments)
    return caught.value.response["Error"]["Code"]


class CLI:
    """A person's AWS CLI, with one profile on the fake."""

    def __init__(self, running: Running, home: pathlib.Path) -> None:
        self.home = home
        self.log = home / "browser.log"
        config = home / ".aws/config"
        config.parent.mkdir()
        config.write_text(f"""\
[profile dev]
sso_session = team
sso_account_id = 100000000001
sso_role_name = ReadOnlyAccess
region = eu-west-1
[profile chained]
source_profile = dev
role_arn = arn:aws:iam::123456789012:role/Deploy
region = eu-west-1
[profile legacy]
sso_start_url = {START_URL}
sso_region = eu-west-1
sso_account_id = 100000000002
sso_role_name = AdministratorAccess
region = eu-west-1
[sso-session team]
sso_start_url = {START_URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
""")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AWS_PAGER": "",
            "NO_PROXY": "*",
            "AWS_ENDPOINT_URL": running.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def browse(self, *options: str) -> None:
        """What `$BROWSER` does."""
        # The ampersand: Python's own browsers are waited for, and the CLI would not answer.
        self.environment["BROWSER"] = (
            f"{sys.executable} {FAKES / 'browser.py'} --log {self.log} {' '.join(options)} %s &"
        )

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [aws_cli(), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, status: int = 0) -> str:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=100)
        assert process.returncode == status, out + err
        return out + err

    def tokens(self) -> list[dict]:
        """What it remembers of logins."""
        found = [json.loads(path.read_text()) for path in self.home.glob(".aws/sso/cache/*.json")]
        return [item for item in found if "accessToken" in item]


def until_printed(process: subprocess.Popen, pattern: str) -> str:
    """Reads what a program prints until a line matches."""
    for line in process.stdout:
        match = re.search(pattern, line)
        if match:
            return match.group(0)
    raise AssertionError(process.stderr.read())
