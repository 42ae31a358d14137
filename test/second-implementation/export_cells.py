"""How cells stand in CSV and JSON: docs/spec/export.md section 4. A cell is a text, an integer, or None."""

import hashlib

from strict_json import canonical

_COULD_RUN = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n", "'")
_WHITE = " \t\n\v\f\r\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
CSV_BEGINNING = b"\xef\xbb\xbf"


def _csv_cell(cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    if cell.startswith(_COULD_RUN):
        cell = "'" + cell
    if any(one in cell for one in '",;\t\r\n') or cell != cell.strip(_WHITE):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def csv_record(cells) -> bytes:
    return (",".join(_csv_cell(one) for one in cells) + "\r\n").encode()


class TableFile:
    """One form of a table as it grows. What is kept of it is its size and SHA-256, by which the file that lies there is compared."""

    def __init__(self, form: str, columns: tuple):
        self.form, self.columns = form, columns
        self._hash, self.size, self.rows = hashlib.sha256(), 0, 0
        if form == "csv":
            self._write(CSV_BEGINNING + csv_record(columns))
        else:
            self._write(b"[")

    def _write(self, data: bytes):
        self._hash.update(data)
        self.size += len(data)

    def add(self, cells: tuple):
        if self.form == "csv":
            self._write(csv_record(cells))
        else:
            there = {name: cell for name, cell in zip(self.columns, cells) if cell is not None}
            self._write((b",\n" if self.rows else b"\n") + canonical(there))
        self.rows += 1

    def end(self) -> tuple:
        """(size, SHA-256 in hex) of the whole file."""
        if self.form == "json":
            self._write(b"\n]\n")
        return self.size, self._hash.hexdigest()
