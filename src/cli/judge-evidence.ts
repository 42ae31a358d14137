import { formatVkey, type NoteKey } from '../core/checkpoint/signed-note.ts';
import type { Check } from '../core/custody/check.ts';
import { type Evidence, parseEvidence, type Question } from '../core/custody/evidence.ts';
import { parseTrustFile, type TrustFile } from '../core/custody/trust-file.ts';
import { type CustodyResult, verifyCustody } from '../core/custody/verify-custody.ts';
import type { LogOpened, Predecessor } from '../core/entry/kinds/log-opened.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { readLocalFile } from './local-file.ts';
import type { KeySource, LogKeys } from './log-watch.ts';
import { stop, stopOf } from './stop.ts';

/** What the judgement rests on: `none` means that nobody said whose log it is. */
export type TrustSource = KeySource | 'none';
export type Judgement = {
  readonly result: CustodyResult;
  readonly trustSource: TrustSource;
  readonly exit: ExitCode;
  /** The log that this one took the place of, as its first entry says; only where the evidence holds. No verdict rests on it. */
  readonly predecessor?: Predecessor;
};

const TRUST_BYTES_MAX = 1024 * 1024;
/** Checks of the log and of the evidence itself: where one does not hold, the rest says nothing. */
const INTEGRITY = /^(?:origin$|checkpoint\/|asof\/|log\/|entry\/|commit\/|list\/|payload\/|(?:dual-)?control\/)/;

/** Whether the check is one of those: what the log and the evidence are, and not what is found about an image. */
export function isOfIntegrity({ code }: Check): boolean {
  return INTEGRITY.test(code);
}

/** Evidence from its bytes; what does not read is no evidence (exit 12). */
export function readEvidence(bytes: Uint8Array, about: string): Evidence {
  const evidence = parseEvidence(bytes);
  if (evidence.ok) return evidence.value;
  throw stopOf(EXIT.integrity, evidence.fault, `${about} is no evidence that can be checked`);
}

/** Runs every check on this machine; whatever the sender said of the outcome is not looked at. */
export function judgeEvidence(
  evidence: Evidence,
  question: Question,
  trust: { readonly file?: TrustFile; readonly source: TrustSource },
  evaluatedAt: string,
  environment?: string,
): Judgement {
  const verified = verifyCustody({
    evidence,
    question,
    evaluatedAt,
    ...(environment === undefined ? {} : { environment }),
    ...(trust.file === undefined ? {} : { trust: trust.file }),
  });
  // A key that the reader did not bring pins nothing, even where this machine has met it before.
  const assurances = { ...verified.assurances, pinned: verified.assurances.pinned && trust.source === 'given' };
  const result = { ...verified, assurances };
  const predecessor = result.intact ? predecessorIn(evidence) : undefined;
  return {
    result,
    trustSource: trust.source,
    exit: exitOf(result, trust.source),
    ...(predecessor === undefined ? {} : { predecessor }),
  };
}

function predecessorIn(evidence: Evidence): Predecessor | undefined {
  const first = evidence.entries.find(({ entry }) => entry.seq === 0)?.entry;
  return first?.kind === 'log.opened' ? (first.body as LogOpened).predecessor : undefined;
}

/** The trust file that the user names. */
export function readTrustFile(path: string): TrustFile {
  const trust = parseTrustFile(readLocalFile(path, TRUST_BYTES_MAX));
  if (trust.ok) return trust.value;
  throw stopOf(EXIT.input, trust.fault, `${path} is no trust file`);
}

/**
 * A trust file that says no more than "these log keys": those of the log that the evidence is from, or, where none is,
 * the first one, so that the evidence fails as that of another log.
 */
export function trustOfKeys(keys: Pick<LogKeys, 'keys'>, evidence: Evidence): TrustFile | undefined {
  return trustOfCheckpoint(keys, evidence.checkpoint);
}

/** The same for whatever stands under that checkpoint. */
export function trustOfCheckpoint({ keys }: Pick<LogKeys, 'keys'>, checkpoint: string): TrustFile | undefined {
  const origin = checkpoint.split('\n', 1)[0];
  const named = keys.filter(({ name }) => name === origin);
  const chosen = named.length > 0 ? named : keys.slice(0, 1);
  const [first] = chosen;
  return first === undefined ? undefined : { origin: first.name, logKeys: chosen.map(trusted), pins: [] };
}

/** The instant of `--at` in the spelling of the ledger, or now. */
export function evaluationTime(text: string | undefined, now: Date): string {
  if (text === undefined) return now.toISOString();
  const at = new Date(text);
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.+(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/.test(text) && !Number.isNaN(at.getTime())) {
    return at.toISOString();
  }
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no time: give 2026-01-31, or 2026-01-31T12:00:00Z.`);
}

function trusted(key: NoteKey): TrustFile['logKeys'][number] {
  return { vkey: formatVkey(key.name, key.type, key.publicKey), key };
}

function exitOf(result: CustodyResult, source: TrustSource): ExitCode {
  const broken = result.checks.some((check) => check.outcome === 'fail' && isOfIntegrity(check));
  if (source === 'none' || source === 'first-use' || broken) return EXIT.integrity;
  if (result.verdict === 'fail') return EXIT.fail;
  return result.verdict === 'unjudged' ? EXIT.unjudged : EXIT.ok;
}
