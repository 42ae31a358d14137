import { parseSigstoreBundle } from '../core/dsse/sigstore-bundle.ts';
import { isJsonObject, type Json, parseJson } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import { parseSignedImage } from '../core/image/signed-image.ts';
import { tagOf } from '../core/image/tags.ts';
import type { StoredPayload } from '../service/ports.ts';
import { groupByPayloadBytes } from './payload-groups.ts';

/** Tags of signatures by the seq of their entry; undefined where one names none. */
export type SignedTags = ReadonlyMap<number, string | undefined>;

/** Tags that the signatures among these entries name, read out of their documents, some megabytes of them at a time. */
export async function readSignedTags(
  entries: readonly Entry[],
  read: (commitments: readonly string[]) => Promise<ReadonlyMap<string, StoredPayload>>,
): Promise<SignedTags> {
  const tags = new Map<number, string>();
  for (const group of groupByPayloadBytes(entries.filter(({ kind }) => kind === 'image.signed'))) {
    const payloads = await read(group.map(({ reference }) => reference.commitment));
    for (const { seq, reference } of group) {
      const payload = payloads.get(reference.commitment);
      const tag = payload === undefined ? undefined : tagOfDocument(payload.bytes);
      if (tag !== undefined) tags.set(seq, tag);
    }
  }
  return tags;
}

/** The tag that the signature in the document of a signed image names, if any. */
export function tagOfDocument(document: Uint8Array): string | undefined {
  return tagOf(annotationsOf(document));
}

/** Annotations of the statement that the document of a signed image holds; undefined where it does not read. */
function annotationsOf(document: Uint8Array): Readonly<Record<string, string>> | undefined {
  const image = parseSignedImage(document);
  const bundle = image.ok ? parseSigstoreBundle(image.value.bundle) : image;
  const statement = bundle.ok ? parseJson(bundle.value.envelope.payload) : bundle;
  const subject = statement.ok ? memberOf(memberOf(statement.value, 'subject'), '0') : undefined;
  const annotations = memberOf(subject, 'annotations');
  if (annotations === undefined || !isJsonObject(annotations)) return undefined;
  return Object.fromEntries(
    Object.entries(annotations).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(name)];
  return value !== undefined && isJsonObject(value) ? value[name] : undefined;
}
