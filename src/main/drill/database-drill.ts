import { join } from 'node:path';
import { formatEvidence } from '../../core/custody/evidence.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import { openService } from '../../service/open-service.ts';
import { shadowEvidence } from '../../tamper/shadow-ledger.ts';
import type { Superuser } from '../../tamper/superuser.ts';
import type { Replica } from '../open-replica.ts';
import { type LedgerCopy, withLedgerCopy } from '../scratch/ledger-copy.ts';
import { auditCodes, codesOf, rememberedBy } from '../scratch/observers.ts';
import { type CarriedFile, type Drill, type Played, type Sighting, sightings } from './drill.ts';
import { verifyFile } from './outsider.ts';
import { signAttestation } from './pipeline.ts';
import { placed, type Scene, shadowOf } from './scene.ts';

export type DatabaseAttack = {
  readonly id: string;
  readonly sentence: string;
  readonly expected: Drill['expected'];
  /** What somebody whom the database obeys does; says it in words. */
  readonly tamper: (superuser: Superuser, scene: Scene) => Promise<string>;
  /** What the ledger needs beforehand, through a service; everything is good afterwards. */
  readonly prepare?: (running: Replica, scene: Scene) => Promise<void>;
  /** What else is asked of the service that was running all the time. */
  readonly ask?: (running: Replica, scene: Scene) => Promise<readonly string[]>;
  readonly unmoved?: Drill['unmoved'];
  /** The code of a file that the attacker makes of his database, under a checkpoint that the log did sign. */
  readonly carries?: string;
};

/**
 * An attack on the database of a running service. Everybody looks before and after: the service that runs, at a question
 * and at its next append; a service that starts; an audit; whoever kept one receipt; and an outsider with the evidence
 * that the service gives. Where it gives none any more, with what the attacker himself can make of his database.
 */
export function databaseDrill(attack: DatabaseAttack): Drill {
  const { id, sentence, expected, unmoved, carries } = attack;
  return {
    id,
    sentence,
    expected,
    ...(unmoved === undefined ? {} : { unmoved }),
    ...(carries === undefined ? {} : { carries }),
    play: (scene, attacked) => withLedgerCopy(scene.original, (copy) => watch(attack, scene, copy, attacked)),
  };
}

async function watch(attack: DatabaseAttack, scene: Scene, copy: LedgerCopy, attacked: boolean): Promise<Played> {
  const running = await copy.open();
  try {
    await attack.prepare?.(running, scene);
    const control = [...(await look(scene, copy, running)).noticed, ...(await asked(attack, scene, running))];
    const said = attacked ? await copy.asSuperuser((superuser) => attack.tamper(superuser, scene)) : 'nothing was done';
    const { noticed, evidence } = await look(scene, copy, running);
    const after = [...(await asked(attack, scene, running)), ...(await lookFurther(scene, copy, running))];
    const carried =
      attack.carries === undefined ? undefined : await carry(scene, evidence ?? (await forged(scene, copy)));
    const told = carried === undefined ? [] : carried.noticed;
    return {
      said,
      control,
      noticed: distinct([...after, ...noticed, ...told]),
      ...(carried === undefined ? {} : { carried: carried.file }),
    };
  } finally {
    await running.close();
  }
}

/** What can be seen without changing anything. */
async function look(
  scene: Scene,
  copy: LedgerCopy,
  running: Replica,
): Promise<{ readonly noticed: readonly Sighting[]; readonly evidence?: Uint8Array }> {
  const { origin } = scene;
  const anchor = await openAnchorFile(join(copy.stateFolder, 'anchor.json')).read();
  invariant(anchor !== undefined, 'a service that ran has left an anchor');
  const own = { origin, anchor, authenticator: scene.keys.headAuthenticator };
  const known = rememberedBy(lastReceipt(scene), scene.logVkey);
  const audits = [own, { origin }, { origin, anchor: known }];
  const [audit = [], alone = [], remembered = []] = await auditCodes(copy.ownerUrl, audits);
  let evidence: Uint8Array | undefined;
  const refused = await codesOf(async () => {
    const read = await openService(running.context).readEvidence(scene.callers.admin, scene.image);
    if (read.ok) evidence = read.value;
    return read.ok ? [] : [read.fault.code];
  });
  const told = evidence === undefined ? undefined : await verifyFile(scene, { kind: 'evidence', bytes: evidence });
  const failed = told === undefined || told.verdict === 'pass' ? [] : [told.code ?? `verdict ${told.verdict}`];
  const noticed = [
    ...sightings('service', refused),
    ...sightings('cli', failed),
    ...sightings('audit', audit),
    // What anybody sees in the database is no merit of the receipt.
    ...sightings(
      'receipt',
      remembered.filter((code) => !alone.includes(code)),
    ),
  ];
  return { noticed, ...(evidence === undefined ? {} : { evidence }) };
}

/** What is seen by those who would go on: a service that starts and lets somebody in, and the one that runs, at its
 * next append. */
async function lookFurther(scene: Scene, copy: LedgerCopy, running: Replica): Promise<readonly Sighting[]> {
  const started = await codesOf(async () => {
    const fresh = await copy.open();
    try {
      // It has proved nobody's grant yet, so that it must do so now.
      const caller = await openService(fresh.context).authenticate(scene.tokens.pipeline);
      return caller.ok ? [] : [caller.fault.code];
    } finally {
      await fresh.close();
    }
  });
  const appended = await codesOf(async () => {
    const next = { ...scene.image, stage: 'scan', note: 'afterwards' };
    const body = signAttestation(scene.pipeline, next);
    const answer = await openService(running.context).submitAttestation(scene.callers.pipeline, {
      ...placed(next),
      body,
    });
    return answer.ok ? [] : [answer.fault.code];
  });
  return sightings('service', [...started, ...appended]);
}

async function asked(attack: DatabaseAttack, scene: Scene, running: Replica): Promise<readonly Sighting[]> {
  const { ask } = attack;
  return ask === undefined ? [] : sightings('service', await codesOf(() => ask(running, scene)));
}

async function carry(scene: Scene, bytes: Uint8Array) {
  const file: CarriedFile = { kind: 'evidence', bytes };
  const { verdict, code } = await verifyFile(scene, file);
  return { file, noticed: verdict === 'pass' || code === undefined ? [] : sightings('cli', [code]) };
}

/**
 * Evidence as the attacker makes it of his database: everything fits together, under the newest checkpoint that the log
 * signed for no more entries than he has.
 */
async function forged(scene: Scene, copy: LedgerCopy): Promise<Uint8Array> {
  const shadow = await shadowOf(copy.ownerUrl);
  const size = Math.max(...[...scene.checkpoints.keys()].filter((each) => each <= shadow.leaves.length));
  const checkpoint = scene.checkpoints.get(size);
  invariant(checkpoint !== undefined, 'somebody has kept a checkpoint of a ledger that was served');
  const { digest: subject, repository } = scene.image;
  const under = { checkpoint, logKey: scene.logVkey, size };
  return encodeUtf8(formatEvidence(shadowEvidence(shadow, { subject, repository }, under)));
}

function lastReceipt(scene: Scene) {
  const receipt = [...scene.receipts.values()].at(-1);
  invariant(receipt !== undefined, 'the pipeline has kept its receipts');
  return receipt;
}

function distinct(all: readonly Sighting[]): readonly Sighting[] {
  return [...new Map(all.map((each) => [`${each.by} ${each.code}`, each])).values()];
}
