# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Proof of the rights that stand beside the test of a module (``RIGHTS``): they are enough, and each of them is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct import Direct
from embedded_hub import EmbeddedHub
from playing import Player
from rbac.accounts import Accounts
from rbac.rights import Right

Rows = tuple[tuple[str, str, str, str], ...]
Task = dict[str, Any]


class Beside:
    """Accounts with rights of one module, on a real API server."""

    def __init__(self, hub: EmbeddedHub, direct: Direct) -> None:
        self._hub = hub
        self._accounts = Accounts(hub, direct)

    def proves(
        self, module: str, rows: Rows, task: Task, hosted: str, control_plane: str, instead: Mapping[str, Task] | None = None
    ) -> None:
        """Play task with all rights of rows, and without each of them in turn.

        hosted, control_plane: the namespaces of these scopes. instead: other tasks for rights that task does not need, by
        "verb resource".
        """
        rights = [Right(verb, resource, scope, when) for verbs, resource, scope, when in rows for verb in verbs.split()]
        assert rights, "a module that asks a management cluster for something needs rights"
        lacking = {right: [r for r in rights if r != right] for right in rights}
        players = {
            right: self._player(f"{module}-{number}", left, hosted, control_plane) for number, (right, left) in enumerate(lacking.items())
        }
        whole = self._player(f"{module}-whole", rights, hosted, control_plane)
        self._accounts.wait_until_effective()
        for right, player in players.items():
            failed = player.play((instead or {}).get(f"{right.verb} {right.resource}", task)).failed()
            assert failed["failure"]["code"] == "missing_permission", (right.key, failed["msg"])
            assert right.verb in failed["msg"] and right.resource in failed["msg"], (right.key, failed["msg"])
        whole.play(task).ok()

    def _player(self, name: str, rights: list[Right], hosted: str, control_plane: str) -> Player:
        kubeconfig = self._accounts.make(name.replace("_", "-"), rights, hosted, control_plane)
        return Player(self._hub, kubeconfig, directly=True)
