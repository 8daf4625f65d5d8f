# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters that stay as they are until a test ends them."""

from __future__ import annotations

import time

from direct import Direct, hosted_cluster, new
from embedded_hub import EmbeddedHub
from faults.cases import SLOW

HOLD = "tests.hypershift.core/hold"
PREFIX = "faults-"


class Stage:
    """A namespace of one test run."""

    def __init__(self, hub: EmbeddedHub, topic: str) -> None:
        self.direct = Direct(hub)
        self.namespace = f"{PREFIX}{topic}-{int(time.time()) % 10**6:06d}"
        self.direct.create(new("Namespace", self.namespace))

    def held(self, name: str) -> None:
        """A cluster that is far too slow to move and that a finalizer keeps."""
        self.direct.create(
            new("Secret", f"{name}-pull-secret", self.namespace, data={".dockerconfigjson": "{}"}),
            hosted_cluster(name, self.namespace, speed=SLOW, finalizers=[HOLD]),
        )

    def end(self, name: str, kind: str = "HostedCluster") -> None:
        """Let it go at once."""
        self.direct.end(kind, self.namespace, name)

    def close(self) -> None:
        for kind in ("HostedCluster", "NodePool"):
            for obj in self.direct.list(kind, self.namespace):
                self.end(obj["metadata"]["name"], kind)
        self.direct.delete("Namespace", "", self.namespace)
