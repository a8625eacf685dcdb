"""A real interactive shell in a terminal, with a start-up file and nothing of its owner's."""

from __future__ import annotations

import itertools
import pathlib
import re
import time

import pexpect

from atmos_world import World, plain, tool

#: What each shell is told before anything else: a prompt to wait for, and no frills.
RC = {
    "bash": "PS1='<ready> '\nHISTFILE=\nbind 'set enable-bracketed-paste off'\n",
    "zsh": "PROMPT='<ready> '\nunsetopt zle_bracketed_paste prompt_sp 2>/dev/null\n"
           "unset zle_bracketed_paste\nHISTFILE=\n",
    "fish": "function fish_prompt; printf '<ready> '; end\nfunction fish_greeting; end\n"
            "set -g fish_autosuggestion_enabled 0\nset -g fish_private_mode 1\n",
}


class PtyShell:
    """One interactive shell; leaves with `close`."""

    def __init__(
        self, world: World, shell: str, *, rc: str | None = None, hook: bool = True,
        directory: pathlib.Path | None = None, columns: int = 300,
        env: dict[str, str | None] | None = None,
    ) -> None:
        self.world = world
        self.shell = shell
        self._count = itertools.count(1000)
        if rc is None:
            rc = RC[shell] + (self.hook_line(world, shell) if hook else "")
        where = world.home / f".rc-{shell}"
        where.mkdir(exist_ok=True)
        variables = world.variables(env)
        variables["SHELL"] = tool(shell)
        if shell == "bash":
            (where / "bashrc").write_text(rc)
            arguments = ["--noprofile", "--rcfile", str(where / "bashrc"), "-i"]
        elif shell == "zsh":
            (where / ".zshrc").write_text(rc)
            variables["ZDOTDIR"] = str(where)
            arguments = ["-d", "-i"]
        else:
            config = world.home / ".config/fish"
            config.mkdir(parents=True, exist_ok=True)
            # Where it is missing, fish reads every manual page in the background for minutes.
            (world.home / ".local/share/fish/generated_completions").mkdir(
                parents=True, exist_ok=True)
            (config / "config.fish").write_text(rc)
            arguments = ["-i"]
        self.child = pexpect.spawn(
            tool(shell), arguments, env=variables, cwd=str(directory or world.repository),
            dimensions=(50, columns), encoding="utf-8", codec_errors="replace", timeout=30)
        self.child.delaybeforesend = None
        self.log: list[str] = []
        self.child.logfile_read = self
        self.run("true")

    @staticmethod
    def hook_line(world: World, shell: str) -> str:
        """The line that a person puts into a start-up file."""
        if shell == "fish":
            return f"'{world.binary}' hook fish | source\n"
        return f'eval "$(\'{world.binary}\' hook {shell})"\n'

    # pexpect writes what it reads here.
    def write(self, text: str) -> None:
        self.log.append(text)
        self.world.transcript.append(text)

    def flush(self) -> None:
        pass

    def run(self, line: str, timeout: float = 30) -> str:
        """Types a line, waits until it and the prompt after it are done, returns what it printed.

        The shell reads the second line only after it has drawn the prompt of the first, so the
        hook has run by then.
        """
        number = next(self._count)
        begin = len("".join(self.log))
        self.child.sendline(line)
        self._mark(number, timeout)
        text = "".join(self.log)[begin:]
        return plain(text)

    def _mark(self, number: int, timeout: float = 30) -> None:
        # Typed with the number split in two, so that the echo is not taken for the answer.
        head, tail = str(number)[:2], str(number)[2:]
        self.child.sendline(f"printf '@@%s%s@@\\n' {head} {tail}")
        self.child.expect_exact(f"@@{number}@@", timeout=timeout)

    def value(self, expression: str) -> str:
        """What an expression of the shell, such as `$AWS_PROFILE`, stands for."""
        number = next(self._count)
        head, tail = str(number)[:2], str(number)[2:]
        self.child.sendline(f"printf '@@%s%s<%s>@@\\n' {head} {tail} \"{expression}\"")
        self.child.expect(rf"@@{number}<(.*?)>@@")
        return self.child.match.group(1)

    def is_set(self, name: str) -> bool:
        if self.shell == "fish":
            self.run(f"set -q {name}; and set -g __seen yes; or set -g __seen no")
        else:
            self.run(f"if [ -n \"${{{name}+x}}\" ]; then __seen=yes; else __seen=no; fi")
        return self.value("$__seen") == "yes"

    def prompt(self) -> str:
        """The prompt as it is drawn now, without colours."""
        time.sleep(0.1)
        begin = len("".join(self.log))
        self.child.sendline("")
        self.child.expect_exact("<ready> ")
        time.sleep(0.2)
        while True:
            try:
                self.child.read_nonblocking(65536, timeout=0.1)
            except (pexpect.TIMEOUT, pexpect.EOF):
                break
        text = plain("".join(self.log)[begin:]).replace("\r", "\n")
        lines = [line for line in text.splitlines() if "<ready>" in line]
        return lines[-1].split("<ready>")[0].strip() if lines else ""

    def wait_for_prompt(self, pattern: str, timeout: float = 10) -> str:
        """The first prompt that matches, asking again and again."""
        deadline = time.monotonic() + timeout
        prompt = ""
        while time.monotonic() < deadline:
            prompt = self.prompt()
            if re.search(pattern, prompt):
                return prompt
            time.sleep(0.3)
        raise AssertionError(f"no prompt like {pattern!r}; the last one was {prompt!r}")

    def close(self) -> None:
        self.child.close(force=True)

    def __enter__(self) -> "PtyShell":
        return self

    def __exit__(self, *_) -> None:
        self.close()
