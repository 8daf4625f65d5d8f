# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One hub for all integration tests: real API server, controllers and the simulator."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "tests" / "hub", ROOT / "tests" / "integration"):
    if str(extra) not in sys.path:
        sys.path.insert(0, str(extra))

from embedded_hub import EmbeddedHub  # noqa: E402
from playing import FOLDER, USER, Admin, Player  # noqa: E402
from proofs import runs  # noqa: E402

SPEED = 600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of long proofs the sample alone, unless the whole is asked for (proofs.py); what is left out is counted as deselected."""
    kept, left_out = [], []
    for item in items:
        path = item.path.relative_to(ROOT / "tests" / "integration").as_posix()
        spec = getattr(item, "callspec", None)
        function = getattr(item, "originalname", item.name)
        (kept if runs(path, function, spec.id.split("-") if spec else ()) else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture(scope="session")
def hub() -> Iterator[EmbeddedHub]:
    """$HYPERSHIFT_TEST_HUB names a running hub to use and leave; else one is started and stopped here."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = os.environ.get("HYPERSHIFT_TEST_HUB", "")
    if name:
        yield EmbeddedHub.attach(name)
        return
    crds = os.environ.get("HYPERSHIFT_TEST_CRDS", "auto")
    running = EmbeddedHub.up(
        name="-".join(filter(None, ("test", crds, os.environ.get("HYPERSHIFT_TEST_PART", "")))),
        crds=crds,
        simulator=True,
        speed=SPEED,
        profile=os.environ.get("HYPERSHIFT_TEST_PROFILE", "full"),
    )
    try:
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def admin(hub: EmbeddedHub) -> Admin:
    return Admin(hub)


@pytest.fixture(scope="session")
def kubeconfig(hub: EmbeddedHub) -> Path:
    """An account that may do everything, but is told apart in the audit log."""
    return hub.user_kubeconfig(USER, ["system:masters"])


@pytest.fixture(params=["in_process", "module"])
def player(request: pytest.FixtureRequest, hub: EmbeddedHub, kubeconfig: Path) -> Player:
    """Both execution paths."""
    return Player(hub, kubeconfig, in_process=request.param == "in_process")


@pytest.fixture
def quick(hub: EmbeddedHub, kubeconfig: Path) -> Player:
    """Where the path does not matter: without Ansible when the tasks need nothing of it."""
    return Player(hub, kubeconfig, directly=True)
