# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  hubs:
    description:
    - Management clusters, all worked on at the same time. Without any, the task's own connection options lead to one,
      which is called V(hub).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
        - Its name, in lower-case letters, digits and dashes; it becomes part of host names and of plans.
        type: str
        required: true
      kubeconfig:
        description:
        - Path of its kubeconfig, or its content as a dictionary.
        type: raw
      context:
        description:
        - Context of that kubeconfig.
        type: str
      host:
        description:
        - URL of its API server, in place of a kubeconfig.
        type: str
      api_key:
        description:
        - Token for it.
        type: str
      ca_cert:
        description:
        - File with the certificates that it is verified by.
        type: path
        aliases:
        - ssl_ca_cert
      validate_certs:
        description:
        - Whether its certificate is verified.
        type: bool
        aliases:
        - verify_ssl
      namespace:
        description:
        - Look at hosted clusters of this namespace alone; rights there are enough then.
        type: str
      label_selectors:
        description:
        - Look at hosted clusters alone that have all these labels, for example C(tier=gold).
        type: list
        elements: str
        default: []
"""
