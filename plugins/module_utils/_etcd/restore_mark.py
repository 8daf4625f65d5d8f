# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The mark of a restore on its HostedCluster, by which a journal is believed.

The journal is a ConfigMap: whoever may write ConfigMaps in that namespace can write one. The HostedCluster is what a
restore changes first, and what only those may write who may stop the cluster anyhow. So: without a mark no restore has
changed anything, and a journal counts only as the mark's own.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from .._kernel.errors import Failure, HypershiftError
from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.objects import Object, lookup

ANNOTATION = "etcd.hypershift.core/restore"
RUNNING, DONE, KEPT, UNDONE, ROLLED_BACK = "running", "done", "kept", "undone", "rolled_back"
_STATES = (RUNNING, DONE, KEPT, UNDONE, ROLLED_BACK)
_DIGEST = re.compile(r"[0-9a-f]{64}(?:-(?:[0-9a-f]{4}){1,32})?")
_CONTENT = re.compile(r"[0-9a-f]{64}")
_SNAPSHOT = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,16}Z")


def is_digest(text: object) -> bool:
    """Whether it has the form of a plan's digest. What has not approves nothing, and becomes part of no path, label or
    command."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


@dataclass(frozen=True)
class Mark:
    """state: running; done; kept (done, the data of before is still there); undone or rolled_back. content: SHA-256 of
    what the journal says of the restore itself. after: digest of the restore before this one, empty when there was
    none.
    """

    digest: str
    snapshot: str
    started: str
    content: str
    state: str = RUNNING
    after: str = ""

    def text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def changed(self) -> str:
        """Digest of the last restore that changed anything for good."""
        if self.state == UNDONE:
            return self.after
        return "" if self.state == RUNNING else self.digest


def mark_of(cluster: Object) -> Mark | None:
    """The mark of the last restore. Raises HypershiftError when there is something else in its place."""
    text = (lookup(cluster, ("metadata", "annotations")) or {}).get(ANNOTATION)
    if text is None:
        return None
    try:
        mark = Mark(**json.loads(str(text)))
        good = is_digest(mark.digest) and mark.state in _STATES and (mark.after == "" or is_digest(mark.after))
        patterns = ((_CONTENT, mark.content), (_SNAPSHOT, mark.snapshot), (_TIME, mark.started))
        if good and all(isinstance(value, str) and pattern.fullmatch(value) for pattern, value in patterns):
            return mark
    except (ValueError, TypeError, RecursionError):
        pass
    meta = cluster["metadata"]
    cause = f"annotation {ANNOTATION} is not the mark of a restore as this version writes it"
    step = "See who wrote it; put it back as it was, or remove it once you know that no restore is under way."
    raise HypershiftError(
        Failure("bad_mark", cause, HOSTED_CLUSTER.ref(meta["namespace"], meta["name"]), next_step=step)
    )
