"""A real interactive shell with the hook, in the world of one test."""

from __future__ import annotations

import pathlib
import re

from interactive_shell import PLAIN, InteractiveShell
from terminal import plain
from waiting import wait_for
from world import World


class PtyShell(InteractiveShell):
    """One interactive shell; leaves with `close`. All that it shows is in the transcript."""

    def __init__(
        self,
        world: World,
        shell: str,
        *,
        rc: str | None = None,
        hook: bool = True,
        directory: pathlib.Path | None = None,
        columns: int = 300,
        env: dict[str, str | None] | None = None,
    ) -> None:
        self.world = world
        self.shell = shell
        if rc is None:
            rc = PLAIN[shell] + (self.hook_line(world, shell) if hook else "")
        super().__init__(
            shell,
            rc,
            home=world.home,
            variables=world.variables(env),
            directory=directory or world.repository,
            columns=columns,
            transcript=world.transcript,
        )

    @staticmethod
    def hook_line(world: World, shell: str) -> str:
        """The line that a person puts into a start-up file."""
        if shell == "fish":
            return f"'{world.binary}' hook fish | source\n"
        return f"eval \"$('{world.binary}' hook {shell})\"\n"

    def run(self, line: str, timeout: float = 30) -> str:
        return plain(super().run(line, timeout))

    def value(self, expression: str) -> str:
        """What an expression of the shell, such as `$AWS_PROFILE`, stands for."""
        number = str(next(self._numbers))
        # Typed with the number split in two, so that the echo is not taken for the answer.
        self.child.sendline(f"printf '@@%s%s<%s>@@\\n' {number[:2]} {number[2:]} \"{expression}\"")
        self.child.expect(rf"@@{number}<(.*?)>@@")
        return self.child.match.group(1).decode("utf-8", "replace")

    def is_set(self, name: str) -> bool:
        if self.shell == "fish":
            self.run(f"set -q {name}; and set -g __seen yes; or set -g __seen no")
        else:
            self.run(f'if [ -n "${{{name}+x}}" ]; then __seen=yes; else __seen=no; fi')
        return self.value("$__seen") == "yes"

    def prompt(self) -> str:
        return super().prompt().strip()

    def wait_for_prompt(self, pattern: str) -> str:
        """The first prompt that matches, asking again and again."""
        prompts: list[str] = []

        def matches() -> bool:
            prompts.append(self.prompt())
            return re.search(pattern, prompts[-1]) is not None

        wait_for(matches, f"no prompt like {pattern!r}", 10)
        return prompts[-1]
