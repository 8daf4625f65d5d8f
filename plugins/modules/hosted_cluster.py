#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_cluster
short_description: Create, change and delete OpenShift hosted clusters
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Brings one HostedCluster of HyperShift to the given state, with the Secrets it names, its namespace and optionally its
  node pools.
- Plans before it writes. All refusals come at once and before any write; in check mode the whole plan is returned.
- An update compares and writes only what is given. Defaults apply at creation alone, and are those of C(hcp create
  cluster).
- 'Waits by watching: it ends with the goal, or at once when the conditions prove that the goal cannot be reached,
  naming the cause.'
options:
  name:
    description:
    - Name of the HostedCluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the HostedCluster and its NodePools.
    type: str
    default: clusters
  state:
    description:
    - V(present) creates or changes; V(absent) deletes in the order of the operator, clears pauses that would block, and
      removes the Secrets that were created with the cluster.
    - Siblings and a namespace that this collection did not create are left alone.
    type: str
    default: present
    choices:
    - present
    - absent
  platform:
    description:
    - Where the nodes run. Required when the hosted cluster is created; cannot change.
    - V(agent) is bare metal, IBM Z and IBM Power through the assisted installer.
    type: str
    choices:
    - agent
    - kubevirt
    - aws
    - none
  release_image:
    description:
    - Pull specification of the OpenShift release, by tag or digest. Changing it upgrades the control plane; nodes are
      upgraded through their node pools.
    - 'Never made up from a version: what you give is what is written.'
    type: str
  control_plane_release_image:
    description:
    - Release image of the pods on the management cluster only, when it shall differ from O(release_image).
    type: str
  channel:
    description:
    - Update channel, for example V(stable-4.21). Without one no available updates are reported.
    type: str
  update_service:
    description:
    - URL of the update service, for disconnected sites.
    type: str
  cluster_id:
    description:
    - UUID of the cluster. The operator makes one when it is left out; cannot change.
    type: str
  infra_id:
    description:
    - Name under which the infrastructure is tagged. Made from the name and five random characters when it is left out;
      cannot change.
    type: str
  controller_availability_policy:
    description:
    - Whether the control plane runs in one or three copies. V(HighlyAvailable) at creation when left out; cannot
      change.
    type: str
    choices: &id001
    - HighlyAvailable
    - SingleReplica
  infrastructure_availability_policy:
    description:
    - Whether ingress, registry and monitoring inside the hosted cluster run in more than one copy. V(SingleReplica) at
      creation when left out.
    type: str
    choices: *id001
  base_domain:
    description:
    - Base DNS domain. V(example.com) at creation on platforms V(agent) and V(none) when left out; on V(kubevirt)
      leaving it out means a name under the management cluster's own apps domain. An empty text means none.
    - Cannot change.
    type: str
  base_domain_prefix:
    description:
    - Prefix of the cluster in O(base_domain); the name when left out, and none with an empty text. Cannot change.
    type: str
  public_zone_id:
    description:
    - ID of the public DNS zone (AWS).
    type: str
  private_zone_id:
    description:
    - ID of the private DNS zone (AWS).
    type: str
  network_type:
    description:
    - Network plugin; V(OVNKubernetes) at creation when left out.
    type: str
    choices:
    - OVNKubernetes
    - OpenShiftSDN
    - Calico
    - Other
  cluster_networks:
    description:
    - One or two CIDRs for pods; V(10.132.0.0/14) at creation when left out. Cannot change.
    - With an IPv6 network in the first place, give O(service_networks) of IPv6 too. No network may contain
      C(172.20.0.1) (with IPv6 C(fd00::1)), at which nodes reach the API server, unless
      C(networking.apiServer.advertiseAddress) is set in O(spec).
    type: list
    elements: str
  service_networks:
    description:
    - One or two CIDRs for services; V(172.31.0.0/16) at creation when left out. Cannot change.
    type: list
    elements: str
  machine_networks:
    description:
    - One or two CIDRs of the machines. Cannot change.
    type: list
    elements: str
  allowed_cidr_blocks:
    description:
    - CIDRs that may reach the API server; at most 500.
    type: list
    elements: str
  etcd_storage_class:
    description:
    - StorageClass of etcd's volumes; the cluster's default when left out (V(gp3-csi) on AWS). Cannot change.
    type: str
  etcd_storage_size:
    description:
    - Size of each etcd volume; V(8Gi) at creation when left out. Cannot change.
    type: str
  etcd_encryption:
    description:
    - Encrypt etcd's content with AES-CBC.
    type: dict
    suboptions:
      name:
        description:
        - Name of an existing Secret with the key under C(key), or the name for the Secret made from
          O(etcd_encryption.content) or O(etcd_encryption.generate).
        type: str
      content:
        description:
        - The key, 32 bytes in base64. A key that differs from the one in use is refused.
        type: str
      generate:
        description:
        - Make a random key once. Later runs leave it alone. Losing it makes every snapshot useless.
        type: bool
  pull_secret:
    description:
    - Pull secret of the cluster. Required when the hosted cluster is created.
    type: dict
    suboptions:
      name:
        description:
        - Name of an existing Secret with key C(.dockerconfigjson), or the name for the Secret made here. Another name
          rolls all nodes.
        type: str
      content:
        description:
        - The pull secret itself, as JSON text, or as a dictionary. New content rolls no nodes.
        type: jsonarg
      inherit:
        description:
        - Copy the management cluster's own pull secret (C(openshift-config/pull-secret)) when the Secret does not exist
          yet.
        type: bool
  ssh_key:
    description:
    - Public SSH key of the nodes. Another key rolls all nodes, by name or by content.
    type: dict
    suboptions:
      name:
        description:
        - Name of an existing Secret with key C(id_rsa.pub), or the name for the Secret made here.
        type: str
      content:
        description:
        - The public key itself.
        type: str
      inherit:
        description:
        - Copy the public keys of the management cluster's own workers (MachineConfig C(99-worker-ssh)) when the Secret
          does not exist yet.
        type: bool
  additional_trust_bundle:
    description:
    - CA certificates that control plane and nodes trust in addition. Another name rolls all nodes, new content none.
    type: dict
    suboptions:
      name:
        description:
        - Name of an existing ConfigMap with key C(ca-bundle.crt), or the name for the ConfigMap made here.
        type: str
      content:
        description:
        - The certificates themselves, PEM.
        type: str
  image_content_sources:
    description:
    - Mirrors of image repositories. A change rolls all nodes.
    type: list
    elements: dict
    suboptions:
      source:
        description:
        - Repository that is mirrored.
        type: str
        required: true
      mirrors:
        description:
        - Where copies are.
        type: list
        elements: str
  service_publishing:
    description:
    - How the API server, OAuth, Konnectivity and Ignition are reached; written as the list C(spec.services). Cannot
      change.
    - 'Left out, the platform''s default is used at creation: NodePort on V(agent) and V(none), LoadBalancer and Route
      elsewhere.'
    type: dict
    suboptions:
      strategy:
        description:
        - Overall strategy.
        type: str
        choices:
        - load_balancer
        - node_port
      api_server_address:
        description:
        - 'Address of the NodePorts: a node of the management cluster or a load balancer before them. Required with
          NodePort.'
        type: str
      external_dns_domain:
        description:
        - AWS only. Publish by Routes with host names under this domain; C(api-NAME) and C(oauth-NAME) with every
          O(aws.endpoint_access), C(konnectivity-NAME) and C(ignition-NAME) with V(Public) only.
        type: str
  services:
    description:
    - The list C(spec.services) itself, in the API's own spelling, when O(service_publishing) does not fit.
    type: list
    elements: dict
  node_selector:
    description:
    - Node selector of the control plane's pods; at most 20 labels.
    type: dict
  tolerations:
    description:
    - Tolerations of the control plane's pods; at most 25.
    type: list
    elements: dict
    suboptions:
      key:
        description:
        - Taint key; all keys when left out.
        type: str
      operator:
        description:
        - How the value is compared.
        type: str
        choices:
        - Exists
        - Equal
      value:
        description:
        - Taint value.
        type: str
      effect:
        description:
        - Taint effect; all effects when left out.
        type: str
        choices:
        - NoSchedule
        - PreferNoSchedule
        - NoExecute
      toleration_seconds:
        description:
        - Seconds that a C(NoExecute) taint is tolerated.
        type: int
  control_plane_labels:
    description:
    - Labels of the control plane's pods; at most 20.
    type: dict
  olm_catalog_placement:
    description:
    - Where operator catalogs run; V(management) at creation when left out. Cannot change.
    type: str
    choices:
    - management
    - guest
  capabilities:
    description:
    - Cluster capabilities. Cannot change.
    type: dict
    suboptions:
      enabled:
        description:
        - Capabilities to enable.
        type: list
        elements: str
      disabled:
        description:
        - Capabilities to leave out. V(Ingress) only together with V(Console).
        type: list
        elements: str
  fips:
    description:
    - FIPS mode. Cannot change.
    type: bool
  feature_set:
    description:
    - Feature set of the cluster. One that ends in C(NoUpgrade) cannot be undone and needs
      O(allow_no_upgrade_feature_set).
    type: str
    choices:
    - ''
    - OKD
    - TechPreviewNoUpgrade
    - DevPreviewNoUpgrade
    - CustomNoUpgrade
  kube_api_server_dns_name:
    description:
    - Further DNS name of the API server; makes a second kubeconfig. An empty text means none, and removes one.
    type: str
  issuer_url:
    description:
    - Issuer of service account tokens. Cannot change.
    type: str
  configuration:
    description:
    - C(spec.configuration) in the API's own spelling (oauth, proxy, image, ...). Proxy and image roll all nodes, and so
      does C(apiServer.tlsSecurityProfile) those of node pools from 4.23 on.
    type: dict
  agent:
    description:
    - Settings of platform V(agent).
    type: dict
    suboptions:
      namespace:
        description:
        - Namespace with the agents. It must exist. Required when the hosted cluster is created.
        type: str
  kubevirt:
    description:
    - Settings of platform V(kubevirt).
    type: dict
    suboptions:
      base_domain_passthrough:
        description:
        - Use a name under the management cluster's apps domain. On when O(base_domain) is left out. Cannot change.
        type: bool
      storage_driver:
        description:
        - Storage driver inside the hosted cluster; V(Manual) mappings go through O(spec). Cannot change.
        type: str
        choices:
        - Default
        - None
      infra_namespace:
        description:
        - Namespace for virtual machines on an external infrastructure cluster. Cannot change.
        type: str
      infra_kubeconfig:
        description:
        - Kubeconfig of the external infrastructure cluster. Cannot change.
        type: dict
        suboptions:
          name:
            description:
            - Name of an existing Secret with key C(kubeconfig), or the name for the Secret made here.
            type: str
          content:
            description:
            - The kubeconfig itself.
            type: str
  aws:
    description:
    - Settings of platform V(aws).
    type: dict
    suboptions:
      region:
        description:
        - Region. Required when the hosted cluster is created.
        type: str
      endpoint_access:
        description:
        - Who reaches the API server; V(Public) at creation when left out.
        type: str
        choices:
        - Public
        - PublicAndPrivate
        - Private
      multi_arch:
        description:
        - Allow node pools of several architectures.
        type: bool
      vpc:
        description:
        - ID of the VPC.
        type: str
      subnet_id:
        description:
        - ID of the subnet of the cloud provider configuration.
        type: str
      zone:
        description:
        - Availability zone of the cloud provider configuration.
        type: str
      resource_tags:
        description:
        - Tags of all AWS resources; at most 25.
        type: dict
      roles:
        description:
        - ARNs of the seven IAM roles. Required when the hosted cluster is created.
        type: dict
        suboptions:
          ingress:
            description:
            - Role of the ingress operator.
            type: str
          image_registry:
            description:
            - Role of the image registry operator.
            type: str
          storage:
            description:
            - Role of the EBS CSI driver.
            type: str
          network:
            description:
            - Role of the cloud network config controller.
            type: str
          kube_cloud_controller:
            description:
            - Role of the cloud controller.
            type: str
          node_pool_management:
            description:
            - Role of the node pool management.
            type: str
          control_plane_operator:
            description:
            - Role of the control plane operator.
            type: str
  node_pools:
    description:
    - Node pools to bring to this state in the same task. Node pools that are not listed are left alone.
    - Each entry takes the options of M(hypershift.core.nodepool).
    type: list
    elements: dict
    suboptions:
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
        - When left out at creation, it follows O(node_pools[].replace) or O(node_pools[].in_place); with neither it is
          V(InPlace) on platform V(agent) and V(Replace) elsewhere.
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
        - How long detaching volumes may take, as a Go duration; V(0s) means without limit and is the default at
          creation.
        type: str
      arch:
        description:
        - CPU architecture; V(amd64) at creation when left out. Cannot change. For IBM Z agents leave it at V(amd64) and
          use a multi-arch release image.
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
            - Attach the pod network. V(false) needs O(node_pools[].kubevirt.additional_networks).
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
  create_namespace:
    description:
    - Create O(namespace) when it does not exist.
    type: bool
    default: true
  allow_no_upgrade_feature_set:
    description:
    - Accept a feature set that cannot be undone and blocks minor updates.
    type: bool
    default: false
  destroy_cloud_resources:
    description:
    - With O(state=absent), ask the operator to remove load balancers, volumes and registry storage of the hosted
      cluster first (AWS).
    type: bool
    default: false
  delete_namespace:
    description:
    - With O(state=absent), remove O(namespace) too, if it was created by this collection and holds no other hosted
      cluster.
    type: bool
    default: false
  remove_finalizers:
    description:
    - When the deletion makes no progress for O(progress_timeout) seconds, remove the finalizers from objects of these
      kinds that belong to the cluster and are being deleted.
    - What the finalizers guard (machines, disks, cloud resources) may be left behind. Each removal is listed in
      RV(plan).
    type: list
    default: []
    choices:
    - HostedCluster
    - NodePool
    - HostedControlPlane
    - Cluster
    - MachineDeployment
    - MachineSet
    - Machine
    elements: str
  wait_for:
    description:
    - Goal of the wait with O(state=present); see M(hypershift.core.hosted_cluster_wait). The wait of O(state=absent) is
      always for the cluster to be gone.
    type: str
    default: available
    choices:
    - available
    - version_completed
    - nodes_ready
    - healthy
    - reconciled
    - node_pools_settled
  labels:
    description:
    - Labels of the object; other labels on it are left alone.
    type: dict
  annotations:
    description:
    - Annotations of the object; other annotations on it are left alone.
    type: dict
  spec:
    description:
    - Any further fields of the object's C(spec), in the API's own spelling.
    - Merged with the named options; giving the same field twice with different values is an error.
    - A null value removes the field.
    type: dict
  allow_rollout:
    description:
    - Accept that the change replaces nodes or drains and updates them in place.
    - Without it such a change is refused with the list of node pools, node counts and reasons.
    - What rolls and what does not is listed in C(docs/rollouts.md), annotations and content of Secrets included.
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
- module: hypershift.core.nodepool
- module: hypershift.core.hosted_cluster_info
- module: hypershift.core.hosted_cluster_wait
- module: hypershift.core.pause_reconcile
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
- name: Create a hosted cluster on OpenShift Virtualization with a node pool
  hypershift.core.hosted_cluster:
    name: demo
    platform: kubevirt
    release_image: quay.io/openshift-release-dev/ocp-release:4.20.4-multi
    pull_secret:
      content: '{"auths": {"registry.example.com": {"auth": "bm90OnJlYWw="}}}'
    etcd_encryption:
      generate: true
    node_pools:
      - name: demo
        replicas: 2
        node_drain_timeout: 15m

- name: Show what another setting would do, without doing it
  hypershift.core.hosted_cluster:
    name: demo
    channel: stable-4.20
    labels:
      tier: canary
  check_mode: true
  diff: true

- name: Set the channel and a label
  hypershift.core.hosted_cluster:
    name: demo
    channel: stable-4.20
    labels:
      tier: canary

- name: Mirror images for the nodes, which replaces them
  hypershift.core.hosted_cluster:
    name: demo
    image_content_sources:
      - source: quay.io/openshift-release-dev/ocp-v4.0-art-dev
        mirrors:
          - mirror.example.com/openshift/release
    allow_rollout: true
    wait_for: node_pools_settled

- name: Delete it
  hypershift.core.hosted_cluster:
    name: demo
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
from ..module_utils._ansible.options.common import AUTH, GUARDS, IDENTITY, METADATA, STATE, WAIT, full
from ..module_utils._ansible.options.hosted_cluster import HOSTED_CLUSTER_OPTIONS
from ..module_utils._clusters.hosted_cluster import HostedClusterPresent
from ..module_utils._clusters.hosted_cluster_absent import HostedClusterAbsent

ENTRY = Entry(
    name="hosted_cluster",
    spec=full(AUTH, IDENTITY, STATE, HOSTED_CLUSTER_OPTIONS, METADATA, GUARDS, WAIT),
    operation=lambda hub, params, _check: (
        HostedClusterAbsent if params["state"] == "absent" else HostedClusterPresent
    )(hub, params),
    constraints={"mutually_exclusive": [["services", "service_publishing"]]},
)


if __name__ == "__main__":
    main(ENTRY)
