# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An account of AWS on this machine: moto's server, with a record of every call and failures on demand.

python moto_account.py PORT_FILE serves until it is ended; it writes its port and its process id there.
"""

from __future__ import annotations

import io
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto_mends import mend_moto
from werkzeug.serving import make_server

KEYS = {"aws_access_key_id": "AKIAEXAMPLEEXAMPLE00", "aws_secret_access_key": "secret-of-the-tests-0123456789"}
REGION = "us-east-2"
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_READS = ("Describe", "List", "Get", "Head")
# REST services: method, path, query -> name of the call. The first that matches.
_ROUTE53 = (
    ("POST", r"/hostedzone$", "CreateHostedZone"), ("GET", r"/hostedzone$", "ListHostedZones"),
    ("POST", r"/rrset/?$", "ChangeResourceRecordSets"), ("GET", r"/rrset/?$", "ListResourceRecordSets"),
    ("GET", r"/tags/", "ListTagsForResource"), ("POST", r"/tags/", "ChangeTagsForResource"),
    ("GET", r"/change/", "GetChange"), ("GET", r"/hostedzone/[^/]+$", "GetHostedZone"), ("DELETE", r"/hostedzone/[^/]+$", "DeleteHostedZone"),
)  # fmt: skip
_S3_QUERIES = (
    ("policy", "BucketPolicy"), ("publicAccessBlock", "PublicAccessBlock"), ("tagging", "BucketTagging"), ("versioning", "BucketVersioning"),
    ("requestPayment", "BucketRequestPayment"), ("encryption", "BucketEncryption"), ("ownershipControls", "BucketOwnershipControls"),
    ("acl", "BucketAcl"), ("accelerate", "BucketAccelerateConfiguration"), ("object-lock", "ObjectLockConfiguration"),
    ("inventory", "BucketInventoryConfigurations"), ("logging", "BucketLogging"), ("location", "BucketLocation"),
)  # fmt: skip
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head", "POST": "Post"}


@dataclass(frozen=True)
class Call:
    service: str
    name: str

    @property
    def writes(self) -> bool:
        return not self.name.startswith(_READS)

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


@dataclass
class Record:
    """calls: all of them in order. allowed: how many writes still pass, None for all; after that each is refused.

    lose: the next write is done, but answered with an error, as when a run is ended right after it.
    """

    calls: list[Call] = field(default_factory=list)
    allowed: int | None = None
    lose: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        self.calls, self.allowed, self.lose = [], None, False

    def writes(self) -> list[str]:
        return [str(c) for c in self.calls if c.writes]

    def verdict(self, call: Call) -> str:
        """pass, refuse or lose."""
        with self.lock:
            self.calls.append(call)
            if not call.writes or self.allowed is None:
                return "pass"
            if self.allowed > 0:
                self.allowed -= 1
                return "pass"
            if self.lose:
                self.lose = False
                return "lose"
            return "refuse"


class MotoAccount:
    """Served on a thread of this process, on a port of its own."""

    def __init__(self, port: int = 0) -> None:
        mend_moto()
        self.record = Record()
        self.connections: dict[str, list[str]] = {}  # of VPC endpoint services, which moto has not: service -> endpoints
        backend = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", port, self._around(backend), True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> MotoAccount:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def client(self, service: str) -> Any:
        """The tests' own hands; what they do is recorded too, so reset the record afterwards."""
        import boto3

        return boto3.client(service, region_name=REGION, endpoint_url=self.url, **KEYS)

    def _around(self, app: Callable[..., Any]) -> Callable[..., Any]:
        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            call = call_of(environ, body)
            verdict = self.record.verdict(call) if call else "pass"
            if verdict != "refuse":
                answer = self._connections(call, body) if call else None
                if verdict == "pass" and answer is None:
                    return app(environ, start_response)
                if verdict == "pass":
                    start_response("200 OK", [("Content-Type", "text/xml")])
                    return [answer or b""]
                if answer is None:
                    list(app(environ, lambda *_arguments: None))
            start_response("403 Forbidden", [("Content-Type", "text/xml")])
            return [_error(call.service if call else "", "UnauthorizedOperation" if call and call.service == "ec2" else "AccessDenied")]

        return serve

    def _connections(self, call: Call, body: bytes) -> bytes | None:
        """The answer to the two calls about connections of endpoint services."""
        form = {k: v[0] for k, v in parse_qs(body.decode("utf-8", "replace")).items()}
        if call.name == "RejectVpcEndpointConnections":
            self.connections.pop(form["ServiceId"], None)
            return b"<RejectVpcEndpointConnectionsResponse><unsuccessful/></RejectVpcEndpointConnectionsResponse>"
        if call.name != "DescribeVpcEndpointConnections":
            return None
        service = form["Filter.1.Value.1"]
        items = "".join(
            f"<item><serviceId>{service}</serviceId><vpcEndpointId>{e}</vpcEndpointId><vpcEndpointState>available</vpcEndpointState></item>"
            for e in self.connections.get(service, [])
        )
        name = "DescribeVpcEndpointConnectionsResponse"
        return f"<{name}><vpcEndpointConnectionSet>{items}</vpcEndpointConnectionSet></{name}>".encode()


def call_of(environ: dict[str, Any], body: bytes) -> Call | None:
    """None: a request of moto's own interface."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not scope:
        return None
    service = {"elasticloadbalancing": "elasticloadbalancing"}.get(scope[1], scope[1])
    method, path, query = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if service == "route53":
        name = next((n for m, pattern, n in _ROUTE53 if m == method and re.search(pattern, path)), f"{method} {path}")
        return Call(service, name)
    if service == "s3":
        return Call(service, _s3_name(method, path, query))
    return Call(service, parse_qs(body.decode("utf-8", "replace")).get("Action", [f"{method} {path}"])[0])


def _s3_name(method: str, path: str, query: str) -> str:
    keys = {part.partition("=")[0] for part in query.split("&")}
    bucket, _slash, key = path.strip("/").partition("/")
    if not bucket:
        return "ListBuckets"
    for word, what in _S3_QUERIES:
        if word in keys and not key:
            return _VERBS[method] + what
    if key:
        return {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}[method]
    if "delete" in keys:
        return "DeleteObjects"
    if "versions" in keys:
        return "ListObjectVersions"
    return {"GET": "ListObjects", "PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}[method]


def _error(service: str, code: str) -> bytes:
    text = "refused by the test"
    if service == "ec2":
        return f"<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors><RequestID>1</RequestID></Response>".encode()
    if service == "s3":
        return f"<Error><Code>{code}</Code><Message>{text}</Message></Error>".encode()
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{text}</Message></Error><RequestId>1</RequestId></ErrorResponse>".encode()


class _Quiet(MotoRequestHandler):
    def log(self, *_arguments: Any) -> None:
        """No access log."""


def main() -> None:
    account = MotoAccount().start()
    target = Path(sys.argv[1])
    partial = target.with_suffix(".new")
    partial.write_text(f"{account.port} {os.getpid()}\n")
    partial.rename(target)
    threading.Event().wait()


if __name__ == "__main__":
    main()
