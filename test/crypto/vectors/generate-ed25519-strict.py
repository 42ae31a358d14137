"""Writes ed25519-strict.json: signatures on which lax, cofactored and strict verifiers part ways.

Own arithmetic after RFC 8032 section 5.1, nothing taken from the code under test. Everything is derived from fixed
strings, so a second run writes the same bytes:  python3 generate-ed25519-strict.py > ed25519-strict.json

Of each case it also says what the two textbook equations answer on their own:
  cofactorless  [S]B = R + [k]A          cofactored  [8][S]B = [8]R + [8][k]A
The strict rule of docs/spec/crypto.md accepts only the cases named good.
"""

import hashlib
import json

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
IDENTITY = (0, 1)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - t, -1, P)
    return x % P, y % P


def multiply(n, a):
    total = IDENTITY
    while n:
        if n & 1:
            total = add(total, a)
        a = add(a, a)
        n >>= 1
    return total


def root(square):
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if x * x % P == square % P else None


def lift(y, odd):
    x = root((y * y - 1) * pow(D * y * y + 1, -1, P) % P)
    if x is None:
        return None
    return (P - x if x % 2 != odd else x) % P, y % P


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


BASE = lift(4 * pow(5, -1, P) % P, 0)


def torsion_generator():
    y = 2
    while True:
        point = lift(y, 0)
        if point is not None:
            point = multiply(L, point)
            if multiply(4, point) != IDENTITY:
                return point
        y += 1


T8 = torsion_generator()
TORSION = [multiply(i, T8) for i in range(8)]


def scalar(seed):
    return int.from_bytes(hashlib.sha512(seed.encode()).digest(), "little") % L


def challenge(r, a, message):
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


CASES = []


def case(name, key, r, s, message, key_point, r_point):
    k = challenge(r, key, message)
    left, right = multiply(s, BASE), add(r_point, multiply(k, key_point))
    CASES.append({
        "name": name,
        "publicKey": key.hex(),
        "message": message.hex(),
        "signature": (r + s.to_bytes(32, "little")).hex(),
        "cofactorless": left == right,
        "cofactored": multiply(8, left) == multiply(8, right),
        "strict": name.startswith("good"),
    })


def sign(name, a, key_point, r_scalar, r_point, message, r_bytes=None, key_bytes=None, s_extra=0):
    key, r = key_bytes or encode(key_point), r_bytes or encode(r_point)
    s = (r_scalar + challenge(r, key, message) * a) % L + s_extra
    case(name, key, r, s, message, key_point, r_point)


a = scalar("waybill test key")
A = multiply(a, BASE)
r = scalar("waybill test nonce")
R = multiply(r, BASE)
M = b"custody of one image"

sign("good", a, A, r, R, M)
sign("good, empty message", a, A, r, R, b"")
for i in range(1, 8):
    sign(f"R with torsion component {i}", a, A, r, add(R, TORSION[i]), M)

for i in range(8):
    sign(f"R of small order, canonical {i}", a, A, 0, TORSION[i], M)
for y, odd, point in [(1, 1, IDENTITY), (P - 1, 1, (0, P - 1)), (P, 0, lift(0, 0)), (P, 1, lift(0, 1)),
                      (P + 1, 0, IDENTITY), (P + 1, 1, IDENTITY)]:
    sign(f"R of small order, not canonical: y={'p+' + str(y - P) if y >= P else y if y == 1 else 'p-1'} sign={odd}",
         a, A, 0, point, M, r_bytes=(y | odd << 255).to_bytes(32, "little"))

for i in range(1, 8):
    key_point = add(A, TORSION[i])
    sign(f"key with torsion component {i}", a, key_point, r, R, M)
    # A challenge that is a multiple of eight removes the component, so that even the cofactorless equation holds.
    counter = 0
    while challenge(encode(R), encode(key_point), M + bytes([counter])) % 8:
        counter += 1
    sign(f"key with torsion component {i}, challenge a multiple of 8", a, key_point, r, R, M + bytes([counter]))

for i in range(8):
    sign(f"key of small order {i}", 0, TORSION[i], r, R, M)
for y, odd, point in [(1, 1, IDENTITY), (P + 1, 0, IDENTITY), (P + 1, 1, IDENTITY)]:
    sign(f"identity key, not canonical: y={'1' if y == 1 else 'p+1'} sign={odd}", 0, point, r, R, M,
         key_bytes=(y | odd << 255).to_bytes(32, "little"))

for extra in (1, 2, 7):
    sign(f"S + {extra}L", a, A, r, R, M, s_extra=extra * L)
sign("R of another nonce", a, A, r + 1, R, M)

print(json.dumps({
    "smallOrderEncodings": sorted({encode(t).hex() for t in TORSION} | {
        (y | odd << 255).to_bytes(32, "little").hex() for y in (1, P - 1, P, P + 1) for odd in (0, 1)}),
    "cases": CASES,
}, indent=1))
