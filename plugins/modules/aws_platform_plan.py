#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: aws_platform_plan
short_description: Plan the platform of a hosted cluster on AWS, and say what speaks against it
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Reads an AWS account once and says what is to be made, changed or removed there for one hosted cluster, in order.
  Names and tags are those of C(hcp create infra aws) and C(iam aws).
- Refuses with every reason at once, from the options and from what the account holds, before anything is written.
- Writes nothing itself. Role C(aws_platform) does what it plans, with the modules of C(amazon.aws).
options:
  state:
    description:
    - V(present) plans what is missing or differs, V(absent) what is to be removed.
    type: str
    choices:
    - present
    - absent
    default: present
  name:
    description:
    - Name of the hosted cluster.
    type: str
    required: true
  infra_id:
    description:
    - Prefix of all names, and the tag C(kubernetes.io/cluster/<infra id>). O(name) when left out.
    type: str
  base_domain:
    description:
    - Base DNS domain, whose public zone exists in Route 53.
    type: str
    required: true
  base_domain_prefix:
    description:
    - Prefix of the cluster in the base domain. O(name) when left out, V(none) for no prefix.
    type: str
  zones:
    description:
    - Availability zones, at least one to make a platform. Their order decides the address ranges.
    type: list
    elements: str
    default: []
  vpc_cidr:
    description:
    - Addresses of the VPC, with a prefix length from 16 to 24.
    type: str
    default: 10.0.0.0/16
  tags:
    description:
    - Further tags of everything that is made, at most 25.
    type: dict
    default: {}
  oidc_bucket:
    description:
    - Bucket to which the HyperShift operator writes the documents of the issuer. Exactly one of this and O(issuer_url).
    type: str
  oidc_bucket_region:
    description:
    - Region of the bucket. That of the platform when left out.
    type: str
  oidc_bucket_create:
    description:
    - The bucket and its policy are part of the platform.
    type: bool
    default: false
  oidc_bucket_remove:
    description:
    - The bucket goes with the platform, when role C(aws_platform) made it and it is empty.
    type: bool
    default: false
  issuer_url:
    description:
    - Issuer of service account tokens, when its documents are not in a bucket.
    type: str
  public_zone_id:
    description:
    - ID of the public zone, when there are several of the name of the base domain.
    type: str
  allow_no_public_zone:
    description:
    - Go on without a public zone, for a cluster with endpoint access V(Private).
    type: bool
    default: false
  kms_key_arn:
    description:
    - Key that encrypts etcd. Its provider gets a role.
    type: str
  karpenter:
    description:
    - Karpenter gets a role.
    type: bool
    default: false
  adopt:
    description:
    - Take over roles, instance profile and OIDC provider that have the right name but not the tag of the cluster.
    type: bool
    default: false
  preserve_iam:
    description:
    - Leave instance profile, roles and OIDC provider when the platform is removed.
    type: bool
    default: false
  look:
    description:
    - Read the account. Without it only the options are checked, and RV(policy) is returned without a request.
    type: bool
    default: true
  judge:
    description:
    - Refuse what the account speaks against. A run that has begun to write looks again without it.
    type: bool
    default: true
  expect:
    description:
    - Kinds of objects that were just made or removed. AWS may need a while until it lists them as they are; the task
      looks again every 10 seconds until it does, for at most O(wait_timeout).
    type: list
    elements: str
    default: []
  settle:
    description:
    - Wait also until NAT gateways pass traffic, which takes minutes.
    type: bool
    default: false
  wait_timeout:
    description:
    - Longest time for O(expect) and O(settle) in seconds. What is still missing then is in RV(pending).
    type: int
    default: 900
extends_documentation_fragment:
- hypershift.core.attributes
- hypershift.core.attributes.aws_group
- hypershift.core.aws_options
requirements:
- python >= 3.11
- boto3 >= 1.34
seealso:
- module: hypershift.core.aws_platform_info
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
- name: See what the platform of a hosted cluster would need
  hypershift.core.aws_platform_plan:
    name: demo
    region: us-east-2
    base_domain: example.com
    zones:
      - us-east-2a
      - us-east-2b
    oidc_bucket: oidc-demo
    oidc_bucket_create: true
  register: wanted

- name: Show it line by line
  ansible.builtin.debug:
    msg: "{{ wanted.lines }}"

- name: See which rights the account of such a run needs, without a request to AWS
  hypershift.core.aws_platform_plan:
    name: demo
    region: us-east-2
    base_domain: example.com
    zones:
      - us-east-2a
    oidc_bucket: oidc-demo
    look: false
  register: checked
"""

RETURN = r"""
rows:
  description:
  - All objects of the platform in the order in which they are made or removed.
  type: list
  elements: dict
  returned: when O(look=true)
  contains:
    kind:
      description:
      - Kind of object, for example V(vpc), V(subnet), V(role_policy).
      type: str
      returned: always
    name:
      description:
      - Its name.
      type: str
      returned: always
    action:
      description:
      - V(create), V(update), V(keep) or V(delete).
      type: str
      returned: always
    why:
      description:
      - Why.
      type: str
      returned: always
    id:
      description:
      - ID in AWS, empty when it is not there yet.
      type: str
      returned: always
    waits_for:
      description:
      - Kinds of objects that have to be made first.
      type: list
      elements: str
      returned: always
  sample:
  - kind: vpc
    name: demo-vpc
    action: create
    why: it is not there
    id: ''
    waits_for: []
pending:
  description:
  - Those of RV(rows) that are not as wanted.
  type: list
  elements: dict
  returned: when O(look=true)
ready:
  description:
  - Those of RV(pending) that can be done now.
  type: list
  elements: dict
  returned: when O(look=true)
lines:
  description:
  - RV(pending) as text, a line each.
  type: list
  elements: str
  returned: when O(look=true)
platform:
  description:
  - What modules M(hypershift.core.hosted_cluster) and M(hypershift.core.nodepool) take of the platform, with
    identifiers as far as they are known, and the plan in brief.
  type: dict
  returned: when O(look=true)
policy:
  description:
  - IAM policy with the rights that a run of role C(aws_platform) needs.
  type: dict
  returned: success
refusals:
  description:
  - Everything that speaks against it, each as in RV(failure).
  type: list
  elements: dict
  returned: when refused
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
      - Section of the troubleshooting guide.
      type: str
      returned: failure
"""

from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.aws import AWS
from ..module_utils._ansible.options.common import STATE, full
from ..module_utils._platforms.aws.aws_platform_plan import AwsPlatformPlan
from ..module_utils._platforms.aws.boto.account import Account

_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "infra_id": {"type": "str"},
    "base_domain": {"type": "str", "required": True},
    "base_domain_prefix": {"type": "str"},
    "zones": {"type": "list", "elements": "str", "default": []},
    "vpc_cidr": {"type": "str", "default": "10.0.0.0/16"},
    "tags": {"type": "dict", "default": {}},
    "oidc_bucket": {"type": "str"},
    "oidc_bucket_region": {"type": "str"},
    "oidc_bucket_create": {"type": "bool", "default": False},
    "oidc_bucket_remove": {"type": "bool", "default": False},
    "issuer_url": {"type": "str"},
    "public_zone_id": {"type": "str"},
    "allow_no_public_zone": {"type": "bool", "default": False},
    "kms_key_arn": {"type": "str", "no_log": False},
    "karpenter": {"type": "bool", "default": False},
    "adopt": {"type": "bool", "default": False},
    "preserve_iam": {"type": "bool", "default": False},
    "look": {"type": "bool", "default": True},
    "judge": {"type": "bool", "default": True},
    "expect": {"type": "list", "elements": "str", "default": []},
    "settle": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 900},
}

ENTRY = Entry(
    name="aws_platform_plan",
    spec=full(AWS, STATE, _OPTIONS),
    operation=lambda hub, params, _check: AwsPlatformPlan(Account(params), params, hub),
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
