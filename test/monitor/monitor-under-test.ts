import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClient } from '../../src/client/client.ts';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { NOTE_COSIGNATURE } from '../../src/core/checkpoint/note-key.ts';
import { formatVkey, type NoteKey, type NoteSigner, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { openLogSource } from '../../src/main/monitor/log-source.ts';
import { Monitor, type MonitorOptions } from '../../src/main/monitor/monitor.ts';
import type { Round } from '../../src/main/monitor/round.ts';
import { openStateFolder } from '../../src/main/monitor/state-folder.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import type { Submission } from '../../src/service/ports.ts';
import { sealPayload } from '../../src/service/seal-payload.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { IMAGE } from '../harness/grown-ledger.ts';

/** A signer of notes with a new key. */
export function newSigner(name: string, type: number): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
  return { vkey: formatVkey(name, type, raw), sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)) };
}

export function keyOf(vkey: string): NoteKey {
  const key = parseVkey(vkey);
  assert(key.ok);
  return key.value;
}

/** A monitor's folder, and what one round of a new process on it finds. */
export function openFolder(logVkey: string) {
  const path = mkdtempSync(join(tmpdir(), 'waybill-monitor-'));
  const cosigner = newSigner('monitor.example', NOTE_COSIGNATURE);
  const keys = [keyOf(logVkey), keyOf(cosigner.vkey)];
  const withMonitor = async <T>(
    url: string,
    use: (monitor: Monitor) => T | Promise<T>,
    options: Partial<MonitorOptions> = {},
  ): Promise<T> => {
    const folder = await openStateFolder(path);
    const client = openClient({ url, userAgent: 'test', patience: { attempts: 1, timeoutMs: 5_000 } });
    try {
      const source = openLogSource(client);
      return await use(
        new Monitor({
          source,
          folder,
          keys: [keyOf(logVkey)],
          cosigner,
          ageSecondsMax: 3_600,
          waitSecondsMax: 300,
          now: () => new Date(),
          ...options,
        }),
      );
    } finally {
      folder.close();
    }
  };
  return {
    path,
    withMonitor,
    /** One round of a process that then ends in order. */
    round: (url: string, options?: Partial<MonitorOptions>): Promise<Round> =>
      withMonitor(
        url,
        async (monitor) => {
          const round = await monitor.round();
          monitor.save();
          return round;
        },
        options,
      ),
    /** Size and time of the newest checkpoint that the monitor vouched for, opened with both keys. */
    vouched: (): { readonly size: number; readonly timeSeconds: number } | undefined => {
      if (!existsSync(join(path, 'checkpoint'))) return undefined;
      const opened = openCheckpoint(readFileSync(join(path, 'checkpoint')), keys);
      assert(opened.ok);
      const [cosigned] = opened.value.cosigned;
      assert(cosigned !== undefined);
      return { size: opened.value.checkpoint.size, timeSeconds: cosigned.timeSeconds };
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Grows the ledger of a service to at least `size` entries, many in each batch; gives the exact entries. */
export async function growEntries(context: ServiceContext, size: number): Promise<readonly Uint8Array[]> {
  const { frontier } = await context.store.head();
  await Promise.all(
    Array.from({ length: Math.max(0, size - frontier.size) }, (_, index) =>
      context.sequencer.sequence(submissionOf(frontier.size + index)),
    ),
  );
  const grown = (await context.store.head()).frontier.size;
  return (await context.store.entryRange(0, grown)).map(({ bytes }) => bytes);
}

export function submissionOf(number: number): Submission {
  const sealed = sealPayload(encodeUtf8(`{"n":${number}}`), 'application/json', (bytes) =>
    new Uint8Array(bytes).fill(number),
  );
  return {
    identity: submissionIdentity('test', [String(number)]),
    proposal: {
      kind: 'attestation.recorded',
      principal: 'bootstrap-admin',
      repository: 'shop/api',
      stage: 'bulk',
      signer: '0'.repeat(64),
      assurance: 'service',
      payload: sealed.reference,
      body: { form: 'envelope', subjects: [number % 3 === 0 ? `sha256:${String(number).padStart(64, '0')}` : IMAGE] },
    },
    payload: sealed.stored,
    restsOn: [],
  };
}
