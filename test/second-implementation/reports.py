"""Custody reports as files, by docs/spec/report.md section 3. Nothing of a page is run."""

import base64
import hashlib
from html.parser import HTMLParser

from evidence import BYTES_MAX
from faults import Fault
from strict_json import decode_utf8

FRAME_BYTES_MAX = 8 * 2**20
_EVIDENCE_TAG = b'<script type="application/json" id="waybill-evidence">'
_PROGRAM_TAG = '<script type="module" id="waybill-program">'

# Elements of a report, with the attributes that each may have.
_ELEMENTS = {
    "html": ("lang",),
    "head": (),
    "meta": ("charset", "http-equiv", "name", "content"),
    "title": (),
    "style": (),
    "body": (),
    "main": ("id",),
    "header": ("class",),
    "section": ("class",),
    "p": ("class",),
    "h1": (),
    "noscript": (),
    "code": (),
    "script": ("type", "id"),
}
_WARNINGS_MAX = 20


class _Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.programs, self.unexpected = [], []
        self._program = None

    def _note(self, what: str):
        self.unexpected.append((self.getpos()[0], what))

    def handle_starttag(self, tag, attrs):
        allowed = _ELEMENTS.get(tag)
        if allowed is None:
            self._note("element " + tag)
        for name, _ in attrs:
            if allowed is not None and name not in allowed:
                self._note("attribute " + name)
        if tag == "script":
            self._program = [self.get_starttag_text(), ""]
            self.programs.append(self._program)

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        if self._program is not None:
            self._program[1] += data

    def handle_endtag(self, tag):
        if tag == "script":
            self._program = None

    def handle_comment(self, data):
        self._note("comment")

    handle_pi = handle_comment
    unknown_decl = handle_comment


class Report:
    """`evidence` bytes, `programs` SHA-256 of each, `warnings` [{code, line?, sha256?}]."""

    def __init__(self, evidence: bytes, programs: list, warnings: list):
        self.evidence, self.programs, self.warnings = evidence, programs, warnings


def read_report(data: bytes, known_programs=()) -> Report:
    if len(data) > BYTES_MAX + FRAME_BYTES_MAX:
        raise Fault("report/malformed")
    try:
        decode_utf8(data)
    except Fault:
        raise Fault("report/malformed") from None
    count = data.count(_EVIDENCE_TAG)
    if count != 1:
        raise Fault("report/several-evidence-blocks" if count else "report/no-evidence")
    before, _, rest = data.partition(_EVIDENCE_TAG)
    end = rest.find(b"<")
    if end < 0 or not rest[end:].startswith(b"</script>"):
        raise Fault("report/malformed")
    evidence, after = rest[:end], rest[end + len(b"</script>") :]
    first_line = before.count(b"\n") + evidence.count(b"\n")
    programs, warnings = [], []
    for part, lines in ((before, 0), (after, first_line)):
        page = _Page()
        page.feed(part.decode())
        page.close()
        programs += page.programs
        for line, what in page.unexpected[:_WARNINGS_MAX]:
            warnings.append({"code": "report/unexpected-content", "line": line + lines, "what": what})
    if not programs:
        raise Fault("report/malformed")
    hashes = [hashlib.sha256(text.encode()).hexdigest() for _, text in programs]
    known = len(programs) == 1 and programs[0][0] == _PROGRAM_TAG and hashes[0] in known_programs
    if not known:
        warnings = [{"code": "report/unknown-program", "sha256": one} for one in hashes] + warnings
    elif not _policy_names(before, programs[0][1]):
        warnings.append({"code": "report/different-frame"})
    return Report(evidence, hashes, warnings)


def _policy_names(before: bytes, program: str) -> bool:
    """Whether the page's policy names its program by hash."""
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest())
    return b"default-src 'none'" in before and b"sha256-" + digest in before
