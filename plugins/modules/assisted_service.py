#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: assisted_service
short_description: Set up the assisted service that discovers hosts
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Creates or changes AgentServiceConfig C(agent), from which the multicluster engine runs the assisted service, and
  waits until it works.
- Component C(assisted-service) of the multicluster engine has to be enabled; otherwise the task is refused.
- Entries of C(osImages) are told apart by OpenShift version and architecture. Those of others are never lost, also when
  they are written at the same moment.
options:
  namespace:
    description:
    - Namespace of the multicluster engine, for the ConfigMap of O(mirror_registry_config).
    type: str
    default: multicluster-engine
  database_storage:
    description:
    - Storage of the database.
    - It is claimed once; another size or storage class later is refused.
    type: dict
    suboptions:
      size:
        description:
        - Size of the claim, V(10Gi) at creation.
        type: str
      storage_class:
        description:
        - Storage class; the default one when it is left out.
        type: str
  filesystem_storage:
    description:
    - Storage of logs and manifests.
    - It is claimed once; another size or storage class later is refused.
    type: dict
    suboptions:
      size:
        description:
        - Size of the claim, V(100Gi) at creation.
        type: str
      storage_class:
        description:
        - Storage class; the default one when it is left out.
        type: str
  image_storage:
    description:
    - Storage of operating system images. Without it images are fetched again after each restart.
    - It is claimed once; another size or storage class later is refused.
    type: dict
    suboptions:
      size:
        description:
        - Size of the claim, V(50Gi) at creation.
        type: str
      storage_class:
        description:
        - Storage class; the default one when it is left out.
        type: str
  os_images:
    description:
    - Operating system images that hosts boot, one per OpenShift version and architecture. Without any the service has
      its own list, which needs the internet.
    type: list
    elements: dict
    default: []
    suboptions:
      openshift_version:
        description:
        - OpenShift version, for example V(4.20).
        type: str
        required: true
      version:
        description:
        - Version of the operating system image.
        type: str
        required: true
      url:
        description:
        - URL of the live ISO.
        type: str
        required: true
      rootfs_url:
        description:
        - URL of the root file system, for booting over the network from older services.
        type: str
      cpu_architecture:
        description:
        - Architecture of the hosts.
        type: str
        default: x86_64
        choices:
        - x86_64
        - aarch64
        - arm64
        - ppc64le
        - s390x
  mirror_registry_config:
    description:
    - Mirrors that the assisted service and its hosts pull from. The ConfigMap is made when there is content, and has to
      exist otherwise.
    type: dict
    suboptions:
      name:
        description:
        - Name of the ConfigMap in O(namespace).
        type: str
        default: assisted-mirror-registry
      ca_bundle:
        description:
        - Certificates of the mirror in PEM format.
        type: str
      registries_conf:
        description:
        - Content of C(registries.conf).
        type: str
  bare_metal_hosts:
    description:
    - Let the management cluster provision BareMetalHosts of all namespaces (Provisioning C(provisioning-configuration),
      C(watchAllNamespaces)).
    - O(state=absent) puts it back as it was, unless BareMetalHosts in other namespaces need it.
    type: bool
    default: false
  state:
    description:
    - V(present) sets it up.
    - V(absent) removes what this module made; of a configuration of others the entries of C(osImages) that it added.
      Refused while there are InfraEnvs.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait until conditions DeploymentsHealthy and ReconcileCompleted are true, or until it shows that they cannot be.
    type: bool
    default: true
  leaving_infra_envs:
    description:
    - With O(state=absent) in check mode, InfraEnvs that are removed before, as C(namespace/name). They do not refuse
      the removal that is foreseen.
    - Without check mode it has no effect; whatever InfraEnv is there then refuses.
    type: list
    elements: str
    default: []
    version_added: 0.2.0
  wait_timeout:
    description:
    - Longest wait in seconds.
    type: int
    default: 900
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.infra_env
- module: hypershift.core.agent
- module: hypershift.core.management_cluster_info
attributes:
  check_mode:
    support: full
    details: Returns the whole plan. No write request is sent.
  diff_mode:
    support: full
    details: Secret values are masked.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Set up the assisted service
  hypershift.core.assisted_service:
    database_storage:
      size: 10Gi
    filesystem_storage:
      size: 100Gi
    image_storage:
      size: 50Gi
    os_images:
      - openshift_version: "4.20"
        version: 9.6.20251023-0
        url: https://mirror.example.com/rhcos-4.20-x86_64-live-iso.x86_64.iso
      - openshift_version: "4.20"
        version: 9.6.20251023-0
        url: https://mirror.example.com/rhcos-4.20-s390x-live-iso.s390x.iso
        cpu_architecture: s390x

- name: Pull from a mirror, and provision hosts through their management controllers
  hypershift.core.assisted_service:
    mirror_registry_config:
      ca_bundle: "{{ mirror_certificate }}"
      registries_conf: |
        [[registry]]
        location = "quay.io/openshift-release-dev"
        [[registry.mirror]]
        location = "mirror.example.com:5000/openshift"
    bare_metal_hosts: true

- name: Remove it
  hypershift.core.assisted_service:
    state: absent
"""

RETURN = r"""
plan:
  description:
  - The writes in order, planned in check mode and done otherwise; each with C(verb), C(object), C(why), C(disruptive)
    and for patches C(change).
  type: list
  returned: always
  elements: dict
  sample:
  - verb: create
    object: AgentServiceConfig agent
    why: the assisted service is not set up yet
    disruptive: false
resource:
  description:
  - AgentServiceConfig as it stands, or as it would be in check mode.
  type: dict
  returned: success
  sample:
    kind: AgentServiceConfig
    metadata:
      name: agent
wait:
  description:
  - 'What was waited for: C(goal), and per object C(outcome).'
  type: dict
  returned: when waited
  sample:
    goal: assisted_service_healthy
    clusters:
    - object: AgentServiceConfig agent
      outcome: done
refusals:
  description:
  - All refusals of a plan that was not carried out, each like RV(failure).
  type: list
  returned: when refused
  elements: dict
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(component_disabled), V(immutable_field), V(no_default_storage_class),
        V(in_use), V(hopeless), V(timeout).
      type: str
      returned: failure
    object:
      description:
      - Kind, namespace and name of the object it is about.
      type: str
      returned: failure
    condition:
      description:
      - Condition type that proves it.
      type: str
      returned: failure
    cause:
      description:
      - One sentence.
      type: str
      returned: failure
    next_step:
      description:
      - What to do now.
      type: str
      returned: failure
    docs:
      description:
      - Page and section of the documentation that explain the code, for example C(docs/failure_codes.md#not_found).
      type: str
      returned: failure
management_cluster:
  description:
  - The management cluster that was asked, as C(server) (URL) and C(uid) (of namespace C(kube-system); null where the
    account may not read it, and where nothing was to be changed).
  returned: when it was reached
  type: dict
  sample:
    server: https://api.hub.example.com:6443
    uid: 0d7f3c1e-5a3b-4c55-9a57-1f0e1f6f5b1e
"""

from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import AUTH, STATE, full
from ..module_utils._platforms.agent.assisted_service import AssistedServiceAbsent, AssistedServicePresent

_STORAGE: dict[str, Any] = {"type": "dict", "options": {"size": {"type": "str"}, "storage_class": {"type": "str"}}}
_IMAGE: dict[str, Any] = {
    "openshift_version": {"type": "str", "required": True},
    "version": {"type": "str", "required": True},
    "url": {"type": "str", "required": True},
    "rootfs_url": {"type": "str"},
    "cpu_architecture": {
        "type": "str",
        "default": "x86_64",
        "choices": ["x86_64", "aarch64", "arm64", "ppc64le", "s390x"],
    },
}
_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str", "default": "multicluster-engine"},
    "database_storage": _STORAGE,
    "filesystem_storage": _STORAGE,
    "image_storage": _STORAGE,
    "os_images": {"type": "list", "elements": "dict", "options": _IMAGE, "default": []},
    "mirror_registry_config": {
        "type": "dict",
        "options": {
            "name": {"type": "str", "default": "assisted-mirror-registry"},
            "ca_bundle": {"type": "str"},
            "registries_conf": {"type": "str"},
        },
    },
    "bare_metal_hosts": {"type": "bool", "default": False},
    "leaving_infra_envs": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
}

ENTRY = Entry(
    name="assisted_service",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, check: (
        # What shall go first has gone when the writing begins: the list is for looking ahead.
        AssistedServiceAbsent(hub, params if check else {**params, "leaving_infra_envs": []})
        if params["state"] == "absent"
        else AssistedServicePresent(hub, params)
    ),
)


if __name__ == "__main__":
    main(ENTRY)
