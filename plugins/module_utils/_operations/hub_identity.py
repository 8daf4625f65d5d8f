# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Asks a management cluster which one it is: one request. Private to hypershift.core."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import ApiError, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub_identity import NAMESPACE_NAME, Identity
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import NAMESPACE

BRIEFLY = 5.0  # seconds


def identify(hub: Hub) -> Identity:
    """Unknown for an account without the right. Raises ApiError when the cluster does not answer."""
    try:
        live = hub.get(NAMESPACE, None, NAMESPACE_NAME)
    except ApiError as error:
        if error.status != 403:
            raise
        return Identity(hub.server, unknown=error.failure.cause)
    uid = str(((live or {}).get("metadata") or {}).get("uid") or "")
    return Identity(hub.server, uid, "" if uid else f"it has no namespace {NAMESPACE_NAME}")


def identify_briefly(hub: Hub) -> Identity:
    """For what only tells it: never an error, and no long wait. Unknown when there is no quick answer."""
    try:
        return identify(hub.until(hub.monotonic() + BRIEFLY))
    except HypershiftError as error:
        return Identity(hub.server, unknown=error.failure.cause)
