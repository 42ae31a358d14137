"""Public keys and signatures by the strict rules of docs/spec/crypto.md.

The checks that libraries disagree on are big-integer arithmetic here; what remains is left to OpenSSL.
"""

import base64
import hashlib
import re
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import rsa
from faults import Fault
from members import from_base64

# Ed25519, RFC 8032 section 5.1: -x^2 + y^2 = 1 + d x^2 y^2 over p.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
_ROOT = pow(2, (P - 1) // 4, P)
_IDENTITY = (0, 1, 1, 0)


def _x_of(y: int, sign: int):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * _ROOT % P
    if (x * x - square) % P:
        return None
    if x == 0 and sign:
        return None
    return P - x if x & 1 != sign else x


def _add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g = 2 * D * t1 * t2 % P
    h = 2 * z1 * z2 % P
    left, right, down, up = f - e, h - g, h + g, f + e
    return (left * right % P, down * up % P, right * down % P, left * up % P)


def _times(scalar: int, point):
    result = _IDENTITY
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _is_identity(point) -> bool:
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


@lru_cache(maxsize=4096)
def check_ed25519_key(key: bytes):
    """Nothing, or the fault of a key that section 1 refuses."""
    if len(key) != 32:
        raise Fault("crypto/malformed-key")
    number = int.from_bytes(key, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = _x_of(y, sign) if y < P else None
    if x is None:
        raise Fault("crypto/malformed-key")
    point = (x, y, 1, x * y % P)
    if _is_identity(_times(8, point)) or not _is_identity(_times(L, point)):
        raise Fault("crypto/weak-key")
    return True


def _small_order_encodings() -> frozenset:
    """y of the eight points whose eighth multiple is the identity, and p and p + 1, which decode to 0 and 1."""
    # (0, 1), (0, -1), (±sqrt(-1), 0); and with order 8: 2 y^2 doubles to y = 0, that is x^2 = -y^2 ... d y^4 + 2 y^2 - 1 = 0.
    found = {0, 1, P - 1, P, P + 1}
    root = pow(1 + D, (P + 3) // 8, P)
    if (root * root - (1 + D)) % P:
        root = root * _ROOT % P
    for one in (root, P - root):
        square = (one - 1) * pow(D, P - 2, P) % P
        y = pow(square, (P + 3) // 8, P)
        if (y * y - square) % P:
            y = y * _ROOT % P
        if (y * y - square) % P == 0:
            found |= {y, P - y}
    return frozenset((y | sign << 255).to_bytes(32, "little") for y in found for sign in (0, 1))


SMALL_ORDER = _small_order_encodings()


def verify_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        check_ed25519_key(key)
    except Fault:
        return False
    if int.from_bytes(signature[32:], "little") >= L or signature[:32] in SMALL_ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


class Curve:
    def __init__(self, name, prefix, native, prime, a, b, order, length, digests):
        self.name, self.prefix, self.native = name, bytes.fromhex(prefix), native
        self.prime, self.a, self.b, self.order, self.length = prime, a, b, order, length
        self.digests = digests


_P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P384 = 2**384 - 2**128 - 2**96 + 2**32 - 1
CURVES = (
    Curve(
        "ecdsa-p256",
        "3059301306072a8648ce3d020106082a8648ce3d030107034200",
        ec.SECP256R1(),
        _P256,
        -3,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        32,
        (hashes.SHA256,),
    ),
    Curve(
        "ecdsa-p384",
        "3076301006072a8648ce3d020106052b81040022036200",
        ec.SECP384R1(),
        _P384,
        -3,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        48,
        (hashes.SHA384, hashes.SHA256),
    ),
)
ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")


class PublicKey:
    """`algorithm` "ed25519", "ecdsa-p256", "ecdsa-p384" or "rsa"; `spki` its one DER form; `id` of section 4."""

    def __init__(self, algorithm: str, spki: bytes, point: bytes, curve=None, modulus=None):
        self.algorithm, self.spki, self.point, self.curve, self.modulus = algorithm, spki, point, curve, modulus
        self.id = hashlib.sha256(b"waybill/signer/v1\x00" + spki).hexdigest()

    def verify(self, message: bytes, signature: bytes) -> bool:
        if self.modulus is not None:
            return rsa.verify(self.modulus, message, signature)
        if self.curve is None:
            return verify_ed25519(self.point, message, signature)
        return _verify_ecdsa(self, message, signature)


@lru_cache(maxsize=4096)
def read_spki(spki: bytes) -> PublicKey:
    if spki.startswith(ED25519_PREFIX):
        point = spki[len(ED25519_PREFIX) :]
        check_ed25519_key(point)
        return PublicKey("ed25519", spki, point)
    for curve in CURVES:
        if spki.startswith(curve.prefix):
            point = spki[len(curve.prefix) :]
            if len(point) != 1 + 2 * curve.length or point[0] != 4:
                raise Fault("crypto/malformed-key")
            x = int.from_bytes(point[1 : 1 + curve.length], "big")
            y = int.from_bytes(point[1 + curve.length :], "big")
            if x >= curve.prime or y >= curve.prime:
                raise Fault("crypto/malformed-key")
            if (y * y - (x * x * x + curve.a * x + curve.b)) % curve.prime:
                raise Fault("crypto/malformed-key")
            return PublicKey(curve.name, spki, point, curve)
    modulus = rsa.modulus_of(spki)
    if modulus is not None:
        rsa.check_modulus(modulus)
        return PublicKey("rsa", spki, b"", modulus=modulus)
    # Another algorithm where the bytes are a SubjectPublicKeyInfo at all.
    if len(spki) > 8 and spki[0] == 0x30:
        raise Fault("crypto/unsupported-algorithm")
    raise Fault("crypto/malformed-key")


_PEM = re.compile(r"[ \t\r\n]*-----BEGIN PUBLIC KEY-----\r?\n(.*?)(?<=\n)-----END PUBLIC KEY-----[ \t\r\n]*", re.S)


def read_pem(pem: str) -> PublicKey:
    match = _PEM.fullmatch(pem)
    if match is None:
        raise Fault("crypto/malformed-key")
    try:
        return read_spki(from_base64(re.sub(r"\r?\n", "", match.group(1))))
    except Fault as fault:
        raise Fault(fault.code if fault.code.startswith("crypto/") else "crypto/malformed-key") from None


def write_pem(spki: bytes) -> str:
    body = base64.b64encode(spki).decode()
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def _der_integer(data: bytes, at: int):
    """(number, end) of a minimal positive INTEGER, or None."""
    if at + 2 > len(data) or data[at] != 2:
        return None
    length = data[at + 1]
    body = data[at + 2 : at + 2 + length]
    if length == 0 or length > 127 or len(body) != length or body[0] & 0x80:
        return None
    if length > 1 and body[0] == 0 and not body[1] & 0x80:
        return None
    return int.from_bytes(body, "big"), at + 2 + length


def _der_signature(data: bytes):
    if len(data) < 2 or data[0] != 0x30 or data[1] > 127 or data[1] != len(data) - 2:
        return None
    r = _der_integer(data, 2)
    s = _der_integer(data, r[1]) if r else None
    return (r[0], s[0]) if s and s[1] == len(data) else None


def _verify_ecdsa(key: PublicKey, message: bytes, signature: bytes) -> bool:
    numbers = _der_signature(signature)
    if numbers is None or not all(1 <= number < key.curve.order for number in numbers):
        return False
    native = _native(key.curve.name, key.point)
    for digest in key.curve.digests:
        try:
            native.verify(signature, message, ec.ECDSA(digest()))
            return True
        except InvalidSignature:
            continue
    return False


@lru_cache(maxsize=4096)
def _native(name: str, point: bytes):
    curve = next(one for one in CURVES if one.name == name)
    return ec.EllipticCurvePublicKey.from_encoded_point(curve.native, point)
