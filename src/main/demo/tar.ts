/** A file of a layer: `name` is relative, with forward slashes, at most 100 bytes or split at a slash into 155 and 100. */
export type LayerFile = { readonly name: string; readonly bytes: Uint8Array; readonly executable: boolean };

const BLOCK = 512;

/**
 * A ustar archive (POSIX.1-1988) that is the same bytes wherever and whenever it is made: files in order of their names,
 * owned by 0:0, modes 0644 and 0755, times 0, and the folders above them first.
 */
export function writeTar(files: readonly LayerFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const folders = new Set(sorted.flatMap(({ name }) => foldersOf(name)));
  const blocks: Uint8Array[] = [...folders].sort().map((folder) => header(`${folder}/`, 0, '5', 0o755));
  for (const { name, bytes, executable } of sorted) {
    blocks.push(header(name, bytes.length, '0', executable ? 0o755 : 0o644), bytes);
    blocks.push(new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return new Uint8Array(Buffer.concat(blocks));
}

function foldersOf(name: string): readonly string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

function header(name: string, size: number, type: '0' | '5', mode: number): Uint8Array {
  const { prefix, rest } = splitName(name);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'latin1');
  block.write(rest, 0, 'utf8');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345, 'utf8');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  if (Buffer.byteLength(name) <= 100) return { prefix: '', rest: name };
  const at = [...name.matchAll(/\//g)]
    .map(({ index }) => index)
    .find((index) => Buffer.byteLength(name.slice(index + 1)) <= 100 && index < name.length - 1);
  if (at === undefined || at > 155) throw new Error(`a ustar archive cannot hold the name ${name}`);
  return { prefix: name.slice(0, at), rest: name.slice(at + 1) };
}
