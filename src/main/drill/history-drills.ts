import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';
import { formatReceipt, type Receipt } from '../../core/receipt/receipt.ts';
import { openService } from '../../service/open-service.ts';
import type { Replica } from '../open-replica.ts';
import { type LedgerCopy, withLedgerCopy } from '../scratch/ledger-copy.ts';
import { codesOf } from '../scratch/observers.ts';
import { type Drill, type Played, type Sighting, sightings } from './drill.ts';
import { refusals } from './file-drill.ts';
import { openMachine, type Told } from './outsider.ts';
import { signAttestation } from './pipeline.ts';
import { placed, receiptOf, type Scene } from './scene.ts';
import { type Opened, opened } from './served-copy.ts';

/** Older and other histories of a log, shown by whoever runs its server or stands in between. */
export const HISTORY_DRILLS: readonly Drill[] = [
  {
    id: 'restored-backup',
    sentence: 'Restore the database from an older backup while the service is down, and start the service again.',
    expected: [{ by: 'service', code: 'head/behind-anchor' }],
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        await using grown = await opened(copy);
        await append(grown.replica, scene, 'after the backup');
        const control = await startCodes(copy);
        // The backup is the frozen ledger; the state folder with the anchor is the one that went on.
        const backup = { ...scene.original, stateFolder: copy.stateFolder };
        const noticed = await (attacked ? withLedgerCopy(backup, startCodes) : startCodes(copy));
        return {
          said: said(attacked, 'the database lacks its newest entry, and the anchor does not'),
          control,
          noticed,
        };
      }),
  },
  {
    id: 'restored-with-anchor',
    sentence: 'Restore database and anchor together, so that the service itself cannot know.',
    expected: [{ by: 'cli', code: 'checkpoint/rolled-back' }],
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, (copy) =>
        withLedgerCopy(scene.original, async (backup) => {
          await using grown = await opened(copy);
          await append(grown.replica, scene, 'after the backup');
          const machine = openMachine(scene, scene.tokens.admin);
          const control = complaints(await machine.verify((await grown.serve()).url));
          await using restored = await opened(backup);
          const { url } = await (attacked ? restored : grown).serve();
          return {
            said: said(attacked, 'the service starts and answers as if the newest entry had never been'),
            control,
            noticed: complaints(await machine.verify(url)),
          };
        }),
      ),
  },
  {
    id: 'replayed-answer',
    sentence: 'Stand between reader and service, and answer with what the service said before the news.',
    expected: [{ by: 'cli', code: 'checkpoint/rolled-back' }],
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        await using grown = await opened(copy);
        const { url } = await grown.serve();
        const between = openRecorder();
        const machine = openMachine(scene, scene.tokens.admin);
        const first = await machine.verify(url, between.record);
        await append(grown.replica, scene, 'the news');
        const control = [first, await machine.verify(url)].flatMap(complaints);
        const told = await machine.verify(url, attacked ? between.replay : between.record);
        return { said: said(attacked, 'the old evidence is answered again'), control, noticed: complaints(told) };
      }),
  },
  {
    id: 'exchanged-history',
    sentence: 'Let a clone with the same keys go on otherwise, and show it to a reader who knows the first one.',
    expected: [{ by: 'cli', code: 'checkpoint/forked' }],
    play: (scene, attacked) =>
      withClones(scene, async (one, other) => {
        await append(one.replica, scene, 'one history');
        await append(other.replica, scene, 'another history');
        await append(other.replica, scene, 'and on');
        const machine = openMachine(scene, scene.tokens.admin);
        const control = complaints(await machine.verify((await one.serve()).url));
        const { url } = await (attacked ? other : one).serve();
        const told = await machine.verify(url);
        return { said: said(attacked, 'the reader meets the clone'), control, noticed: complaints(told) };
      }),
  },
  {
    id: 'two-histories',
    sentence: 'Show two readers two histories: clones of service, keys and anchor take different entries.',
    expected: [{ by: 'cli', code: 'checkpoint/forked' }],
    carries: 'checkpoint/forked',
    play: (scene, attacked) =>
      withClones(scene, async (one, other) => {
        const mine = await append(one.replica, scene, 'one history');
        const theirs = await append(attacked ? other.replica : one.replica, scene, 'another history');
        const file = { kind: 'receipt', bytes: bytesOf(theirs) } as const;
        const together = { ...file, receipt: bytesOf(mine) };
        return {
          said: said(attacked, 'two readers have receipts that each hold'),
          control: [...(await refusals(scene, file)), ...(await refusals(scene, { ...file, bytes: bytesOf(mine) }))],
          noticed: await refusals(scene, together),
          carried: together,
        };
      }),
  },
  {
    id: 'withheld-newest',
    sentence: 'Withhold the newest entry of a list by SQL, and serve evidence without it after a restart.',
    expected: [{ by: 'service', code: 'database/projection-differs' }],
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        const key = `image:${scene.image.digest}`;
        await using grown = await opened(copy);
        await append(grown.replica, scene, '9 findings');
        const control = await refusals(scene, await evidenceOf(grown.replica, scene));
        if (attacked)
          await copy.asSuperuser(({ database }) =>
            database
              .deleteFrom('list_entry')
              .where('key', '=', key)
              .where('n', '=', ({ selectFrom }) =>
                selectFrom('list_entry')
                  .where('key', '=', key)
                  .select(({ fn }) => fn.max('n').as('n')),
              )
              .execute(),
          );
        // It has seen none of these lists before.
        await using restarted = await opened(copy);
        const refused = await codesOf(async () => {
          await evidenceOf(restarted.replica, scene);
          return [];
        });
        return {
          said: said(attacked, 'the list ends before the scan that failed, and the map does not'),
          control,
          noticed: sightings('service', refused),
        };
      }),
  },
];

/** Two services with the same keys, anchors and history, each on a database of its own. */
function withClones(scene: Scene, use: (one: Opened, other: Opened) => Promise<Played>): Promise<Played> {
  return withLedgerCopy(scene.original, (first) =>
    withLedgerCopy(scene.original, async (second) => {
      await using one = await opened(first);
      await using other = await opened(second);
      return await use(one, other);
    }),
  );
}

async function append(replica: Replica, scene: Scene, note: string, digest = scene.image.digest): Promise<Receipt> {
  const attested = { ...scene.image, digest, stage: 'scan', note };
  const asked = { ...placed(attested), body: signAttestation(scene.pipeline, attested) };
  return receiptOf(await openService(replica.context).submitAttestation(scene.callers.pipeline, asked));
}

async function evidenceOf(replica: Replica, scene: Scene) {
  const read = await openService(replica.context).readEvidence(scene.callers.admin, scene.image);
  invariant(read.ok, 'the service gives evidence');
  return { kind: 'evidence', bytes: read.value } as const;
}

async function startCodes(copy: LedgerCopy): Promise<readonly Sighting[]> {
  const codes = await codesOf(async () => {
    await (await copy.open()).close();
    return [];
  });
  return sightings('service', codes);
}

/** Somebody in between who keeps the answers about images, and can give them again. */
function openRecorder(): { readonly record: typeof fetch; readonly replay: typeof fetch } {
  const kept = new Map<string, Response>();
  return {
    record: async (input, init) => {
      const answer = await fetch(input, init);
      kept.set(String(input), answer.clone());
      return answer;
    },
    replay: async (input, init) => kept.get(String(input))?.clone() ?? fetch(input, init),
  };
}

function complaints({ exit, code }: Told): readonly Sighting[] {
  return exit === 0 ? [] : sightings('cli', [code ?? `exit code ${exit}`]);
}

function bytesOf(receipt: Receipt): Uint8Array {
  return encodeUtf8(formatReceipt(receipt));
}

function said(attacked: boolean, what: string): string {
  return attacked ? what : 'nothing was done';
}
