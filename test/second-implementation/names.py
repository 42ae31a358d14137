"""Names, times and globs that several documents share (docs/spec/entry.md sections 2 to 4)."""

import calendar
import hashlib
import re

from faults import Fault
from members import matching

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
ORIGIN = re.compile(r"[a-z0-9][a-z0-9./_-]{0,199}")
EVALUATOR = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
LIST_KEY = re.compile(r"[a-z]+(?::[a-z0-9.:_-]{1,128})?")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
PROPOSED_LIST = re.compile(r"trust|(?:contract|principal|signer):[a-z0-9._-]{1,64}")
WAIVER = re.compile(r"w-[a-z2-7]{26}")
RULE_OR_LIMIT = re.compile(r"[a-z0-9][A-Za-z0-9._-]{0,63}")
CONTRACT_CHECK = re.compile(r"(?=.{1,64}$)contract/[a-z]+(?:-[a-z]+)*")
SUBJECT = re.compile(r"sha256:[0-9a-f]{64}|gitCommit:(?:[0-9a-f]{40}|[0-9a-f]{64})")
HASH = re.compile(r"[0-9a-f]{64}")
KIND = re.compile(r"(?=.{1,40}$)[a-z]+(?:-[a-z]+)*\.[a-z]+")
PRINTABLE = re.compile(r"[\x20-\x7e]*")
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$^_.+-]{0,126}/[a-z0-9][a-z0-9!#$^_.+-]{0,126}")

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?"
_REPOSITORY = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*")
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z")


def name(value) -> str:
    return matching(value, NAME)


def digest(value) -> str:
    return matching(value, DIGEST)


def signer_id(value) -> str:
    return matching(value, HASH)


def repository(value) -> str:
    if isinstance(value, str) and len(value) > 255:
        raise Fault("encoding/too-long")
    return matching(value, _REPOSITORY)


def glob(value) -> str:
    if isinstance(value, str) and value != "*":
        if len(value) > 255:
            raise Fault("encoding/too-long")
        repository(value[:-2] if value.endswith("/*") else value)
    elif not isinstance(value, str):
        raise Fault("encoding/wrong-type")
    return value


def glob_matches(pattern: str, repository_name: str) -> bool:
    if pattern == "*":
        return True
    if pattern.endswith("/*"):
        return repository_name.startswith(pattern[:-1])
    return pattern == repository_name


def globs_that_can_match(repository_name: str) -> list:
    places = [place for place, letter in enumerate(repository_name) if letter == "/"]
    return [repository_name] + [repository_name[:place] + "/*" for place in places] + ["*"]


def coverage_key(pattern: str) -> str:
    return "coverage:" + hashlib.sha256(pattern.encode()).hexdigest()


def glob_within(inner: str, outer: str) -> bool:
    """Whether every repository that `inner` matches is matched by `outer`."""
    return inner == outer or outer == "*" or (outer.endswith("/*") and inner.startswith(outer[:-1]))


def source_key(repository_name: str, commit: str) -> str:
    return "source:" + _hash_of(repository_name, commit)


def release_key(repository_name: str, environment: str) -> str:
    return "release:" + _hash_of(repository_name, environment)


def _hash_of(first: str, second: str) -> str:
    return hashlib.sha256(first.encode() + b"\x00" + second.encode()).hexdigest()


def time_ms(value) -> int:
    """Milliseconds since 1970 of RFC 3339 in UTC with exactly three digits of a second."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Fault("encoding/pattern-mismatch")
    year, month, day, hour, minute, second, ms = (int(group) for group in match.groups())
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        raise Fault("encoding/pattern-mismatch")
    leap = calendar.isleap(year) and month == 2
    if not 1 <= day <= calendar.mdays[month] + leap:
        raise Fault("encoding/pattern-mismatch")
    y = year - (month <= 2)
    days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1 - 719468
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms


def time_text(ms: int) -> str:
    """RFC 3339 of milliseconds since 1970; years 0 to 9999."""
    days, rest = divmod(ms, 86_400_000)
    days += 719468
    era, of_era = divmod(days, 146097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    seconds, ms_part = divmod(rest, 1000)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (
        year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, ms_part,
    )
