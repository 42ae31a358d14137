import { sha256 } from '#sha256';
import { formatHex } from '../core/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../core/encoding/utf8.ts';
import { type Fault, fail, ok, type Result } from '../core/fault.ts';
import { EVIDENCE_BYTES_MAX } from '../core/limits.ts';
import { findUnexpected } from './find-unexpected.ts';
import { type KnownProgram, knownPrograms } from './known-programs.ts';
import { EVIDENCE_OPEN, PROGRAM_OPEN, SCRIPT_CLOSE, staysInBlock } from './page.ts';
import { renderReport } from './render-report.ts';

/** Everything around the evidence: head, style and program. The program of a release has a tenth of it. */
const FRAME_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Scripts that are named; the first one too many already says that the page is none of ours. */
const SCRIPTS_MAX = 16;

/** A report taken apart. Only `evidence` may be relied on, and only once it was verified. */
export type ReportFile = {
  /** The exact bytes of the evidence block. */
  readonly evidence: Uint8Array;
  /** SHA-256 of the program's text, 64 hex digits. */
  readonly programSha256: string;
  /** Whether that is the one program of the file, and one that a known version puts into its reports. */
  readonly programKnown: boolean;
  /** The version that the known program belongs to. */
  readonly programVersion?: string;
  /**
   * Reasons not to believe what the page itself shows; empty for a report exactly as this version writes it.
   * `report/unknown-program` (with the SHA-256), `report/unexpected-content` (with its line), `report/different-frame`.
   */
  readonly warnings: readonly Fault[];
};

/**
 * The evidence of a custody report, and what else the file holds. Nothing of the file is run, and nothing but the
 * evidence block is read as a claim: a page may show whatever its program and its style want it to show.
 *
 * Faults: `report/malformed` (not UTF-8, over the bound, a block without end, no program), `report/no-evidence`,
 * `report/several-evidence-blocks`. Source: docs/spec/report.md section 3.
 */
export function readReport(bytes: Uint8Array, known: readonly KnownProgram[] = knownPrograms()): Result<ReportFile> {
  if (bytes.length > EVIDENCE_BYTES_MAX + FRAME_CHARACTERS_MAX) return malformed('The file is too large for a report.');
  const decoded = decodeUtf8(bytes);
  if (!decoded.ok) return fail('report/malformed', 'A report is UTF-8.', undefined, decoded.fault);
  const cut = cutEvidence(decoded.value);
  if (!cut.ok) return cut;
  const { evidence, before, after } = cut.value;
  if (before.length + after.length > FRAME_CHARACTERS_MAX) return malformed('Too much stands around the evidence.');
  const scripts = [...findScripts(before, 1), ...findScripts(after, 1 + countLines(before))];
  const [program] = scripts;
  if (program === undefined) return malformed('The page has no program.');
  const version = known.find(({ sha256: hash }) => hash === program.sha256)?.version;
  const programKnown = scripts.length === 1 && program.open === PROGRAM_OPEN && version !== undefined;
  const evidenceBytes = encodeUtf8(evidence);
  const warnings = [
    ...scripts.filter((script) => !programKnown || script !== program).map(unknownProgram),
    ...findUnexpected(blankScripts(before, scripts), 1),
    ...findUnexpected(blankScripts(after, scripts), 1 + countLines(before)),
    ...(isOwnFrame(decoded.value, evidenceBytes, program.text) ? [] : [DIFFERENT_FRAME]),
  ];
  return ok({
    evidence: evidenceBytes,
    programSha256: program.sha256,
    programKnown,
    ...(programKnown && version !== undefined ? { programVersion: version } : {}),
    warnings,
  });
}

/** Whether a file looks like a page rather than JSON: its first character that is not white space opens a tag. */
export function isPage(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  return first === 0x3c;
}

type Script = { readonly open: string; readonly text: string; readonly sha256: string; readonly line: number };

const DIFFERENT_FRAME: Fault = {
  code: 'report/different-frame',
  message: 'Head, style or text around the evidence are not those that this version writes.',
};

function malformed(message: string): Result<never> {
  return fail('report/malformed', message);
}

/** The evidence is the text after its opening tag up to the next "<", which it cannot hold itself. */
function cutEvidence(
  text: string,
): Result<{ readonly evidence: string; readonly before: string; readonly after: string }> {
  const start = text.indexOf(EVIDENCE_OPEN);
  if (start < 0) return fail('report/no-evidence', 'The file holds no evidence block of Waybill.');
  if (text.includes(EVIDENCE_OPEN, start + 1)) {
    return fail('report/several-evidence-blocks', 'The file holds more than one evidence block.');
  }
  const from = start + EVIDENCE_OPEN.length;
  const to = text.indexOf('<', from);
  if (to < 0 || !text.startsWith(SCRIPT_CLOSE, to)) return malformed('The evidence block does not end.');
  return ok({
    evidence: text.slice(from, to),
    before: text.slice(0, start),
    after: text.slice(to + SCRIPT_CLOSE.length),
  });
}

/** No tag of a script that we write holds "<"; one that does is found as an unexpected element. */
const SCRIPT = /<script\b[^<>]*>([\s\S]*?)(?:<\/script\b[^<>]*>|$)/gi;

function findScripts(text: string, firstLine: number): readonly Script[] {
  const scripts: Script[] = [];
  for (const match of text.matchAll(SCRIPT)) {
    const content = match[1] ?? '';
    const open = match[0].slice(0, match[0].indexOf('>') + 1);
    const line = firstLine + countLines(text.slice(0, match.index));
    scripts.push({ open, text: content, sha256: formatHex(sha256(encodeUtf8(content))), line });
    if (scripts.length >= SCRIPTS_MAX) break;
  }
  return scripts;
}

/** Known programs may hold anything; they and unknown ones are named by their hash, so their text is not searched. */
function blankScripts(text: string, scripts: readonly Script[]): string {
  return scripts.length === 0 ? text : text.replaceAll(SCRIPT, (script) => script.replaceAll(/[^\n]/g, ' '));
}

function unknownProgram(script: Script): Fault {
  return {
    code: 'report/unknown-program',
    message: `The file holds a program that no known release contains: SHA-256 ${script.sha256}.`,
    at: `line ${script.line}`,
  };
}

/** A report is a function of evidence and program, so that "nothing else is in it" can be seen by writing it again. */
function isOwnFrame(text: string, evidence: Uint8Array, program: string): boolean {
  return staysInBlock(program) && text === renderReport(evidence, program);
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
