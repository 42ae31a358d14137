"""A refusal: bytes that are not what they must be, with a stable code of docs/spec/faults.md."""


class Fault(Exception):
    """Raised by every reader of this package and caught by the entry point; never a traceback."""

    def __init__(self, code: str, at: str = ""):
        super().__init__(code)
        self.code = code
        self.at = at


def recast(code: str, read, *arguments):
    """Result of `read`, with any fault of the `encoding/` area turned into `code` (docs/spec name one for each form)."""
    try:
        return read(*arguments)
    except Fault as fault:
        if fault.code.startswith("encoding/"):
            raise Fault(code, fault.code) from None
        raise
