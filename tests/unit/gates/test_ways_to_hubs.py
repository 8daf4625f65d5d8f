# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Roles and playbooks reach management clusters by this collection's modules alone.

Modules of kubernetes.core put K8S_AUTH_* over a kubeconfig that a task names, so that a role would read one cluster and change another.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOREIGN = re.compile(r"^\s*(- )?(kubernetes\.core|community\.okd|redhat\.openshift)\.\w+:", re.MULTILINE)
FILES = sorted([*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_task_lets_the_environment_choose_the_management_cluster(path: Path) -> None:
    assert not FOREIGN.search(path.read_text(encoding="utf-8"))


def test_the_pattern_finds_a_task() -> None:
    assert FOREIGN.search("- name: Look\n  kubernetes.core.k8s_info:\n    kind: Node\n") and len(FILES) > 40
