import { verifyEd25519 } from '#ed25519';
import { equalBytes } from '../encoding/bytes.ts';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { verifyCosignature } from './cosignature.ts';
import { NOTE_COSIGNATURE, NOTE_ED25519, type NoteKey, parseVkey } from './note-key.ts';
import { formatNoteLine, isNoteText, type NoteLine, splitNote } from './note-lines.ts';

export { formatVkey, type NoteKey, parseVkey } from './note-key.ts';

/** A key that can sign notes: its public form, and a signature of 64 bytes over the text. Type 0x01 only. */
export type NoteSigner = {
  readonly vkey: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

/** A signature line that none of the reader's keys made: nothing was checked, and nothing may rest on it. */
export type UnverifiedLine = { readonly name: string; readonly keyId: Uint8Array };

/** A cosigner whose line verified, and the newest time that it vouches for. */
export type Cosigned = { readonly key: NoteKey; readonly timeSeconds: number };

/** A note that at least one of the reader's Ed25519 keys signed. */
export type OpenedNote = {
  /** The signed text, with its final newline. */
  readonly text: string;
  /** The Ed25519 keys whose lines verified, each once; at least one. */
  readonly verified: readonly NoteKey[];
  /** The cosigners whose lines verified, each once; they count for nothing but themselves. */
  readonly cosigned: readonly Cosigned[];
  readonly unverified: readonly UnverifiedLine[];
};

/**
 * The note: the text, an empty line, one signature line for each signer in the order given.
 * Text and signers are ours: a text without final newline or with control characters, no signer, or a signer of another
 * type than 0x01 is a broken invariant. Source: C2SP signed-note.
 */
export function formatNote(text: string, signers: readonly NoteSigner[]): string {
  invariant(isNoteText(text), 'the text of a note ends with a newline and has no other control character');
  invariant(signers.length > 0, 'a note has a signature');
  const message = encodeUtf8(text);
  const lines = signers.map((signer) => {
    const key = parseVkey(signer.vkey);
    invariant(key.ok && key.value.type === NOTE_ED25519, 'a note is signed by a key of type 1');
    const signature = signer.sign(message);
    invariant(signature.length === 64, 'an Ed25519 signature has 64 bytes');
    return formatNoteLine({ name: key.value.name, keyId: key.value.keyId, signature });
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * The text of a note, where at least one of the keys of type 0x01 signed it and no line of any of the keys is false.
 * Lines of unknown keys, also of one that shares only its name or only its key ID with a known key, are passed by.
 *
 * note/malformed, note/too-large, note/too-many-signatures, note/ambiguous-key, note/bad-signature,
 * note/no-known-signature. Source: C2SP signed-note; docs/spec/checkpoint.md section 3.
 */
export function openNote(note: string | Uint8Array, keys: readonly NoteKey[]): Result<OpenedNote> {
  const known = indexKeys(keys);
  if (!known.ok) return known;
  const split = splitNote(note);
  if (!split.ok) return split;
  const { text, lines } = split.value;
  const message = encodeUtf8(text);
  const verified = new Set<NoteKey>();
  const cosignedAt = new Map<NoteKey, number>();
  const unverified: UnverifiedLine[] = [];
  for (const line of lines) {
    const key = known.value.get(identityOf(line));
    if (key === undefined) {
      unverified.push({ name: line.name, keyId: line.keyId });
    } else if (key.type === NOTE_COSIGNATURE) {
      const timeSeconds = verifyCosignature(text, line.signature, key.publicKey);
      if (timeSeconds === undefined) return badSignature(line);
      // Counted once however often it stands there, with its newest time: a quorum counts cosigners, not lines.
      cosignedAt.set(key, Math.max(timeSeconds, cosignedAt.get(key) ?? 0));
    } else {
      if (!verifyEd25519(line.signature, message, key.publicKey)) return badSignature(line);
      verified.add(key);
    }
  }
  if (verified.size === 0) return fail('note/no-known-signature', 'None of the known keys signed the note.');
  const cosigned = [...cosignedAt].map(([key, timeSeconds]) => ({ key, timeSeconds }));
  return ok({ text, verified: [...verified], cosigned, unverified });
}

/** The keys by name and ID. One key given twice is one key; two keys that only share both would be confused. */
function indexKeys(keys: readonly NoteKey[]): Result<ReadonlyMap<string, NoteKey>> {
  const known = new Map<string, NoteKey>();
  for (const key of keys) {
    const identity = identityOf(key);
    const other = known.get(identity);
    if (other !== undefined && !(other.type === key.type && equalBytes(other.publicKey, key.publicKey))) {
      return fail('note/ambiguous-key', 'Two different keys have the same name and key ID.', key.name);
    }
    if (other === undefined) known.set(identity, key);
  }
  return ok(known);
}

/** No name holds a space, so that no other pair is written the same. */
function identityOf({ name, keyId }: { readonly name: string; readonly keyId: Uint8Array }): string {
  return `${formatHex(keyId)} ${name}`;
}

function badSignature(line: NoteLine): Result<never> {
  return fail('note/bad-signature', 'The signature of a known key does not verify.', line.name);
}
