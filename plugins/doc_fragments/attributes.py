# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description:
    - Can run in check mode and return changed status prediction without modifying target.
  diff_mode:
    description:
    - Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
  idempotent:
    description:
    - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
"""
    # The modules that reach a cluster: the options of the connection can be set for all of them at once.
    GROUP = r"""
attributes:
  action_group:
    description:
    - Use C(group/hypershift.core.hypershift) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
    - hypershift.core.hypershift
"""
    AWS_GROUP = r"""
attributes:
  action_group:
    description:
    - Use C(group/hypershift.core.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
    - hypershift.core.aws
"""
