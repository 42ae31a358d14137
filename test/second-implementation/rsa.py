"""RSA keys and signatures by docs/spec/crypto.md sections 1 and 3, in plain integers."""

import hashlib
from functools import lru_cache
from math import isqrt

from faults import Fault

EXPONENT = 65537
_MODULUS_BYTES = range(256, 513)
_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
_EXPONENT_DER = bytes.fromhex("0203010001")
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_CLOSE_FACTORS_TRIED = 100


def _primes_below(end: int) -> list:
    return [n for n in range(2, end) if all(n % d for d in range(2, isqrt(n) + 1))]


_PRIMES = _primes_below(4096)
_FINGERPRINT_PRIMES = [p for p in _PRIMES if 2 < p <= 167]


def _sequence(body_length: int) -> bytes:
    return b"\x30\x82" + body_length.to_bytes(2, "big")


def modulus_of(spki: bytes):
    """Modulus of a SubjectPublicKeyInfo of the one form that is read, None for any other bytes."""
    k = len(spki) - 38
    if k not in _MODULUS_BYTES:
        return None
    before = _sequence(k + 34) + _ALGORITHM + b"\x03\x82" + (k + 15).to_bytes(2, "big") + b"\x00" + _sequence(k + 10)
    before += b"\x02\x82" + (k + 1).to_bytes(2, "big") + b"\x00"
    modulus = spki[len(before) : len(before) + k]
    if spki != before + modulus + _EXPONENT_DER or not modulus[0] & 0x80:
        return None
    return int.from_bytes(modulus, "big")


def _is_square(number: int) -> bool:
    return number >= 0 and isqrt(number) ** 2 == number


def _powers(prime: int) -> set:
    found, power = set(), 1
    while power not in found:
        found.add(power)
        power = power * EXPONENT % prime
    return found


_FINGERPRINT = [(prime, _powers(prime)) for prime in _FINGERPRINT_PRIMES]


@lru_cache(maxsize=1024)
def check_modulus(modulus: int):
    """Nothing, or the fault of a modulus that is known to be weak."""
    root = isqrt(modulus)
    weak = (
        any(modulus % prime == 0 for prime in _PRIMES)
        or all(modulus % prime in powers for prime, powers in _FINGERPRINT)
        or _is_square(modulus)
        or any(_is_square(a * a - modulus) for a in range(root + 1, root + 1 + _CLOSE_FACTORS_TRIED))
    )
    if weak:
        raise Fault("crypto/weak-key")


def verify(modulus: int, message: bytes, signature: bytes) -> bool:
    k = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != k or number >= modulus:
        return False
    end = b"\x00" + _DIGEST_INFO + hashlib.sha256(message).digest()
    expected = b"\x00\x01" + b"\xff" * (k - 2 - len(end)) + end
    return pow(number, EXPONENT, modulus).to_bytes(k, "big") == expected
