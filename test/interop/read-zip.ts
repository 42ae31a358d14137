import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** Files of a ZIP archive by name. Without encryption, several disks or ZIP64, which archives of Go modules do not use. */
export function readZip(archive: Buffer): ReadonlyMap<string, Uint8Array> {
  const end = archive.lastIndexOf(littleEndian(END));
  if (end < 0) throw new Error('no ZIP archive');
  const files = new Map<string, Uint8Array>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== ENTRY) throw new Error('the directory of the ZIP archive is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const nameEnd = at + 46 + (nameLength ?? 0);
    files.set(archive.toString('utf8', at + 46, nameEnd), contentAt(archive, at));
    at = nameEnd + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return files;
}

function contentAt(archive: Buffer, entry: number): Uint8Array {
  const method = archive.readUInt16LE(entry + 10);
  const header = archive.readUInt32LE(entry + 42);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const bytes = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  if (method === STORED) return bytes;
  if (method === DEFLATED) return inflateRawSync(bytes);
  throw new Error(`a file of the ZIP archive is packed by method ${method}`);
}

function littleEndian(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}
