#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_cluster_credentials
short_description: placeholder
"""
from ansible_collections.hypershift.core.plugins.module_utils._ansible.module import main

if __name__ == "__main__":
    main("hosted_cluster_credentials")
