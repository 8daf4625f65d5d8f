# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  directory:
    description:
    - Directory where snapshots lie, as C(<namespace>/<name>/<id>/). Exactly one of O(directory) and O(s3) says where.
    - What is written there gets mode V(0600), directories V(0700).
    type: path
  s3:
    description:
    - Bucket of an S3 server where snapshots lie, in the same layout as in a directory. Needs the Python package
      C(boto3) where the task runs.
    type: dict
    suboptions:
      bucket:
        description:
        - Name of the bucket; it is not made by the collection.
        type: str
        required: true
      prefix:
        description:
        - Begin of every key, a slash after it is added.
        type: str
        default: ""
      endpoint_url:
        description:
        - URL of a server other than AWS, for example V(https://s3.example.com:9000).
        type: str
      region:
        description:
        - Region of the bucket.
        type: str
      access_key:
        description:
        - Access key ID. Without it credentials come from O(s3.profile), the C(AWS_) environment variables or the
          machine's role, as boto3 finds them.
        type: str
      secret_key:
        description:
        - Secret of O(s3.access_key).
        type: str
      session_token:
        description:
        - Token that belongs to temporary credentials.
        type: str
      profile:
        description:
        - Profile of the AWS configuration files.
        type: str
      validate_certs:
        description:
        - Check the server's certificate.
        type: bool
        default: true
      ca_bundle:
        description:
        - File with the certificates of the authorities to trust.
        type: path
      addressing_style:
        description:
        - Where the bucket's name stands in URLs. V(auto) means the host name at AWS and the path with an
          O(s3.endpoint_url).
        type: str
        choices:
        - auto
        - path
        - virtual
        default: auto
      sse:
        description:
        - Have the server encrypt what it stores. Sealing a snapshot with age, which the server cannot open, is
          independent of it.
        type: str
        choices:
        - AES256
        - aws:kms
      kms_key_id:
        description:
        - Key for O(s3.sse=aws:kms); the account's default key when left out.
        type: str
      object_lock:
        description:
        - Lock what is written against deletion. The bucket must have been made with object lock. Every file of a set
          gets the same date, and the task fails unless the server shows it.
        - A locked set is never deleted; whoever tries gets the failure code V(locked_by_retention).
        type: dict
        suboptions:
          mode:
            description:
            - V(COMPLIANCE) can be lifted by nobody, V(GOVERNANCE) by accounts that have the right to.
            type: str
            choices:
            - GOVERNANCE
            - COMPLIANCE
            required: true
          retain_days:
            description:
            - Days from now on.
            type: int
            required: true
      part_size_mib:
        description:
        - Files above this size in MiB are uploaded in parts of it. At least 5, which is what S3 allows.
        type: int
        default: 8
      prove:
        description:
        - What is checked after an upload, beside the SHA-256 that is sent with each part. V(size) compares the size and
          reads all bytes back only when the server has not confirmed the sums; V(full) always reads all bytes back.
        type: str
        choices:
        - size
        - full
        default: size
      allow_governance_bypass:
        description:
        - Delete in spite of a lock of mode V(GOVERNANCE). Legal holds and mode V(COMPLIANCE) hold all the same.
        type: bool
        default: false
"""
