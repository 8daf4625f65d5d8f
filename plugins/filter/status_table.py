# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._clusters.status_table import status_table


def to_status_table(result: Any) -> list[str]:
    """Lines of a table from the result of hosted_cluster_info, or from its hosted_clusters."""
    summaries = result.get("hosted_clusters") if isinstance(result, dict) else result
    if not isinstance(summaries, list):
        raise AnsibleFilterError(
            "status_table takes the result of hypershift.core.hosted_cluster_info, or its hosted_clusters."
        )
    return status_table(summaries)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"status_table": to_status_table}
