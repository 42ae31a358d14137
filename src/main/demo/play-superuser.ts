import { join } from 'node:path';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import type { Receipt } from '../../core/receipt/receipt.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import type { Caller } from '../../service/caller.ts';
import { openService } from '../../service/open-service.ts';
import type { Tampering } from '../../tamper/tamperings.ts';
import type { Replica } from '../open-replica.ts';
import { type LedgerCopy, type Original, withLedgerCopy } from '../scratch/ledger-copy.ts';
import { auditCodes, codesOf, rememberedBy } from '../scratch/observers.ts';

/** Somebody who looks at the ledger, and the codes by which he notices that it is not what it was. */
export type Observation = { readonly by: string; readonly codes: readonly string[] };

/** What was done to a copy of the ledger, who noticed it, and how its image was judged there afterwards. */
export type PlayedTampering = {
  readonly id: string;
  readonly sentence: string;
  readonly done: string;
  readonly noticed: readonly Observation[];
  /** Verdict of a service on that database; absent where it refuses to serve. */
  readonly verdict?: string;
};

/** The ledger that is played with, and what is kept outside of it. */
export type Stage = Original & {
  /** What a pipeline kept; verified against the log key. */
  readonly receipt: Receipt;
  readonly caller: Caller;
  readonly image: { readonly digest: string; readonly repository: string };
};

/**
 * Plays one tampering on a copy of the database, or none at all, and asks everybody who could notice: an audit beside
 * the service, somebody who kept one receipt and has no key, a service that starts, the one that was running, and the
 * custody checks. The ledger itself is never touched.
 */
export function playTampering(stage: Stage, tampering: Tampering | undefined): Promise<PlayedTampering> {
  return withLedgerCopy(stage, (copy) => watch(stage, tampering, copy));
}

async function watch(stage: Stage, tampering: Tampering | undefined, copy: LedgerCopy): Promise<PlayedTampering> {
  const running = await copy.open();
  try {
    const done = tampering === undefined ? 'nothing was done' : await copy.asSuperuser(tampering.apply);
    const beside = await observeAudits(stage, copy.ownerUrl, running);
    const start = await codesOf(async () => {
      await (await copy.open()).close();
      return [];
    });
    const judged = start.length > 0 ? undefined : await judge(stage, running);
    const append = await codesOf(() => appendOne(stage, running));
    const noticed = [
      ...beside,
      { by: 'a service that starts', codes: start },
      { by: 'the running service, at its next append', codes: append },
      { by: 'the custody checks', codes: judged?.codes ?? [] },
    ];
    return {
      id: tampering?.id ?? 'untouched',
      sentence: tampering?.sentence ?? 'Do nothing, to see that nobody complains.',
      done,
      noticed: noticed.filter(({ codes }) => codes.length > 0),
      ...(judged === undefined ? {} : { verdict: judged.verdict }),
    };
  } finally {
    await running.close();
  }
}

async function observeAudits(stage: Stage, url: string, running: Replica): Promise<readonly Observation[]> {
  const { origin } = running.context.store;
  const anchor = await openAnchorFile(join(stage.stateFolder, 'anchor.json')).read();
  const authenticator = stage.keys.headAuthenticator;
  const own = { origin, authenticator, ...(anchor === undefined ? {} : { anchor }) };
  const known = rememberedBy(stage.receipt, running.context.logSigner.vkey);
  const audits = [own, { origin }, { origin, anchor: known }];
  const [beside = [], alone = [], remembered = []] = await auditCodes(url, audits);
  return [
    { by: 'an audit with the log key and the anchor', codes: beside },
    // What anybody sees in the database is no merit of the receipt.
    { by: 'whoever kept one receipt', codes: remembered.filter((code) => !alone.includes(code)) },
  ];
}

async function appendOne(stage: Stage, running: Replica): Promise<readonly string[]> {
  const body = encodeUtf8('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"afterwards"}},"results":[]}]}');
  const { digest, repository } = stage.image;
  const service = openService(running.context);
  const asked = { body, subject: digest, repository, stage: 'afterwards' };
  const appended = await service.submitAttestation(stage.caller, asked);
  return appended.ok ? [] : [appended.fault.code];
}

async function judge(
  stage: Stage,
  running: Replica,
): Promise<{ readonly verdict: string; readonly codes: readonly string[] }> {
  const judged = await openService(running.context).verifyCustody(stage.caller, stage.image);
  if (!judged.ok) return { verdict: 'none', codes: [judged.fault.code] };
  const { verdict, checks } = judged.value;
  const failed = checks.filter(({ outcome }) => outcome === 'fail').map(({ reason, code }) => reason ?? code);
  return { verdict, codes: [...new Set(failed)] };
}
