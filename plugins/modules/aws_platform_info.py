#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: aws_platform_info
short_description: Read what an AWS account holds of a hosted cluster's platform
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Reads network, DNS zones, OIDC provider, IAM roles, instance profile and bucket of one hosted cluster, by the tag of
  the cluster and by names.
- One task in place of some thirty of the modules of C(amazon.aws). Module M(hypershift.core.aws_platform_plan) says
  what of it is missing.
options:
  infra_id:
    description:
    - Selects by tag C(kubernetes.io/cluster/<infra id>) with value C(owned).
    type: str
    required: true
  base_domain:
    description:
    - Name of the public zones to look for.
    type: str
    required: true
  private_domains:
    description:
    - Names of the private zones to look for.
    type: list
    elements: str
    default: []
  public_record:
    description:
    - Name of a record to look for in the public zones.
    type: str
  issuer_url:
    description:
    - URL of the OIDC provider to look for.
    type: str
  oidc_bucket:
    description:
    - Bucket to look for.
    type: str
  bucket_detail:
    description:
    - Read policy, public access block, tags and first level of the bucket too.
    type: bool
    default: false
  roles:
    description:
    - Names of the IAM roles to look for.
    type: list
    elements: str
    default: []
  instance_profile:
    description:
    - Name of the instance profile to look for.
    type: str
  leftovers:
    description:
    - Read also what has to go before the VPC can go.
    type: bool
    default: false
extends_documentation_fragment:
- hypershift.core.attributes
- hypershift.core.attributes.aws_group
- hypershift.core.aws_options
requirements:
- python >= 3.11
- boto3 >= 1.34
seealso:
- module: hypershift.core.aws_object
attributes:
  check_mode:
    support: full
    details: Only reads.
  diff_mode:
    support: none
    details: Only reads.
  idempotent:
    support: full
    details: Only reads.
"""

EXAMPLES = r"""
- name: Read the platform of a hosted cluster
  hypershift.core.aws_platform_info:
    infra_id: demo
    region: us-east-2
    base_domain: example.com
    private_domains:
      - demo.example.com
      - demo.hypershift.local
    issuer_url: https://oidc-demo.s3.us-east-2.amazonaws.com/demo
    roles:
      - demo-node-pool
    instance_profile: demo-worker
  register: demo

- name: Show its VPC
  ansible.builtin.debug:
    msg: "{{ demo.platform.vpcs }}"
"""

RETURN = r"""
platform:
  description:
  - What was found. Lists of things, each with C(id) and C(tags) beside its own facts.
  type: dict
  returned: success
  contains:
    account:
      description:
      - Account ID of the caller.
      type: str
      returned: success
      sample: '123456789012'
    partition:
      description:
      - Partition of the caller.
      type: str
      returned: success
      sample: aws
    availability_zones:
      description:
      - Zones that the region offers to this account.
      type: list
      elements: str
      returned: success
      sample:
      - us-east-2a
      - us-east-2b
    vpcs:
      description:
      - VPCs with the tag of the cluster.
      type: list
      elements: dict
      returned: success
      sample:
      - id: vpc-0123456789abcdef0
        cidr: 10.0.0.0/16
        dns_support: true
        dns_hostnames: true
        dhcp_options_id: dopt-0123456789abcdef0
        tags:
          Name: demo-vpc
    roles:
      description:
      - Those of O(roles) that exist, with trust policy and inline policies.
      type: list
      elements: dict
      returned: success
      sample:
      - id: demo-node-pool
        name: demo-node-pool
        arn: arn:aws:iam::123456789012:role/demo-node-pool
        trust: {}
        policies: {}
        tags: {}
    oidc_provider:
      description:
      - The OIDC provider of O(issuer_url); nothing when there is none.
      type: dict
      returned: success
      sample:
        arn: arn:aws:iam::123456789012:oidc-provider/oidc-demo.s3.us-east-2.amazonaws.com/demo
        client_ids:
        - openshift
        - sts.amazonaws.com
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(missing_permission), V(unauthorized), V(api_unavailable).
      type: str
      returned: failure
    object:
      description:
      - What it is about, with the call of AWS that failed.
      type: str
      returned: failure
    condition:
      description:
      - Always empty.
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
from ..module_utils._ansible.options.aws import AWS
from ..module_utils._ansible.options.common import full
from ..module_utils._platforms.aws.aws_platform_info import AwsPlatformInfo
from ..module_utils._platforms.aws.boto.account import Account

_OPTIONS: dict[str, Any] = {
    "infra_id": {"type": "str", "required": True},
    "base_domain": {"type": "str", "required": True},
    "private_domains": {"type": "list", "elements": "str", "default": []},
    "public_record": {"type": "str"},
    "issuer_url": {"type": "str"},
    "oidc_bucket": {"type": "str"},
    "bucket_detail": {"type": "bool", "default": False},
    "roles": {"type": "list", "elements": "str", "default": []},
    "instance_profile": {"type": "str"},
    "leftovers": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="aws_platform_info",
    spec=full(AWS, _OPTIONS),
    operation=lambda _hub, params, _check: AwsPlatformInfo(Account(params), params),
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
