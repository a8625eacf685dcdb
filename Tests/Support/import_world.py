"""Files of the AWS CLI with profiles to import, and what an import made of them."""

from __future__ import annotations

from world import World

ACCOUNT = "123456789012"
OTHER = "210987654321"
SECRET = "the+secret/key+of+the+strict/user=="
KEY = "AKIASTRICTSTRICT0001"
DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/engineer"

CONFIG = f"""\
[default]
region = eu-west-1
output = json

[profile base]
region = eu-central-1

[profile hub]
role_arn = arn:aws:iam::{ACCOUNT}:role/hub
source_profile = base
role_session_name = hub-session

[profile deploy]
role_arn = arn:aws:iam::{OTHER}:role/deploy
source_profile = hub
external_id = Ext-1
role_session_name = deploy-session
duration_seconds = 1800
region = eu-west-3

[profile coded]
role_arn = arn:aws:iam::{OTHER}:role/coded
source_profile = base
mfa_serial = {DEVICE}
role_session_name = coded-session

[profile self]
role_arn = arn:aws:iam::{ACCOUNT}:role/self
source_profile = self
role_session_name = self-session
aws_access_key_id = {KEY}
aws_secret_access_key = {SECRET}

[profile onself]
role_arn = arn:aws:iam::{ACCOUNT}:role/onself
source_profile = self
role_session_name = onself-session
"""

CREDENTIALS = f"[base]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"


def put(world: World, config: str | bytes, credentials: str | bytes | None = None) -> None:
    directory = world.home / ".aws"
    directory.mkdir(exist_ok=True)
    for name, content in (("config", config), ("credentials", credentials)):
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (directory / name).write_bytes(data)


def brought(world: World, *arguments: str, status: int = 0):
    """Imports into atmos.yaml, which must be valid; the report."""
    answer = world.run("import", "aws-config", "--output", "atmos.yaml", *arguments, status=status)
    if status == 0:
        assert answer.stdout == ""
        check = world.run("validate")
        assert check.status == 0 and "error" not in check.stderr, str(check)
    return answer.stderr


def listed(world: World) -> dict:
    return world.run("list", "--format", "json", status=0).json()
