"""A checkout of stacks, of which nothing was allowed, and what was decided about it."""

from __future__ import annotations

from mock_world import STACKS
from world import World


def checkout_of_stacks(world: World) -> World:
    """The world with three stacks, whose configuration is a checkout's."""
    world.is_own = False
    world.configure(STACKS)
    for stack in ("dev", "staging", "prod"):
        world.select(f"stacks/{stack}", f"{stack}-admin")
    return world


def status(world: World, directory: str) -> str:
    """What `status` says in a directory of the checkout."""
    answer = world.run("status", cwd=world.repository / directory)
    return answer.stdout + answer.stderr


def grants(world: World) -> list[str]:
    """The files of the grants that there are."""
    return sorted(path.name for path in (world.state / "trust").glob("*.grant"))
