"""Members of other tools' documents, by docs/spec/facts.md section 2: null, and where a text is read an empty one, read as absent."""

from faults import Fault
from members import utf16_length

TEXT_MAX = 1_024


def malformed() -> Fault:
    return Fault("facts/malformed-document")


def _member(value: dict, name: str, kind):
    found = value.get(name)
    if found is None or (kind is str and found == ""):
        return None
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        raise malformed()
    return found


def text(value: dict, name: str, most: int = TEXT_MAX):
    """The text, None where it is absent."""
    found = _member(value, name, str)
    if found is not None and utf16_length(found) > most:
        raise Fault("facts/text-too-long")
    return found


def needed_text(value: dict, name: str) -> str:
    found = text(value, name)
    if found is None:
        raise malformed()
    return found


def licence_text(value: dict, name: str):
    """A licence, which section 4 bounds."""
    return _member(value, name, str)


def object_of(value: dict, name: str):
    return _member(value, name, dict)


def array_of(value: dict, name: str):
    return _member(value, name, list)


def objects_of(value: dict, name: str) -> list:
    """Elements of an array of objects, none where it is absent. Null is an object in which everything is absent."""
    found = [{} if one is None else one for one in array_of(value, name) or []]
    if not all(isinstance(one, dict) for one in found):
        raise malformed()
    return found


def compared(value: dict, name: str):
    """What is only compared with texts: anything else than a text is None, which equals none."""
    found = value.get(name)
    return found if isinstance(found, str) else None
