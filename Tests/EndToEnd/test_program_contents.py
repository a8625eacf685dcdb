"""Files of a checkout that its commands name: their content is part of what was allowed."""

from __future__ import annotations

import os
import re

import pytest

from mfa_world import DEVICE, Coded
from world import World

ROLE = """\
auth:
  realm: e2e
  identities:
    base: {{kind: mock/aws}}
    dev:
      kind: mock/aws
      via: {{identity: base}}
      principal: {{account: {{id: !exec "{command}"}}}}
"""


@pytest.fixture
def checkout(world: World) -> World:
    """A world whose configuration is a checkout's."""
    world.is_own = False
    (world.repository / ".git").mkdir()
    (world.repository / ".git/HEAD").write_text("ref: refs/heads/main\n")
    return world


def script(world: World, account: str, path: str = "scripts/account.sh") -> None:
    world.write(path, f"#!/bin/sh\n# of the account\necho {account}\n", 0o755)


@pytest.mark.parametrize(
    "command",
    [
        "./scripts/account.sh",
        "sh scripts/account.sh",
        "cd scripts && ./account.sh",
        "`echo 'scripts/account.sh'`",
        "env A=scripts/account.sh sh -c 'sh $A'",
    ],
)
def test_a_changed_script_asks_again(checkout: World, command: str):
    script(checkout, "111122223333")
    checkout.configure(ROLE.format(command=command))
    assert "scripts/account.sh = sha256 " in checkout.run("allow", "-i", "dev", status=0).stderr
    assert checkout.run("credential-process", "-i", "dev").status == 0
    script(checkout, "999988887777")
    refused = checkout.run("credential-process", "-i", "dev")
    assert refused.status == 77 and refused.stdout == "", str(refused)
    assert "scripts/account.sh = sha256" in refused.stderr
    # The bytes are back, and so is what was allowed; another script is one, once it is allowed.
    script(checkout, "111122223333")
    checkout.run("credential-process", "-i", "dev", status=0)
    script(checkout, "999988887777")
    checkout.run("allow", "-i", "dev", status=0)
    checkout.run("credential-process", "-i", "dev", status=0)


def test_a_script_that_comes_later_asks_again(checkout: World):
    checkout.configure(ROLE.format(command="./account.sh || echo 111122223333"))
    checkout.run("allow", "-i", "dev", status=0)
    checkout.run("credential-process", "-i", "dev", status=0)
    script(checkout, "999988887777", "account.sh")
    assert checkout.run("credential-process", "-i", "dev").status == 77


SAML = """\
auth:
  realm: e2e
  providers:
    okta:
      kind: aws/saml
      url: https://corp.okta.com/home/amazon_aws/0oa/272
      region: eu-west-1
      driver: Browser
      browser_executable_path: ./tools/chrome
  identities:
    dev:
      kind: aws/assume-role
      via: {provider: okta}
      principal: {assume_role: "arn:aws:iam::123456789012:role/dev"}
"""


def test_a_changed_browser_asks_again(checkout: World):
    """It would see the password that is typed into it."""
    browser = checkout.write("tools/chrome", "#!/bin/sh\nexit 1\n", 0o755)
    checkout.configure(SAML)
    assert "tools/chrome = sha256 " in checkout.run("allow", "-i", "dev", status=0).stderr
    # Allowed, and a person is needed.
    said = checkout.said("exec", "-i", "dev", "--", "true", status=77)
    assert "sha256" not in said and "allow" not in said
    before = browser.read_bytes()
    browser.write_text("#!/bin/sh\n# another\nexit 1\n")
    said = checkout.said("exec", "-i", "dev", "--", "true", status=77)
    assert "tools/chrome = sha256" in said
    browser.write_bytes(before)
    assert "sha256" not in checkout.said("exec", "-i", "dev", "--", "true", status=77)


def test_the_browser_that_was_allowed_is_the_one_that_runs(checkout: World):
    """One of the same name where the command is started was not looked at."""
    noted = checkout.root / "noted"
    for place in ("", "elsewhere/"):
        checkout.write(
            f"{place}tools/chrome", f"#!/bin/sh\necho '{place or 'top'}' >>{noted}\nexit 1\n", 0o755
        )
    checkout.configure(SAML)
    checkout.run("allow", "-i", "dev", status=0)
    checkout.environment |= {"DISPLAY": ":99", "ATMOS_CLI_CONFIG_PATH": None}
    checkout.run("login", "dev", cwd=checkout.repository / "elsewhere")
    assert set(noted.read_text().split()) == {"top"}


def test_what_is_outside_or_a_directory_asks_nothing(checkout: World):
    outside = checkout.root / "outside.sh"
    outside.write_text("echo 111122223333\n")
    checkout.write("scripts/other.txt", "1\n")
    checkout.configure(ROLE.format(command=f"ls scripts >&2; sh {outside}"))
    checkout.run("allow", "-i", "dev", status=0)
    before = checkout.run("credential-process", "-i", "dev", status=0).json()
    outside.write_text("# changed\necho 111122223333\n")
    checkout.write("scripts/other.txt", "2\n")
    assert checkout.run("credential-process", "-i", "dev", status=0).json().keys() == before.keys()


def test_what_a_command_prints_is_bound_where_it_says_who_one_becomes(checkout: World):
    printed = checkout.root / "printed"
    printed.write_text("111122223333\n")
    checkout.configure(ROLE.format(command=f"cat {printed}"))
    checkout.run("allow", "-i", "dev", status=0)
    checkout.run("credential-process", "-i", "dev", status=0)
    printed.write_text("999988887777\n")
    refused = checkout.run("credential-process", "-i", "dev")
    assert refused.status == 77, str(refused)
    assert "- dev: account = 111122223333" in refused.stderr
    assert "+ dev: account = 999988887777" in refused.stderr
    checkout.run("allow", "-i", "dev", status=0)
    checkout.run("credential-process", "-i", "dev", status=0)
    # The person's own is followed.
    checkout.is_own = True
    checkout.configure(ROLE.format(command=f"cat {printed}"))
    (checkout.repository / ".git/HEAD").unlink()
    (checkout.repository / ".git").rmdir()
    checkout.run("credential-process", "-i", "dev", status=0)
    printed.write_text("111122223333\n")
    checkout.run("credential-process", "-i", "dev", status=0)


def test_a_large_file_counts_by_its_stamp(checkout: World):
    script(checkout, "111122223333", "account.sh")
    with (checkout.repository / "account.sh").open("a") as file:
        file.write("exit\n" + "#" * (2 << 20))
    checkout.configure(ROLE.format(command="./account.sh"))
    assert "account.sh = stamp " in checkout.run("allow", "-i", "dev", status=0).stderr
    checkout.run("credential-process", "-i", "dev", status=0)
    os.utime(checkout.repository / "account.sh", (1, 1))
    assert checkout.run("credential-process", "-i", "dev").status == 77


def test_prompts_look_again_when_a_script_changes(checkout: World):
    """The script is one of the files whose stamps the hook compares."""
    script(checkout, "111122223333")
    variable = "env: [{key: WHO, value: !exec ./scripts/account.sh}]"
    checkout.configure(f"auth:\n  identities:\n    dev: {{kind: mock/aws, {variable}}}\n")
    directory = checkout.select("stack", "dev")
    checkout.run("allow", cwd=directory, status=0)
    [grant] = (checkout.state / "trust").glob("*.grant")
    assert re.search(r"^input\t\S*/scripts/account.sh\t\d", grant.read_text(), re.M)
    assert "Used: allowed" in checkout.run("status", cwd=directory, status=0).stdout
    checkout.run("env", cwd=directory, status=0)
    script(checkout, "999988887777")
    assert "has changed since it was allowed" in checkout.run("status", cwd=directory).stdout
    assert checkout.run("env", cwd=directory).status == 77
    assert checkout.run("exec", "--", "true", cwd=directory).status == 77
    script(checkout, "111122223333")
    checkout.run("exec", "--", "true", cwd=directory, status=0)


def with_codes(coded: Coded, command: str) -> World:
    """A checkout whose `jane` gets her codes from a command."""
    world = coded.world
    world.is_own = False
    text = (world.repository / "atmos.yaml").read_text()
    (world.repository / ".git").mkdir()
    sources = f"      default: true\n      mfa: {{sources: [{{command: {command}}}]}}\n"
    world.configure(text.replace("      default: true\n", sources))
    return world


@pytest.mark.parametrize(
    "command",
    [
        "[sh, tools/code]",
        "[./tools/code]",
        "[sh, -c, '. tools/code']",
        "[sh, -c, 'exec sh \"$0\"', tools/code]",
        "[env, -S, 'sh tools/code']",
        "[find, tools/code, -exec, sh, '{}', ';']",
    ],
)
def test_a_source_of_codes_is_the_file_beside_the_configuration(coded: Coded, command: str):
    world = with_codes(coded, command)
    noted = world.root / "noted"
    script = f"#!/bin/sh\necho %s >>{noted}\nexit 1\n"
    world.write("tools/code", script % "ran", 0o755)
    shown = world.run("allow", "-i", "jane", "--with-keys", status=0).stderr
    assert "tools/code = sha256 " in shown and DEVICE in shown
    # Started in another directory, it is not the file of that name there.
    world.write("below/tools/code", script % "owned", 0o755)
    world.run("login", "-i", "jane", cwd=world.repository / "below")
    assert set(noted.read_text().split()) == {"ran"}
    world.write("tools/code", script % "owned", 0o755)
    assert world.run("login", "-i", "jane").status == 77
    assert set(noted.read_text().split()) == {"ran"}


@pytest.mark.parametrize("command", ["[./code]", "[sh, code]", "[sh, -c, '. ./code']"])
def test_a_source_of_codes_that_is_not_there_is_no_other_file(coded: Coded, command: str):
    """Nothing of the directory that a command is started in was looked at."""
    world = with_codes(coded, command)
    world.run("allow", "-i", "jane", "--with-keys", status=0)
    world.write("below/code", f"#!/bin/sh\ntouch {world.root}/owned\necho 123456\n", 0o755)
    world.environment["PATH"] = f":.:{world.variables()['PATH']}"
    assert world.run("login", "-i", "jane", cwd=world.repository / "below").status != 0
    assert not (world.root / "owned").exists()


TOKEN = """\
auth:
  realm: e2e
  extensions:
    providers:
      idp:
        kind: web/oidc
        region: eu-west-1
        spec: {audience: a, token_command: [sh, tools/token]}
  identities:
    dev:
      kind: aws/assume-role
      via: {provider: idp}
      principal: {assume_role: "arn:aws:iam::123456789012:role/dev"}
"""

KEYRING = """\
auth:
  realm: e2e
  keyring:
    type: command
    spec: {read: [sh, tools/k, read], write: [sh, tools/k, write], remove: [sh, tools/k, remove],
           list: [sh, tools/k, list]}
  identities:
    dev: {kind: aws/user}
"""


@pytest.mark.parametrize(("configuration", "file"), [(TOKEN, "tools/token"), (KEYRING, "tools/k")])
def test_a_helper_is_the_file_beside_the_configuration(
    checkout: World, configuration: str, file: str
):
    """The command of a token, and those of a keyring."""
    noted = checkout.root / "noted"
    checkout.configure(configuration)
    checkout.environment |= {"ATMOS_KEYRING_TYPE": None}
    checkout.write(file, f"echo ran >>{noted}; exit 1\n")
    checkout.write(f"below/{file}", f"echo owned >>{noted}; exit 1\n")
    assert f"{file} = sha256 " in checkout.run("allow", "-i", "dev", status=0).stderr
    checkout.run("login", "dev", cwd=checkout.repository / "below")
    assert set(noted.read_text().split()) == {"ran"}
    checkout.write(file, f"echo owned >>{noted}; exit 1\n")
    assert checkout.run("login", "dev").status == 77
    assert set(noted.read_text().split()) == {"ran"}
