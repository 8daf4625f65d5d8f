#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_snapshot_info
short_description: List etcd snapshots and judge their age against a recovery point objective
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Lists the snapshot sets of hosted clusters in a directory or a bucket, with age, size, revision, whether they are
  sealed, verified by a restore drill, or locked.
- Compares presence and size of every file with its manifest; with O(prove=true) the SHA-256 of every byte as well.
- Tells for each cluster whether its newest good snapshot is young enough, and finds what interrupted runs have left.
- Needs no management cluster, so that it works when that is gone too. Nothing is ever written.
options:
  namespace:
    description:
    - Namespace of hosted clusters; all namespaces when left out.
    type: str
  name:
    description:
    - Name of a hosted cluster, which then has an entry in RV(clusters) even without any snapshot. Needs O(namespace).
    type: str
  max_age:
    description:
    - The recovery point objective as a duration, for example V(24h) or V(90m). A cluster meets it when its newest good
      snapshot is no older.
    type: str
  prove:
    description:
    - Read every file to its end and compare its SHA-256 with the manifest. From a bucket that downloads everything that
      is listed.
    type: bool
    default: false
extends_documentation_fragment:
- hypershift.core.snapshot_store
- hypershift.core.attributes
requirements:
- python >= 3.11
- boto3 >= 1.34 (for O(s3))
seealso:
- name: S3 Object Lock
  description: What locks of a bucket do.
  link: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
attributes:
  check_mode:
    support: full
    details: Reads as usual; nothing is ever written.
  diff_mode:
    support: none
    details: Reads only.
  idempotent:
    support: full
    details: Reads only.
"""

EXAMPLES = r"""
- name: Look at what there is
  hypershift.core.etcd_snapshot_info:
    directory: /srv/etcd-snapshots
  register: catalogue

- name: Fail when a cluster's newest good snapshot is older than a day
  hypershift.core.etcd_snapshot_info:
    s3:
      bucket: etcd-snapshots
      prefix: production
      endpoint_url: https://s3.example.com
      access_key: "{{ backup_access_key }}"
      secret_key: "{{ backup_secret_key }}"
    namespace: clusters
    max_age: 24h
  register: catalogue
  failed_when: catalogue is failed or not catalogue.rpo_met

- name: Read every byte of one cluster's snapshots
  hypershift.core.etcd_snapshot_info:
    directory: /srv/etcd-snapshots
    namespace: clusters
    name: demo
    prove: true
  register: proved

- name: Name the damaged ones
  ansible.builtin.debug:
    msg: "{{ proved.snapshots | rejectattr('good') | map(attribute='problem') }}"
"""

RETURN = r"""
store:
  description:
  - Directory, or C(s3://bucket/prefix).
  type: str
  returned: success
  sample: s3://etcd-snapshots/production
snapshots:
  description:
  - One entry per set, by cluster, oldest first.
  type: list
  returned: success
  elements: dict
  contains:
    id:
      description:
      - Time it was taken and four random characters.
      type: str
      returned: success
      sample: 20261124T164512Z-ab12
    namespace:
      description:
      - Namespace of the HostedCluster.
      type: str
      returned: success
    name:
      description:
      - Name of the HostedCluster.
      type: str
      returned: success
    good:
      description:
      - Nothing is known against it.
      type: bool
      returned: success
    problem:
      description:
      - What is wrong, for example a missing file; empty for a good one.
      type: str
      returned: success
    taken_at:
      description:
      - Time in UTC; empty when the manifest cannot be read.
      type: str
      returned: success
      sample: '2026-11-24T16:45:12Z'
    age:
      description:
      - Seconds since then; null when the manifest cannot be read.
      type: int
      returned: success
    size:
      description:
      - Bytes in the store.
      type: int
      returned: success
    revision:
      description:
      - Revision of etcd; the highest one when there are several shards.
      type: int
      returned: success
    sealed:
      description:
      - Encrypted with age; null when the manifest cannot be read.
      type: bool
      returned: success
    verified:
      description:
      - A restore drill has been passed.
      type: bool
      returned: success
    verified_at:
      description:
      - When; empty when never.
      type: str
      returned: success
    locked_until:
      description:
      - 'Until when object lock protects it: a time, V(legal hold), or empty when it may be deleted.'
      type: str
      returned: success
    cluster_id:
      description:
      - The HostedCluster's C(spec.clusterID).
      type: str
      returned: success
    release:
      description:
      - Release image at that time.
      type: str
      returned: success
    encryption_key_fingerprint:
      description:
      - SHA-256 of the hosted cluster's own encryption key; without that key the snapshot is of no use. Empty when it
        had none.
      type: str
      returned: success
    shards:
      description:
      - 'One entry per file: C(shard), C(file), C(size), C(sha256), C(revision), C(live_keys), C(total_keys), C(hash)
        and C(version) of etcd.'
      type: list
      returned: success
      elements: dict
clusters:
  description:
  - One entry per cluster.
  type: list
  returned: success
  elements: dict
  contains:
    namespace:
      description:
      - Namespace of the HostedCluster.
      type: str
      returned: success
    name:
      description:
      - Name of the HostedCluster.
      type: str
      returned: success
    newest:
      description:
      - Id of the newest good set; empty when there is none.
      type: str
      returned: success
    age:
      description:
      - Seconds since it was taken; null when there is none.
      type: int
      returned: success
    newest_verified:
      description:
      - Id of the newest good set that has passed a restore drill; empty when there is none.
      type: str
      returned: success
    snapshots:
      description:
      - Number of sets.
      type: int
      returned: success
    good:
      description:
      - Number of those without a problem.
      type: int
      returned: success
    size:
      description:
      - Bytes in the store.
      type: int
      returned: success
    rpo_met:
      description:
      - Whether the newest good set is no older than O(max_age). Null without O(max_age), V(false) when there is no good
        set.
      type: bool
      returned: success
    reason:
      description:
      - Why not; empty when it is met.
      type: str
      returned: success
rpo_met:
  description:
  - Whether every entry of RV(clusters) meets O(max_age); V(false) when there is none, null without O(max_age).
  type: bool
  returned: success
leftovers:
  description:
  - What interrupted runs have left, below the store. None of it counts as a snapshot.
  type: list
  returned: success
  elements: str
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(not_found), V(unauthorized), V(missing_permission).
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
"""

from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import full
from ..module_utils._ansible.options.snapshot_store import ONE_STORE, SNAPSHOT_STORE
from ..module_utils._etcd_snapshots.etcd_snapshot_info import SnapshotInformation
from ..module_utils._etcd_snapshots.stores.opening import open_store

_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str"},
    "name": {"type": "str"},
    "max_age": {"type": "str"},
    "prove": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="etcd_snapshot_info",
    spec=full(SNAPSHOT_STORE, _OPTIONS),
    operation=lambda hub, params, _check: SnapshotInformation(open_store(params), params, hub.now),
    constraints={**ONE_STORE, "required_by": {"name": ["namespace"]}},
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
