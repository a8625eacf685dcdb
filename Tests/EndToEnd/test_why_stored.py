"""`why` knows what is kept beside the configuration: devices, lengths, tokens of the AWS CLI."""

from __future__ import annotations

import datetime
import json

from world import World

DEVICE = "arn:aws:iam::123456789012:mfa/me"
CONFIGURATION = """\
auth:
  realm: e2e
  providers:
    sso:
      kind: aws/iam-identity-center
      start_url: https://corp.awsapps.com/start
      region: eu-central-1
  identities:
    me: {kind: aws/user}
    admin:
      kind: aws/permission-set
      via: {provider: sso}
      principal: {name: Admin, account: {id: "123456789012"}}
"""


def test_a_device_and_a_length_that_are_stored_with_the_keys(world: World):
    world.configure(CONFIGURATION)
    before = world.run("why", "me", status=0).stdout
    assert "asks for a login in the browser" in before and "lasts 15m" in before
    configured = world.run(
        "user",
        "configure",
        "-i",
        "me",
        "--access-key-id",
        "AKIAEXAMPLE000000001",
        "--mfa-arn",
        DEVICE,
        "--session-duration",
        "3h",
        stdin="secret\n",
    )
    assert configured.status == 0, str(configured)
    after = world.run("why", "me", status=0).stdout
    assert f"asks for a code of {DEVICE}" in after and "lasts 3h" in after
    # Nobody is asked for the keyring's password.
    closed = world.run("why", "me", env={"ATMOS_KEYRING_PASSWORD": None}, status=0)
    assert "password" not in closed.stdout + closed.stderr


def test_a_token_in_the_cache_of_the_aws_cli(world: World):
    world.configure(CONFIGURATION)
    assert "asks for a login in the browser" in world.run("why", "admin", status=0).stdout
    cache = world.home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2)
    (cache / "corp.json").write_text(
        json.dumps(
            {
                "startUrl": "https://corp.awsapps.com/start",
                "region": "eu-central-1",
                "accessToken": "token",
                "expiresAt": end.strftime("%Y-%m-%dT%H:%M:%SUTC"),
            }
        )
    )
    shown = world.run("why", "admin", status=0).stdout
    assert "you are not asked" in shown and "browser" not in shown
