# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is announced of an action on an account."""

from __future__ import annotations

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.account import AwsStep


@pytest.mark.parametrize(("verb", "why", "disruptive"), [("create", "it is not there", False), ("delete", "it is there", True)])
def test_only_deleting_is_disruptive(verb: str, why: str, disruptive: bool) -> None:
    entry = AwsStep("Vpc a", verb, lambda: None).as_dict()
    assert entry == {"verb": verb, "object": "Vpc a", "why": why, "disruptive": disruptive}
    assert AwsStep("Vpc a", verb, lambda: None, "it is ours").as_dict()["why"] == "it is ours"
