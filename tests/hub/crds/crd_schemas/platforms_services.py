# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What brings hosts and addresses: AgentServiceConfig and NMStateConfig, MetalLB and its L2Advertisement."""

from __future__ import annotations

from .assisted import assisted_conditions
from .crd import AGE, Column, Definition
from .schema import array, enum, obj, open_object, required, text, texts
from .shared import conditions, label_selector, local_reference

_ASSISTED, _METALLB = "agent-install.openshift.io", "metallb.io"
_OS_IMAGE = obj({**{n: required(text()) for n in ("openshiftVersion", "url", "version")}, "cpuArchitecture": text(), "rootFSUrl": text()})
_MUST_GATHER = obj(
    {
        **{name: required(text()) for name in ("name", "openshiftVersion", "url")},
        "cpuArchitecture": enum("x86_64", "aarch64", "arm64", "ppc64le", "s390x", "multi"),
    }
)
_INGRESS = obj(
    {"assistedServiceHostname": required(text()), "className": text(), "imageServiceHostname": required(text())},
)

AGENT_SERVICE_CONFIG = Definition(
    group=_ASSISTED,
    version="v1beta1",
    kind="AgentServiceConfig",
    plural="agentserviceconfigs",
    namespaced=False,
    spec=obj(
        {
            "OSImageAdditionalParamsRef": local_reference(),
            "OSImageCACertRef": local_reference(),
            "databaseStorage": required(open_object()),
            "filesystemStorage": required(open_object()),
            "iPXEHTTPRoute": enum("enabled", "disabled"),
            "imageStorage": open_object(),
            "ingress": _INGRESS,
            "mirrorRegistryRef": local_reference(),
            "mustGatherImages": array(_MUST_GATHER),
            "osImages": array(_OS_IMAGE),
            "unauthenticatedRegistries": texts(),
        }
    ),
    status=obj({"conditions": assisted_conditions()}, open=True),
)
NMSTATE_CONFIG = Definition(
    group=_ASSISTED,
    version="v1beta1",
    kind="NMStateConfig",
    plural="nmstateconfigs",
    spec=obj(
        {
            "config": open_object(),
            "interfaces": array(
                obj({"macAddress": required(text(pattern="^([0-9A-Fa-f]{2}[:]){5}([0-9A-Fa-f]{2})$")), "name": required(text())}), min=1
            ),
        }
    ),
    bare_status=True,
)
METALLB = Definition(
    group=_METALLB,
    version="v1beta1",
    kind="MetalLB",
    plural="metallbs",
    columns=[AGE],
    spec=obj(open=True),
    status=obj({"conditions": array(conditions()["items"])}),
)
L2_ADVERTISEMENT = Definition(
    group=_METALLB,
    version="v1beta1",
    kind="L2Advertisement",
    plural="l2advertisements",
    columns=[
        Column("IPAddressPools", ".spec.ipAddressPools"),
        Column("IPAddressPool Selectors", ".spec.ipAddressPoolSelectors"),
        Column("Interfaces", ".spec.interfaces"),
    ],
    spec=obj(
        {
            "interfaces": texts(),
            "ipAddressPoolSelectors": array(label_selector()),
            "ipAddressPools": texts(),
            "nodeSelectors": array(label_selector()),
        },
        open=True,
    ),
    status=obj(),
)
