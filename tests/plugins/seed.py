"""One random seed for the whole session, the same in every worker, printed so that a run can be repeated."""

from __future__ import annotations

import os
import random
import secrets
from typing import Protocol

import pytest

VARIABLE = "SAMEBYTES_SEED"
_SEED = pytest.StashKey[int]()


class _WorkerNode(Protocol):
    """The part of an xdist worker's controller that carries values to the worker."""

    config: pytest.Config
    workerinput: dict[str, object]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take the seed from the controller, the environment or chance, and give hypothesis the same one."""
    inherited = getattr(config, "workerinput", {}).get(VARIABLE)
    given = inherited if inherited is not None else os.environ.get(VARIABLE)
    try:
        seed = secrets.randbelow(2**32) if given is None else int(given)
    except ValueError as error:
        message = f"{VARIABLE} must be a whole number, not {given!r}"
        raise pytest.UsageError(message) from error
    config.stash[_SEED] = seed
    # Hypothesis reads its own option after us; a seed given there by hand wins.
    if getattr(config.option, "hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(seed)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: _WorkerNode) -> None:
    """Hand the controller's seed to an xdist worker."""
    node.workerinput[VARIABLE] = node.config.stash[_SEED]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how to repeat the sampled tests of this run."""
    terminalreporter.write_line(f"seed: repeat the sampled tests with {VARIABLE}={config.stash[_SEED]}")


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The session's random seed, equal in all workers."""
    return pytestconfig.stash[_SEED]


@pytest.fixture
def sampler(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """A random source of this test alone, the same whatever other tests run before it."""
    return random.Random(f"{seed}:{request.node.nodeid}")
