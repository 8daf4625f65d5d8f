# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Feature sets that keep a cluster from upgrades."""

from __future__ import annotations

from typing import Any

from .._kernel.changes import ChangeSet
from .._kernel.objects import lookup


def refuse_no_upgrade_feature_set(
    changes: ChangeSet, live: dict[str, Any] | None, predicted: dict[str, Any], allowed: bool, ref: str
) -> None:
    path = ("spec", "configuration", "featureGate", "featureSet")
    wanted, before = lookup(predicted, path) or "", lookup(live, path) or ""
    if before.endswith("NoUpgrade") and wanted != before:
        changes.refuse(
            "immutable_field",
            f"feature set {before} cannot be left again; asked is {wanted or 'none'}",
            f"Set feature_set: {before}, or create another hosted cluster.",
            ref,
        )
    elif wanted.endswith("NoUpgrade") and wanted != before and not allowed:
        changes.refuse(
            "feature_set_not_allowed",
            f"feature set {wanted} cannot be undone and blocks minor updates for good",
            "Set allow_no_upgrade_feature_set: true if that is meant.",
            ref,
        )
