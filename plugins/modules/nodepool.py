#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: nodepool
short_description: Create, change, scale and delete node pools of hosted clusters
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Brings one NodePool of HyperShift to the given state.
- Tells before any write which change replaces nodes or updates them in place, and refuses it unless
  O(allow_rollout=true). Scaling, labels, taints, drain timeouts and the like roll nothing and are never refused for
  that.
- An update compares and writes only what is given.
options:
  state:
    description:
    - V(present) creates or changes; V(absent) drains and removes the machines, then the pool.
    type: str
    default: present
    choices:
    - present
    - absent
  name:
    description:
    - Name of the NodePool.
    type: str
    required: true
  platform:
    description:
    - Platform; the hosted cluster's when left out. Cannot change.
    type: str
    choices:
    - agent
    - kubevirt
    - aws
    - none
  release_image:
    description:
    - Release image of the nodes; the hosted cluster's at creation when left out. A change rolls the nodes.
    - Must not be newer than the control plane's completed version nor more than three minors behind.
    type: str
  replicas:
    description:
    - Number of nodes. V(2) at creation when neither this nor auto scaling is given.
    type: int
  auto_scaling:
    description:
    - Let the cluster autoscaler choose between two sizes. Replaces a fixed number of nodes in one patch, and the
      reverse.
    type: dict
    suboptions:
      min:
        description:
        - Smallest number of nodes; V(0) only on AWS and Azure.
        type: int
        required: true
      max:
        description:
        - Largest number of nodes.
        type: int
        required: true
  upgrade_type:
    description:
    - Whether an upgrade replaces machines or updates nodes in place. Cannot change.
    - When left out at creation, it follows O(replace) or O(in_place); with neither it is V(InPlace) on platform
      V(agent) and V(Replace) elsewhere.
    type: str
    choices:
    - Replace
    - InPlace
  auto_repair:
    description:
    - Replace machines whose nodes are unhealthy. Drain timeouts above zero are advised.
    type: bool
  replace:
    description:
    - How machines are replaced (upgrade type V(Replace)). What is left out of it becomes V(RollingUpdate) with
      C(max_surge=1) and C(max_unavailable=0), where nothing else stands.
    type: dict
    suboptions:
      strategy:
        description:
        - V(RollingUpdate) replaces one after another; V(OnDelete) waits for you to delete machines.
        type: str
        choices:
        - RollingUpdate
        - OnDelete
      max_surge:
        description:
        - How many machines more than wanted, as a number or percentage.
        type: raw
      max_unavailable:
        description:
        - How many machines less than wanted, as a number or percentage.
        type: raw
  in_place:
    description:
    - How nodes are updated in place (upgrade type V(InPlace)).
    type: dict
    suboptions:
      max_unavailable:
        description:
        - How many nodes at a time, as a number or percentage (rounded down, at least one).
        type: raw
  config:
    description:
    - Names of ConfigMaps with machine configuration, key C(config); at most 10. A change rolls the nodes.
    type: list
    elements: str
  tuning_config:
    description:
    - Names of ConfigMaps with Tuned or PerformanceProfile objects, key C(tuning); at most 10. A change may roll the
      nodes.
    type: list
    elements: str
  node_labels:
    description:
    - Labels of the nodes. A change rolls no nodes.
    type: dict
  taints:
    description:
    - Taints of the nodes; at most 50. A change rolls no nodes.
    type: list
    elements: dict
    suboptions:
      key:
        description:
        - Taint key.
        type: str
        required: true
      value:
        description:
        - Taint value.
        type: str
      effect:
        description:
        - Taint effect.
        type: str
        required: true
        choices:
        - NoSchedule
        - PreferNoSchedule
        - NoExecute
  node_drain_timeout:
    description:
    - How long draining a node may take, as a Go duration; V(0s) means without limit and is the default at creation.
    type: str
  node_volume_detach_timeout:
    description:
    - How long detaching volumes may take, as a Go duration; V(0s) means without limit and is the default at creation.
    type: str
  arch:
    description:
    - CPU architecture; V(amd64) at creation when left out. Cannot change. For IBM Z agents leave it at V(amd64) and use
      a multi-arch release image.
    type: str
    choices:
    - amd64
    - arm64
    - ppc64le
    - s390x
  agent:
    description:
    - Settings of platform V(agent).
    type: dict
    suboptions:
      label_selector:
        description:
        - Which agents may become nodes, as a Kubernetes label selector (C(matchLabels), C(matchExpressions)).
        type: dict
  kubevirt:
    description:
    - Settings of platform V(kubevirt). A change replaces the nodes of pools with upgrade type V(Replace).
    type: dict
    suboptions:
      cores:
        description:
        - CPU cores of a virtual machine; V(2) at creation when left out.
        type: int
      memory:
        description:
        - Memory of a virtual machine; V(4Gi) at creation when left out.
        type: str
      qos_class:
        description:
        - Quality of service class.
        type: str
        choices:
        - Burstable
        - Guaranteed
      root_volume_size:
        description:
        - Size of the root volume; V(32Gi) at creation when left out.
        type: str
      root_volume_storage_class:
        description:
        - StorageClass of the root volume.
        type: str
      root_volume_access_modes:
        description:
        - Access modes of the root volume.
        type: list
        elements: str
      root_volume_volume_mode:
        description:
        - Volume mode of the root volume.
        type: str
        choices:
        - Filesystem
        - Block
      root_volume_cache:
        description:
        - Whether the boot image is cached in a volume.
        type: str
        choices:
        - None
        - PVC
      attach_default_network:
        description:
        - Attach the pod network. V(false) needs O(kubevirt.additional_networks).
        type: bool
      additional_networks:
        description:
        - Further networks, as namespace/name of NetworkAttachmentDefinitions; at most 20.
        type: list
        elements: str
      multiqueue:
        description:
        - Network interface multiqueue.
        type: str
        choices:
        - Enable
        - Disable
      node_selector:
        description:
        - Where the virtual machines run.
        type: dict
  aws:
    description:
    - Settings of platform V(aws). A change other than tags replaces the nodes.
    type: dict
    suboptions:
      instance_type:
        description:
        - Instance type; V(m5.large) at creation when left out (V(m6g.large) on arm64).
        type: str
      instance_profile:
        description:
        - IAM instance profile; the infrastructure ID with suffix C(-worker) at creation when left out.
        type: str
      subnet_id:
        description:
        - ID of the subnet; at creation the subnet of the hosted cluster when left out.
        type: str
      ami:
        description:
        - AMI to boot instead of the release's own.
        type: str
      root_volume:
        description:
        - Root volume; 120 GiB of C(gp3) at creation when left out.
        type: dict
        suboptions:
          size:
            description:
            - Size in GiB, at least 8.
            type: int
          type:
            description:
            - Volume type.
            type: str
          iops:
            description:
            - I/O operations per second.
            type: int
          encrypted:
            description:
            - Encrypt the volume.
            type: bool
          encryption_key:
            description:
            - ARN of the KMS key.
            type: str
      security_groups:
        description:
        - IDs of security groups; at most 50.
        type: list
        elements: str
      resource_tags:
        description:
        - Tags of the AWS resources; at most 25.
        type: dict
      placement:
        description:
        - Tenancy, market type, capacity reservation and spot settings, in the API's own spelling.
        type: dict
  labels:
    description:
    - Labels of the object; other labels on it are left alone.
    type: dict
  annotations:
    description:
    - Annotations of the object; other annotations on it are left alone.
    - At creation a pool of platform V(kubevirt) takes
      C(hypershift.openshift.io/allow-unsupported-kubevirt-rhcos-variants) of its hosted cluster, unless given here.
    type: dict
  spec:
    description:
    - Any further fields of the object's C(spec), in the API's own spelling.
    - Merged with the named options; giving the same field twice with different values is an error.
    - A null value removes the field.
    type: dict
  namespace:
    description:
    - Namespace of the NodePool; that of its hosted cluster.
    type: str
    default: clusters
  cluster_name:
    description:
    - Name of the hosted cluster it belongs to. Required when the node pool is created; cannot change.
    type: str
  remove_finalizers:
    description:
    - When the deletion makes no progress for O(progress_timeout) seconds, remove the finalizers from objects of these
      kinds that belong to the node pool and are being deleted.
    - What the finalizers guard (machines, disks, cloud resources) may be left behind. Each removal is listed in
      RV(plan).
    type: list
    default: []
    choices:
    - NodePool
    - MachineDeployment
    - MachineSet
    - Machine
    elements: str
  allow_rollout:
    description:
    - Accept that the change replaces nodes or drains and updates them in place.
    - Without it such a change is refused with the list of node pools, node counts and reasons.
    - What rolls and what does not is listed in C(docs/rollouts.md), annotations included.
    type: bool
    default: false
  allow_paused:
    description:
    - Write although reconciliation is paused; the change takes effect only after it has been resumed.
    - With O(state=absent), remove it although somebody has paused it, see module M(hypershift.core.pause_reconcile). A
      pause that names no owner was left behind, and is cleared.
    type: bool
    default: false
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
- hypershift.core.wait_options
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster
- module: hypershift.core.nodepool_info
attributes:
  check_mode:
    support: full
    details: Returns the whole plan, the predicted object and the rollout impact. No write request is sent.
  diff_mode:
    support: full
    details: Secret values are masked.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Add a node pool with three nodes
  hypershift.core.nodepool:
    name: demo-large
    cluster_name: demo
    replicas: 3
    kubevirt:
      cores: 8
      memory: 16Gi
    node_drain_timeout: 15m
    node_labels:
      size: large

- name: Let the autoscaler choose between two and five nodes
  hypershift.core.nodepool:
    name: demo-large
    auto_scaling:
      min: 2
      max: 5

- name: Go back to a fixed number, with a taint
  hypershift.core.nodepool:
    name: demo-large
    replicas: 2
    taints:
      - key: dedicated
        value: batch
        effect: NoSchedule

- name: Give the machines more memory, which replaces them
  hypershift.core.nodepool:
    name: demo-large
    kubevirt:
      memory: 32Gi
    allow_rollout: true

- name: Remove the node pool
  hypershift.core.nodepool:
    name: demo-large
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
  - verb: patch
    object: NodePool clusters/demo
    why: the node pool differs from the options
    disruptive: false
    change:
      spec:
        replicas: 3
resource:
  description:
  - The object as it stands afterwards; in check mode as predicted.
  type: dict
  returned: always
rollout:
  description:
  - 'Which node pools the change rolls: C(node_pool), C(namespace), C(nodes), C(action) (V(replace) or V(in_place)) and
    C(why).'
  type: list
  returned: always
  elements: dict
  sample:
  - node_pool: demo
    namespace: clusters
    nodes: 3
    action: replace
    why:
    - another release image
wait:
  description:
  - 'How the wait ended: C(goal) and per cluster C(outcome), C(summary), C(missing), C(seconds).'
  type: dict
  returned: when waited
  sample:
    goal: available
    clusters:
    - namespace: clusters
      name: demo
      outcome: done
      summary: available
      missing: []
      seconds: 312.4
      unchanged_seconds: 0.0
      finding: {}
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
      - Stable identifier, for example V(rollout_not_allowed), V(missing_permission), V(timeout).
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

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import AUTH, GUARDS, NAMESPACE, REMOVE_POOL_FINALIZERS, STATE, WAIT, full
from ..module_utils._ansible.options.node_pool import NODE_POOL_OPTIONS, NODE_POOL_RULES
from ..module_utils._node_pools.nodepool import NodePool

ENTRY = Entry(
    name="nodepool",
    spec=full(
        AUTH,
        STATE,
        NODE_POOL_OPTIONS,
        NAMESPACE,
        {"cluster_name": {"type": "str"}},
        REMOVE_POOL_FINALIZERS,
        GUARDS,
        WAIT,
    ),
    operation=lambda hub, params, _check: NodePool(hub, params),
    constraints=NODE_POOL_RULES,
)


if __name__ == "__main__":
    main(ENTRY)
