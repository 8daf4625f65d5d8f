#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: infra_env
short_description: Make the discovery image that hosts boot
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Creates or changes an InfraEnv with its namespace, pull secret and network configurations, waits for its image, and
  returns where it is.
- Make it before the hosted cluster, since the namespace of the agents has to exist then. That namespace is usually the
  one of the control plane.
options:
  name:
    description:
    - Name of the InfraEnv.
    type: str
    required: true
  namespace:
    description:
    - Namespace of InfraEnv and agents; created when it is missing.
    type: str
    required: true
  pull_secret:
    description:
    - Pull secret of the hosts, by O(pull_secret.content) or as the name of a Secret that exists. Needed for a new
      InfraEnv.
    - A warning tells when it has no credentials for registry.redhat.io.
    type: dict
    suboptions:
      name:
        description:
        - Name of the Secret; C(pull-secret) when only the content is given.
        type: str
      content:
        description:
        - Content of the pull secret file.
        type: jsonarg
  ssh_authorized_key:
    description:
    - Public key that may log in to hosts while they run the image.
    type: str
  cpu_architecture:
    description:
    - Architecture of the hosts; C(x86_64) when it is left out at creation. It has to be one that AgentServiceConfig has
      an image for.
    type: str
    choices:
    - x86_64
    - aarch64
    - arm64
    - ppc64le
    - s390x
  os_image_version:
    description:
    - OpenShift version of the image, one of C(osImages); the newest when it is left out.
    type: str
  additional_ntp_sources:
    description:
    - NTP servers beside those that DHCP names.
    type: list
    elements: str
  additional_trust_bundle:
    description:
    - Certificates in PEM format that hosts trust.
    type: str
  proxy:
    description:
    - Proxy of the hosts.
    type: dict
    suboptions:
      http_proxy:
        description:
        - URL for HTTP.
        type: str
      https_proxy:
        description:
        - URL for HTTPS.
        type: str
      no_proxy:
        description:
        - Domains and networks that are reached without it, separated by commas.
        type: str
  nmstate_configs:
    description:
    - Network configurations, one per host. Those of this module that are not named any more are removed; without the
      option they stay.
    type: list
    elements: dict
    suboptions:
      name:
        description:
        - Name of the NMStateConfig.
        type: str
        required: true
      interfaces:
        description:
        - MAC address to the name that the interface has in O(nmstate_configs[].config). The addresses tell which host
          it is.
        type: dict
        required: true
      config:
        description:
        - The network in the format of nmstate.
        type: dict
        required: true
  kernel_arguments:
    description:
    - Changes of the kernel arguments of the image.
    type: list
    elements: dict
    suboptions:
      operation:
        description:
        - What to do with the value.
        type: str
        default: append
        choices:
        - append
        - replace
        - delete
      value:
        description:
        - The argument.
        type: str
        required: true
  ignition_config_override:
    description:
    - Ignition configuration to merge into that of the image. Results and diffs mask it, but it is stored in the clear,
      so leave secrets out.
    type: jsonarg
  agent_labels:
    description:
    - Labels that agents of this InfraEnv get.
    type: dict
  capi_provider_role:
    description:
    - Make Role C(capi-provider-role), which the provider of Cluster API needs where agents are outside the namespace of
      the control plane.
    type: bool
    default: false
  delete_namespace:
    description:
    - With O(state=absent), delete the namespace if this module made it and no other InfraEnv or hosted cluster is in
      it.
    type: bool
    default: false
  state:
    description:
    - V(present) makes or changes it.
    - V(absent) removes what this module made. Refused while hosts of it are bound to a cluster.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait until the image is there, or until it shows that there will be none.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds.
    type: int
    default: 600
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.assisted_service
- module: hypershift.core.agent
- module: hypershift.core.agent_info
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
- name: Image for hosts of a hosted cluster
  hypershift.core.infra_env:
    name: workers
    namespace: clusters-demo
    pull_secret:
      content: "{{ lookup('file', pull_secret_file) }}"
    ssh_authorized_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample admin@example.com
    additional_ntp_sources:
      - ntp.example.com
    nmstate_configs:
      - name: worker-0
        interfaces:
          "52:54:00:00:00:10": eth0
        config:
          interfaces:
            - name: eth0
              type: ethernet
              state: up
              ipv4:
                enabled: true
                address:
                  - ip: 192.0.2.10
                    prefix-length: 24
  register: image

- name: Say where it is
  ansible.builtin.debug:
    var: image.iso_download_url

- name: Image for IBM Z, in the same namespace
  hypershift.core.infra_env:
    name: workers-z
    namespace: clusters-demo
    pull_secret:
      name: pull-secret
    cpu_architecture: s390x

- name: Remove it
  hypershift.core.infra_env:
    name: workers-z
    namespace: clusters-demo
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
    object: InfraEnv clusters-demo/workers
    why: image that hosts boot
    disruptive: false
resource:
  description:
  - InfraEnv as it stands, or as it would be in check mode.
  type: dict
  returned: success
  sample:
    kind: InfraEnv
    metadata:
      name: workers
      namespace: clusters-demo
iso_download_url:
  description:
  - Where the image is, empty as long as there is none. The URL carries a key, so whoever has it can fetch the image.
  type: str
  returned: success
  sample: https://assisted-image-service.example.com/byapikey/abc/4.20/x86_64/minimal.iso
boot_artifacts:
  description:
  - 'URLs for booting over the network: C(kernel), C(initrd), C(rootfs), C(ipxe_script).'
  type: dict
  returned: success
  sample:
    kernel: https://assisted-image-service.example.com/boot-artifacts/kernel?arch=x86_64&version=4.20
    initrd: https://assisted-image-service.example.com/images/1234/pxe-initrd?api_key=abc&arch=x86_64&version=4.20
    rootfs: https://assisted-image-service.example.com/boot-artifacts/rootfs?arch=x86_64&version=4.20
    ipxe_script: https://assisted-service.example.com/api/assisted-install/v2/infra-envs/1234/downloads/files
architecture:
  description:
  - Architecture of the image.
  type: str
  returned: success
  sample: x86_64
boot:
  description:
  - 'What hosts of IBM Z and IBM Power need beside it: C(kernel_arguments) in groups, with values of the host in angle
    brackets, and C(files) for an LPAR.'
  - Empty for other architectures.
  type: dict
  returned: success
  sample: {}
wait:
  description:
  - 'What was waited for: C(goal), and per object C(outcome).'
  type: dict
  returned: when waited
  sample:
    goal: image_created
    clusters:
    - object: InfraEnv clusters-demo/workers
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
      - Stable identifier, for example V(assisted_service_missing), V(no_os_image), V(referenced_object_missing),
        V(agents_bound), V(hopeless), V(timeout).
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
from ..module_utils._platforms.agent.infra_env import InfraEnvAbsent, InfraEnvPresent

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}
_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "pull_secret": {
        "type": "dict",
        "no_log": False,
        "options": {"name": {"type": "str"}, "content": {"type": "jsonarg", "no_log": True}},
        "required_one_of": [["name", "content"]],
    },
    "ssh_authorized_key": {"type": "str", "no_log": False},
    "cpu_architecture": {"type": "str", "choices": ["x86_64", "aarch64", "arm64", "ppc64le", "s390x"]},
    "os_image_version": {"type": "str"},
    "additional_ntp_sources": _TEXTS,
    "additional_trust_bundle": {"type": "str"},
    "proxy": {"type": "dict", "options": {k: {"type": "str"} for k in ("http_proxy", "https_proxy", "no_proxy")}},
    "nmstate_configs": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "interfaces": {"type": "dict", "required": True},
            "config": {"type": "dict", "required": True},
        },
    },
    "kernel_arguments": {
        "type": "list",
        "elements": "dict",
        "options": {
            "operation": {"type": "str", "default": "append", "choices": ["append", "replace", "delete"]},
            "value": {"type": "str", "required": True},
        },
    },
    "ignition_config_override": {"type": "jsonarg"},
    "agent_labels": {"type": "dict"},
    "capi_provider_role": {"type": "bool", "default": False},
    "delete_namespace": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}

ENTRY = Entry(
    name="infra_env",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: (
        InfraEnvAbsent(hub, params) if params["state"] == "absent" else InfraEnvPresent(hub, params)
    ),
    passes=("iso_download_url", "boot_artifacts", "boot"),
)


if __name__ == "__main__":
    main(ENTRY)
