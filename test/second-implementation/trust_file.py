"""What the reader brings: trust files by docs/spec/trust-file.md."""

import names
from control import read_set
from faults import Fault
from members import array, closed, from_base64_of, integer, is_integer, matching
from notes import VerifierKey
from strict_json import INTEGER_MAX, parse

AGE_MAX_SECONDS = 3_162_240_000
_CONTROL = ("controlKeys", "controlThreshold")
_UNSUPPORTED = ("witnesses", "witnessQuorum")


class TrustFile:
    """`log_keys` as (key, first size, last size); `pins` as (size, root); `control` the set that it names, or None."""

    def __init__(self, origin: str, log_keys: list, age_max_seconds=None, pins=(), monitor_keys=(), control=None):
        self.origin, self.log_keys = origin, log_keys
        self.age_max_seconds, self.pins = age_max_seconds, list(pins)
        self.monitor_keys = list(monitor_keys)
        self.control = control

    def keys(self) -> list:
        return [key for key, _, _ in self.log_keys]

    def vouching_for(self, keys: list) -> "TrustFile":
        """The same with keys that the reader's vouch for: they count for every size, but where the reader names sizes of theirs."""
        named = {key.text for key in self.keys()}
        more = [(key, 0, INTEGER_MAX) for key in keys if key.text not in named]
        return TrustFile(
            self.origin, self.log_keys + more, self.age_max_seconds, self.pins, self.monitor_keys, self.control
        )

    def counts_for(self, key, size: int) -> bool:
        return any(one.text == key.text and low <= size <= high for one, low, high in self.log_keys)


def _log_key(value, origin: str):
    closed(value, ("vkey",), ("fromSize", "toSize"))
    if not isinstance(value["vkey"], str):
        raise Fault("encoding/wrong-type")
    key = VerifierKey(value["vkey"])
    if key.type != 1 or key.name != origin:
        raise Fault("encoding/not-allowed")
    low = integer(value.get("fromSize", 0))
    high = integer(value.get("toSize", INTEGER_MAX))
    if low > high:
        raise Fault("encoding/not-allowed")
    return key, low, high


def _monitor_key(value):
    if not isinstance(value, str):
        raise Fault("encoding/wrong-type")
    key = VerifierKey(value)
    if key.type != 4:
        raise Fault("encoding/not-allowed")
    return key


def _pin(value):
    closed(value, ("size", "root"))
    return integer(value["size"], 1), from_base64_of(value["root"], 32)


def _read(data: bytes) -> TrustFile:
    optional = ("checkpointAgeMaxSeconds", "pins", "monitorKeys") + _CONTROL + _UNSUPPORTED
    value = closed(parse(data), ("type", "origin", "logKeys"), optional)
    if value["type"] != "waybill/trust/v0":
        raise Fault("encoding/not-allowed")
    for name in ("controlKeys", "witnesses"):
        if name in value and not isinstance(value[name], list):
            raise Fault("encoding/wrong-type")
    for name in ("controlThreshold", "witnessQuorum"):
        if name in value and not is_integer(value[name]):
            raise Fault("encoding/wrong-type")
    if any(value.get(name) for name in _UNSUPPORTED):
        raise Fault("custody/not-supported")
    origin = matching(value["origin"], names.ORIGIN)
    log_keys = [_log_key(one, origin) for one in array(value["logKeys"], 1, 16)]
    age = value.get("checkpointAgeMaxSeconds")
    if "checkpointAgeMaxSeconds" in value:
        integer(age, 1, AGE_MAX_SECONDS)
    monitors = []
    if "monitorKeys" in value:
        monitors = [_monitor_key(one) for one in array(value["monitorKeys"], 1, 16)]
    pins = [_pin(one) for one in array(value.get("pins", []), 0, 64)]
    control = read_set(value.get("controlKeys", []), value.get("controlThreshold", 0))
    return TrustFile(origin, log_keys, age, pins, monitors, control if control.keys else None)


def read_trust_file(data: bytes) -> TrustFile:
    try:
        return _read(data)
    except Fault as fault:
        if fault.code == "custody/not-supported":
            raise
        raise Fault("custody/malformed-trust-file") from None


def trust_of_log_key(text: str) -> TrustFile:
    """A single vkey, as the file that names it alone and its name as the origin."""
    key = VerifierKey(text)
    if key.type != 1:
        raise Fault("note/unsupported-key-type")
    return TrustFile(key.name, [(key, 0, INTEGER_MAX)])
