# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task says whose options do not fit."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import options_refused
from ansible_collections.hypershift.core.plugins.module_utils._ansible.entries.hypershift_addon_config import ENTRY


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"install_flags": {"add": ["--a"]}}, "a list cannot be converted to a dict"),
        ({"wait_timeout": "soon"}, "cannot be converted to an int"),
        ({"install_flag": {}}, "Unsupported parameters for (hypershift.core.hypershift_addon_config) module: install_flag"),
    ],
)
def test_no_class_of_python_is_named(options: dict[str, object], said: str) -> None:
    errors = ArgumentSpecValidator(ENTRY.spec, **ENTRY.constraints).validate(options).errors
    refused = options_refused("hypershift.core.hypershift_addon_config", errors)
    assert said in refused["msg"] and "<class" not in refused["msg"] and refused["failure"]["code"] == "invalid_option"
