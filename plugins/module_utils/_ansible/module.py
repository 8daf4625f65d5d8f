# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Main of every module. Private to hypershift.core."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import run_operation
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import CONSTRAINTS, SPECS


def main(name: str) -> None:
    """Run module ``name`` where it was copied to; progress lines have no way to the screen from here."""
    module = AnsibleModule(argument_spec=SPECS[name], supports_check_mode=True, **CONSTRAINTS.get(name, {}))
    result = run_operation(name, module.params, module.check_mode, lambda line: None)
    if result.get("failed"):
        result.pop("failed")
        module.fail_json(**result)
    module.exit_json(**result)
