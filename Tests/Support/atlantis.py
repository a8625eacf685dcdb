"""What Atlantis reads from a `multienv` step, as its Go code does it.

Source: server/core/runtime/multienv_step_runner.go of runatlantis/atlantis, in the form of its
cases: quotes count only where a value begins; `\\"` is an escape in double quotes, and nothing is
one in single quotes.
"""

from __future__ import annotations


class MultienvError(ValueError):
    """Atlantis would end the run."""


def parse(text: str) -> dict[str, str]:
    """The variables of a step's output, both streams of which were merged."""
    text = text.strip()
    if not text:
        return {}
    if len(text) < 3:
        raise MultienvError("too short")
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        name, equals, _ = text[at:].partition("=")
        if not equals or not name or any(c.isspace() for c in name.strip("\n")) or "," in name:
            raise MultienvError(f"not a name: {name!r}")
        at += len(name) + 1
        value, at = _value(text, at)
        found[name] = value
        if at < len(text):
            if text[at] != ",":
                raise MultienvError("no comma after a value")
            at += 1
    return found


def _value(text: str, at: int) -> tuple[str, int]:
    if at >= len(text):
        raise MultienvError("the last value is empty")
    quote = text[at]
    if quote not in "\"'":
        end = text.find(",", at)
        end = len(text) if end < 0 else end
        value = text[at:end]
        if '"' in value:
            raise MultienvError("a bare quote")
        return value, end
    at += 1
    value = ""
    while at < len(text) and text[at] != quote:
        if quote == '"' and text[at] == "\\":
            if at + 1 < len(text) and text[at + 1] == '"':
                value += '"'
                at += 2
                continue
            if at + 1 >= len(text):
                break
        value += text[at]
        at += 1
    if at >= len(text):
        raise MultienvError("an open quote")
    if value.endswith("\\"):
        raise MultienvError("a backslash before the closing quote")
    return value, at + 1
