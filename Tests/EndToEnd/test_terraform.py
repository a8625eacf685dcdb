"""The real terraform with the real AWS provider, under each MFA level."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from mfa_world import Coded
from policy_world import Deployed
from terminal import Terminal

#: Where people and packages keep providers for machines without a registry.
MIRRORS = [
    os.environ.get("TF_PLUGIN_MIRROR", ""),
    "/opt/tf-plugins",
    "/usr/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
]


def _mirror() -> str:
    for directory in MIRRORS:
        if directory and (pathlib.Path(directory) / "registry.terraform.io/hashicorp/aws").is_dir():
            return directory
    pytest.skip("needs a mirror of the provider hashicorp/aws in TF_PLUGIN_MIRROR")


class Real(Deployed):
    """A stack that asks STS who it is, and again after each of some pauses."""

    def __init__(self, coded: Coded, pauses: int) -> None:
        self.program = shutil.which("terraform", path="/usr/local/bin:/usr/bin:/opt/homebrew/bin")
        if self.program is None:
            pytest.skip("needs terraform")
        mirror = _mirror()
        super().__init__(coded)
        (coded.programs / "terraform").unlink()
        rc = self.world.root / "terraformrc"
        rc.write_text(
            f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror}" }}\n}}\n'
        )
        self.world.environment["TF_CLI_CONFIG_FILE"] = str(rc)
        self.world.environment["CHECKPOINT_DISABLE"] = "1"
        self.stack = self.world.repository / "stack"
        self.stack.mkdir()
        (self.stack / "main.tf").write_text(self._text(pauses))
        self._must("init", "-input=false")

    def _text(self, pauses: int) -> str:
        parts = [
            'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n',
            f'provider "aws" {{\n  region = "us-east-1"\n'
            f'  endpoints {{ sts = "{self.coded.server.url}" }}\n}}\n',
            'resource "terraform_data" "step_0" {}\n',
        ]
        for number in range(1, pauses + 1):
            # What depends on a resource that is made is read during the apply.
            parts.append(
                f'resource "terraform_data" "step_{number}" {{\n'
                f"  depends_on = [data.aws_caller_identity.who_{number - 1}]\n"
                f'  provisioner "local-exec" {{ command = "sleep 16" }}\n}}\n'
            )
        for number in range(pauses + 1):
            parts.append(
                f'data "aws_caller_identity" "who_{number}" {{\n'
                f"  depends_on = [terraform_data.step_{number}]\n}}\n"
            )
        return "".join(parts)

    def _must(self, *words: str) -> None:
        result = subprocess.run(
            [self.program, *words],
            cwd=self.stack,
            env=self.world.variables(),
            timeout=300,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr

    def terraform(self, *words: str) -> Terminal:
        return Terminal(
            self.world,
            "exec",
            "-i",
            "deploy",
            "--",
            "terraform",
            *words,
            cwd=self.stack,
            timeout=240,
        )

    def callers(self) -> list[str]:
        """The names of the sessions that asked who they are."""
        return [
            entry["caller"].rsplit("/", 1)[-1]
            for entry in self.coded.log()
            if entry["action"] == "GetCallerIdentity" and entry["status"] == 200
        ]

    def forget(self) -> None:
        """Lets STS forget what it was asked so far."""
        self.coded.server._server.post("/__reset", json.dumps({}).encode())


def test_an_apply_outlives_three_sessions(coded: Coded):
    real = Real(coded, pauses=3)
    real.configure("{policy: applies-only}")
    real.log_in()
    plan = real.terraform("plan", "-input=false", "-out", "p")
    plan.wait(0, timeout=240)
    assert "Enter MFA" not in plan.shown and real.codes() == 1
    real.role(lifetime=15)
    real.forget()
    apply = real.terraform("apply", "-input=false", "p")
    real.type_code(apply)
    apply.wait(0, timeout=300)
    assert "Apply complete! Resources: 4 added" in apply.shown
    assert real.codes() == 1, "one code for all of it"
    callers = real.callers()
    assert callers and all(name.startswith("engineer-apply-deploy-") for name in callers), callers
    assert len(set(real.sessions())) >= 4, "each of the pauses is longer than a session"


def test_plans_and_applies_takes_a_code_for_each(coded: Coded):
    real = Real(coded, pauses=0)
    real.configure("{policy: plans-and-applies}")
    refused = real.terraform("apply", "-input=false")
    refused.wait(77)
    assert "terraform plan -out FILE" in refused.shown
    plan = real.terraform("plan", "-input=false", "-out", "p")
    real.type_code(plan)
    plan.wait(0, timeout=240)
    apply = real.terraform("apply", "-input=false", "p")
    real.type_code(apply)
    apply.wait(0, timeout=240)
    assert "Apply complete! Resources: 1 added" in apply.shown and real.codes() == 2
    assert {name.split("-")[1] for name in real.sessions()} == {"plan", "apply"}


def test_never_asks_for_nothing_and_a_typed_yes_is_terraforms(coded: Coded):
    real = Real(coded, pauses=0)
    real.log_in()
    apply = real.terraform("apply")
    apply.child.expect_exact("Enter a value:", timeout=240)
    apply.child.sendline("yes")
    apply.wait(0, timeout=240)
    assert "Apply complete!" in apply.shown and real.codes() == 1
