# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  region:
    description:
    - Region.
    type: str
    required: true
  endpoint_url:
    description:
    - Where the services are reached, for private endpoints or servers that stand in for AWS; AWS's own addresses when
      left out.
    type: str
  profile:
    description:
    - Profile of the AWS configuration file. Without this and keys, credentials come from where boto3 finds them.
    type: str
  access_key:
    description:
    - Access key ID. Goes together with O(secret_key).
    type: str
  secret_key:
    description:
    - Secret access key.
    type: str
  session_token:
    description:
    - Session token of temporary credentials.
    type: str
  aws_ca_bundle:
    description:
    - File with the certificate authorities to trust.
    type: path
  validate_certs:
    description:
    - Check certificates.
    type: bool
    default: true
"""
