"""This build beside an earlier one: what a change costs, whatever the budgets leave."""

from __future__ import annotations

from commands import completions, logged_in, question
from measuring import TRUE, Bench, Command, Row, instructions, ms

#: How much worse a change may make anything (docs/architecture.md, budgets).
WORSE = 1.1


def commands(bench: Bench) -> dict[str, Command]:
    """The commands that people and their tools run all day, with what they need there."""
    home = logged_in(bench)
    return {
        "hook": question(bench),
        **{name: home.command(name) for name in ("credential-process", "env", "--version")},
        "list": home.command("list", "--format", "json"),
        "exec -- true": home.command("exec", "--", TRUE),
        "TAB": completions(bench)["bash"],
    }


def beside(now: Bench, before: Bench) -> list[Row]:
    """Times of both builds, taking turns, and what both execute and how large they are."""
    ours, theirs = commands(now), commands(before)
    rows = []
    for name in ours:
        times = now.compare({"now": ours[name], "before": theirs[name]})
        rows.append(row(name, times["now"], times["before"], ms))
        # valgrind loses count where the program becomes another.
        if not name.startswith("exec"):
            counts = [instructions(each[name]) for each in (ours, theirs)]
            if None not in counts:
                rows.append(row(f"{name}, instructions", *counts, millions))
    for program in ("atmos-auth", "atmos-auth-hook"):
        sizes = [(bench.programs / program).stat().st_size for bench in (now, before)]
        rows.append(row(f"{program}, size", *sizes, megabytes))
    return rows


def row(name: str, now: float, before: float, shown) -> Row:
    ratio = now / before
    return Row(
        name,
        shown(now),
        f"{shown(before)} (before)",
        f"{ratio:.3f} ×",
        f"≤ {WORSE:g} ×",
        ratio <= WORSE,
    )


def millions(count: float) -> str:
    return f"{count / 1e6:.2f} M"


def megabytes(size: float) -> str:
    return f"{size / 1e6:.2f} MB"
