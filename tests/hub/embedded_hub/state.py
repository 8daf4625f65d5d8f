# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""hub.json: what a running hub tells about itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from .errors import HubError
from .files import write_private
from .paths import HubPaths


@dataclass
class HubState:
    """The content of hub.json; written when the hub is ready and whenever a part is started again."""

    name: str
    server: str
    kubeconfig: str
    audit_log: str
    ca: str
    crds: str
    ports: dict[str, int]
    speed: float
    kwok: bool = True
    crds_fingerprint: str = ""
    simulator: bool = False
    pids: dict[str, int] = field(default_factory=dict)
    binaries: dict[str, str] = field(default_factory=dict)

    def save(self, paths: HubPaths) -> None:
        write_private(paths.hub_json, json.dumps(asdict(self), indent=2, sort_keys=True) + "\n")

    @classmethod
    def load(cls, paths: HubPaths) -> HubState | None:
        try:
            content = json.loads(paths.hub_json.read_text())
            return cls(**content)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise HubError(
                f"The state file {paths.hub_json} cannot be read ({error}): end the hub with "
                f"`tests/hub/hub down --name {paths.root.name}` and start it again."
            ) from error
