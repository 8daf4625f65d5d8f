# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write the definitions beside this file from their descriptions; with --check only tell which are out of date."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import yaml

from crd_schemas.add_on import ADD_ONS
from crd_schemas.assisted import AGENT, INFRA_ENV
from crd_schemas.cluster_api import CLUSTER_API
from crd_schemas.control_plane import AWS_ENDPOINT_SERVICE, CONTROL_PLANE_COMPONENT
from crd_schemas.hosted_cluster import HOSTED_CLUSTER, HOSTED_CONTROL_PLANE
from crd_schemas.managed_cluster import MANAGED_CLUSTER
from crd_schemas.management import IP_ADDRESS_POOL, MULTICLUSTER_ENGINE
from crd_schemas.node_pool import NODE_POOL
from crd_schemas.olm import OLM
from crd_schemas.platforms_services import AGENT_SERVICE_CONFIG, L2_ADVERTISEMENT, METALLB, NMSTATE_CONFIG
from crd_schemas.providers import PROVIDERS
from crd_schemas.remediation import NODE_HEALTH_CHECK

HERE = Path(__file__).resolve().parent
DEFINITIONS = [
    *(HOSTED_CLUSTER, NODE_POOL, HOSTED_CONTROL_PLANE, CONTROL_PLANE_COMPONENT, AWS_ENDPOINT_SERVICE),
    *CLUSTER_API,
    *PROVIDERS,
    *(AGENT, INFRA_ENV, MANAGED_CLUSTER, NODE_HEALTH_CHECK, MULTICLUSTER_ENGINE, IP_ADDRESS_POOL),
    *OLM,
    *ADD_ONS,
    *(AGENT_SERVICE_CONFIG, NMSTATE_CONFIG, METALLB, L2_ADVERTISEMENT),
]
_HEADER = "# Written by generate.py from crd_schemas/: change it there.\n"
_WIDTH = 132


class _Dumper(yaml.SafeDumper):
    """Whatever fits on a line goes on one line, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _flow(node: Any, room: int) -> int:
    """Set the style of a node and of those below it; its length on one line."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2
    if isinstance(node, yaml.MappingNode):
        length = 2 + sum(len(key.value) + 4 + _flow(value, room - 2) for key, value in node.value)
    else:
        length = 2 + sum(2 + _flow(item, room - 2) for item in node.value)
    node.flow_style = length <= room
    return length


def render(manifest: dict[str, Any]) -> str:
    node = _Dumper(io.StringIO(), sort_keys=False).represent_data(manifest)
    _flow(node, _WIDTH - 20)
    return _HEADER + yaml.serialize(node, Dumper=_Dumper, width=10000, allow_unicode=True)


def main(arguments: list[str]) -> int:
    wanted = {definition.file_name: render(definition.manifest()) for definition in DEFINITIONS}
    present = {path.name: path.read_text() for path in HERE.glob("*.yaml")}
    stale = sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))
    if "--check" in arguments:
        for name in stale:
            print(f"{name} is out of date: run `python tests/hub/crds/generate.py`.")
        return 1 if stale else 0
    for name in stale:
        if name in wanted:
            (HERE / name).write_text(wanted[name])
        else:
            (HERE / name).unlink()
        print(f"{'wrote' if name in wanted else 'removed'} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
