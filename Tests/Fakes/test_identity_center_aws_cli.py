"""The fake Identity Center against the AWS CLI's own login, and a real browser."""

from __future__ import annotations

import json
import subprocess
import urllib.request

import pytest

from center_world import CLI, until_printed


@pytest.fixture
def cli(center, tmp_path):
    return CLI(center, tmp_path)


def arn(cli: CLI, profile: str = "dev") -> str:
    return json.loads(
        cli.run("sts", "get-caller-identity", "--profile", profile, "--output", "json")
    )["Arn"]


def end(process: subprocess.Popen, status: int = 0) -> None:
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, out + err


def test_login_with_a_real_browser_then_a_role_then_logout(center, cli):
    cli.browse("--click allow")
    assert "Successfully logged into Start URL" in cli.run("sso", "login", "--sso-session", "team")
    assert center.get("/__calls") == {"RegisterClient": 1, "Authorize": 1, "CreateToken": 1}
    assert [
        entry["grant"] for entry in center.get("/__log") if entry["action"] == "CreateToken"
    ] == ["authorization_code"]
    [token] = cli.tokens()
    assert token["refreshToken"] and token["accessToken"] in center.get("/__secrets")
    assert arn(cli).startswith(
        "arn:aws:sts::100000000001:assumed-role/AWSReservedSSO_ReadOnlyAccess_"
    )
    # Its keys sign an AssumeRole, which the STS verifies.
    assert arn(cli, "chained").startswith("arn:aws:sts::123456789012:assumed-role/Deploy/")

    cli.run("sso", "logout")
    assert cli.tokens() == []
    assert center.get("/__served")["Logout"] == 1
    assert (
        center.raw("/assignment/accounts", None, {"x-amz-sso_bearer_token": token["accessToken"]})[
            0
        ]
        == 401
    )


def test_login_with_a_device_code_and_a_click(center, cli):
    process = cli.start("sso", "login", "--profile", "dev", "--use-device-code", "--no-browser")
    address = until_printed(process, r"http://\S+user_code=\S+")
    cli.browse("--click allow")
    browser = cli.environment["BROWSER"].removesuffix(" %s &").split()
    subprocess.run([*browser, address], check=True, timeout=60)
    end(process)
    assert center.get("/__calls")["StartDeviceAuthorization"] == 1
    assert "ReadOnlyAccess" in arn(cli)
    assert "Done" in cli.log.read_text()


def test_the_older_login_gets_no_refresh_token(center, cli):
    process = cli.start("sso", "login", "--profile", "legacy", "--no-browser")
    code = until_printed(process, r"^[A-Z]{4}-[A-Z]{4}$")
    center.post("/__approve", {"user_code": code})
    end(process)
    [token] = cli.tokens()
    assert not token.get("refreshToken")
    assert "AdministratorAccess" in arn(cli, "legacy")


def test_a_person_says_no(center, cli):
    process = cli.start("sso", "login", "--profile", "legacy", "--no-browser")
    code = until_printed(process, r"^[A-Z]{4}-[A-Z]{4}$")
    center.post("/__deny", {"user_code": code})
    out, err = process.communicate(timeout=60)
    assert process.returncode != 0 and "AccessDenied" in err, out + err
    assert cli.tokens() == []


@pytest.mark.parametrize("center", [("--token-lifetime", "700", "--auto-approve")], indirect=True)
def test_the_cli_renews_with_rotation(center, cli):
    """With less than fifteen minutes left it renews, each time with the newest token."""
    cli.run("sso", "login", "--profile", "dev", "--use-device-code", "--no-browser")
    [first] = cli.tokens()
    assert "ReadOnlyAccess" in arn(cli)
    [second] = cli.tokens()
    assert first["refreshToken"] != second["refreshToken"]
    assert [entry["grant"] for entry in center.get("/__log") if entry.get("grant")][
        -1
    ] == "refresh_token"


def test_a_browser_without_windows_follows_the_redirects(center, cli):
    center.post("/__automatic", "allow")
    cli.browse("--plain")
    cli.run("sso", "login", "--sso-session", "team")
    assert cli.log.read_text().startswith(f"opened {center.url}/authorize")
    opened = urllib.request.urlopen(center.url + "/device").read()
    assert b"user_code" in opened
