import * as nobleEcdsa from '../../src/core/crypto/ecdsa-noble.ts';
import * as nobleEd25519 from '../../src/core/crypto/ed25519-noble.ts';
import * as nobleSha256 from '../../src/core/crypto/sha256-noble.ts';
import * as nativeEcdsa from '../../src/native/ecdsa.ts';
import * as nativeEd25519 from '../../src/native/ed25519.ts';
import * as nativeSha256 from '../../src/native/sha256.ts';

/** Both backends of every heavy primitive: each test asks both and expects one answer. */
export const BACKENDS = [
  { name: 'native', ...nativeSha256, ...nativeEd25519, ...nativeEcdsa },
  { name: 'noble', ...nobleSha256, ...nobleEd25519, ...nobleEcdsa },
] as const;

/** Bytes of a hex text, by another implementation than the one under test. */
export function unhex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
