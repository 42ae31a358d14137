"""Image manifests by docs/spec/images.md, and the legacy signing payload of its section 4."""

import hashlib
import re

from dsse import refuse_other_case
from faults import Fault
from members import is_integer
from strict_json import canonical, parse

BYTES_MAX = 4 * 2**20
_SHAPES = {
    "application/vnd.oci.image.manifest.v1+json": "image",
    "application/vnd.oci.image.index.v1+json": "index",
    "application/vnd.docker.distribution.manifest.v2+json": "image",
    "application/vnd.docker.distribution.manifest.list.v2+json": "index",
}
_OCI = {"image": "application/vnd.oci.image.manifest.v1+json", "index": "application/vnd.oci.image.index.v1+json"}
_SCHEMA1 = (
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
)
_MEMBERS = (
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations", "fsLayers",
)
_DESCRIPTOR = ("mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform")
_MEDIA_TYPE = re.compile(r"(?=.{3,255}$)[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


class Manifest:
    """`children` of an index, each once. Of an image `layers` is how many, and `image_bytes` the size of these and of its config."""

    def __init__(self, digest, media_type, size, shape, children, value):
        self.digest, self.media_type, self.size = digest, media_type, size
        self.shape, self.children = shape, children
        self.children_listed = len(value["manifests"]) if shape == "index" else 0
        parts = [] if shape == "index" else [value["config"], *value["layers"]]
        self.layers, self.image_bytes = len(parts) - 1, sum(one["size"] for one in parts)
        self.annotations = value.get("annotations", {})


def _parse(data: bytes) -> dict:
    if len(data) > BYTES_MAX:
        raise Fault("image/too-large")
    try:
        value = parse(data)
    except Fault as fault:
        duplicate = fault.code == "encoding/duplicate-member"
        raise Fault("image/duplicate-member" if duplicate else "image/malformed-manifest") from None
    if not isinstance(value, dict):
        raise Fault("image/not-a-manifest")
    return value


def _text_map(value, code: str):
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise Fault(code)


def _descriptor(value, child: bool = False) -> str:
    code = "image/malformed-descriptor"
    if not isinstance(value, dict):
        raise Fault(code)
    try:
        refuse_other_case(value, _DESCRIPTOR)
    except Fault:
        raise Fault(code) from None
    media_type, digest = value.get("mediaType"), value.get("digest")
    if not isinstance(media_type, str) or _MEDIA_TYPE.fullmatch(media_type) is None or not is_integer(value.get("size")):
        raise Fault(code)
    if not isinstance(digest, str) or _DIGEST.fullmatch(digest) is None:
        raise Fault(code)
    if child and not digest.startswith("sha256:"):
        raise Fault(code)
    if "annotations" in value:
        _text_map(value["annotations"], code)
    return digest


def _is_one(value) -> bool:
    return value == 1 and not isinstance(value, bool)


def _shape(value: dict, claimed) -> tuple:
    media_type = value.get("mediaType")
    if "mediaType" in value and not isinstance(media_type, str):
        raise Fault("image/malformed-manifest")
    if _is_one(value.get("schemaVersion")) or "fsLayers" in value or media_type in _SCHEMA1 or claimed in _SCHEMA1:
        raise Fault("image/schema1")
    if not any(name in value for name in ("layers", "config", "manifests")):
        raise Fault("image/not-a-manifest")
    is_index, is_image = "manifests" in value, "layers" in value or "config" in value
    if is_index and is_image:
        raise Fault("image/ambiguous-manifest")
    named = [one for one in (media_type, claimed) if one is not None]
    if any(one not in _SHAPES for one in named):
        raise Fault("image/unsupported-media-type")
    shape = "index" if is_index else "image"
    if len(set(named)) > 1 or any(_SHAPES[one] != shape for one in named):
        raise Fault("image/media-type-mismatch")
    return shape, named[0] if named else _OCI[shape]


def read_manifest(data: bytes, claimed=None) -> Manifest:
    value = _parse(data)
    shape, media_type = _shape(value, claimed)
    try:
        refuse_other_case(value, _MEMBERS)
    except Fault:
        raise Fault("image/malformed-manifest") from None
    if value.get("schemaVersion") != 2 or isinstance(value.get("schemaVersion"), bool):
        raise Fault("image/malformed-manifest")
    if "annotations" in value:
        _text_map(value["annotations"], "image/malformed-manifest")
    children = []
    if shape == "index":
        if not isinstance(value["manifests"], list):
            raise Fault("image/malformed-manifest")
        if len(value["manifests"]) > 64:
            raise Fault("image/too-many-children")
        for one in value["manifests"]:
            digest = _descriptor(one, True)
            if digest not in children:
                children.append(digest)
    else:
        if "config" not in value or not isinstance(value.get("layers"), list):
            raise Fault("image/malformed-manifest")
        if len(value["layers"]) > 1024:
            raise Fault("image/too-many-layers")
        for one in [value["config"], *value["layers"]]:
            _descriptor(one)
    if "subject" in value:
        _descriptor(value["subject"])
    return Manifest("sha256:" + hashlib.sha256(data).hexdigest(), media_type, len(data), shape, children, value)


def simple_signing_payload(repository: str, digest: str) -> bytes:
    return canonical(
        {
            "critical": {
                "identity": {"docker-reference": repository},
                "image": {"docker-manifest-digest": digest},
                "type": "cosign container image signature",
            },
            "optional": None,
        }
    )
