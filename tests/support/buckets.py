"""A bucket on a server of its own that speaks S3, made as it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import boto3
from moto.server import ThreadedMotoServer

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


@contextmanager
def bucket() -> Iterator[tuple[str, str]]:
    """`s3://…` of an empty bucket, and the address of the service; the keys are in the environment."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with patch.dict(os.environ, KEYS):
        client = boto3.client("s3", endpoint_url=endpoint)
        client.create_bucket(Bucket="shop")
        yield "s3://shop/evidence", endpoint
        for entry in client.list_objects_v2(Bucket="shop").get("Contents", ()):
            client.delete_object(Bucket="shop", Key=entry["Key"])
    server.stop()
