#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: aws_object
short_description: Objects of AWS that no module of amazon.aws manages as a hosted cluster needs it
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Makes, changes or removes one object. Role C(aws_platform) uses it beside the modules of C(amazon.aws).
options:
  kind:
    description:
    - V(oidc_provider) is an IAM OIDC provider; one that is there is brought to what is wanted, never removed and made
      again.
    - V(main_route_table) makes O(route_table_id) the main route table of O(vpc_id).
    - V(endpoint_route_tables) adds O(route_table_ids) to the gateway endpoint O(id).
    - V(endpoint_service) removes the VPC endpoint service O(id), and rejects its connections first.
    - V(load_balancer) removes the application, network or gateway load balancer with ARN O(id).
    - V(target_group) removes the target group with ARN O(id).
    type: str
    required: true
    choices:
    - oidc_provider
    - main_route_table
    - endpoint_route_tables
    - endpoint_service
    - load_balancer
    - target_group
  state:
    description:
    - V(present) or V(absent) for OIDC providers, V(present) for route tables, V(absent) for all others.
    type: str
    default: present
    choices:
    - present
    - absent
  id:
    description:
    - ID or ARN of the object.
    type: str
  url:
    description:
    - URL of the OIDC provider.
    type: str
  client_ids:
    description:
    - Client IDs that the OIDC provider must have; others stay.
    type: list
    elements: str
    default: []
  thumbprints:
    description:
    - Thumbprints of certificates that the OIDC provider must have.
    type: list
    elements: str
    default: []
  vpc_id:
    description:
    - VPC of the main route table.
    type: str
  route_table_id:
    description:
    - Route table to make the main one.
    type: str
  route_table_ids:
    description:
    - Route tables that the endpoint must have; others stay.
    type: list
    elements: str
    default: []
  tags:
    description:
    - Tags that the OIDC provider must have; others stay.
    type: dict
extends_documentation_fragment:
- hypershift.core.attributes
- hypershift.core.attributes.aws_group
- hypershift.core.aws_options
requirements:
- python >= 3.11
- boto3 >= 1.34
seealso:
- module: hypershift.core.aws_platform_info
attributes:
  check_mode:
    support: full
    details: Returns the whole plan. No write request is sent.
  diff_mode:
    support: none
    details: RV(plan) says what changes.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Let AWS accept the tokens of a hosted cluster's service accounts
  hypershift.core.aws_object:
    kind: oidc_provider
    region: us-east-2
    url: https://oidc-demo.s3.us-east-2.amazonaws.com/demo
    client_ids:
      - openshift
      - sts.amazonaws.com
    thumbprints:
      - A9D53002E97E00E043244F3D170D6F4C414104FD
    tags:
      kubernetes.io/cluster/demo: owned

- name: Remove the OIDC provider
  hypershift.core.aws_object:
    kind: oidc_provider
    region: us-east-2
    url: https://oidc-demo.s3.us-east-2.amazonaws.com/demo
    state: absent
"""

RETURN = r"""
plan:
  description:
  - The writes in order, planned in check mode and done otherwise.
  type: list
  returned: success
  elements: dict
  sample:
  - verb: create
    object: OIDC provider oidc-demo.s3.us-east-2.amazonaws.com/demo
    why: it is not there
    disruptive: false
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
from ..module_utils._ansible.options.common import STATE, full
from ..module_utils._platforms.aws.aws_object import AwsObject
from ..module_utils._platforms.aws.boto.account import Account
from ..module_utils._platforms.aws.boto.objects import KINDS

_OPTIONS: dict[str, Any] = {
    "kind": {"type": "str", "required": True, "choices": list(KINDS)},
    "id": {"type": "str"},
    "url": {"type": "str"},
    "client_ids": {"type": "list", "elements": "str", "default": []},
    "thumbprints": {"type": "list", "elements": "str", "default": []},
    "vpc_id": {"type": "str"},
    "route_table_id": {"type": "str"},
    "route_table_ids": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict"},
}
_NEEDED: list[list[Any]] = [
    ["kind", "oidc_provider", ["url"]],
    ["kind", "main_route_table", ["vpc_id", "route_table_id"]],
    ["kind", "endpoint_route_tables", ["id"]],
    ["kind", "endpoint_service", ["id"]],
    ["kind", "load_balancer", ["id"]],
    ["kind", "target_group", ["id"]],
]

ENTRY = Entry(
    name="aws_object",
    spec=full(AWS, STATE, _OPTIONS),
    operation=lambda _hub, params, _check: AwsObject(Account(params), params),
    constraints={"required_if": _NEEDED},
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
