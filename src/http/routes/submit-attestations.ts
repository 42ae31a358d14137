import { submitAttestations } from '../../api/attestations.ts';
import { ok, type Result } from '../../core/fault.ts';
import type { AttestationAnswer } from '../../service/answers.ts';
import type { Caller } from '../../service/caller.ts';
import { ServiceError } from '../../service/ports.ts';
import { answersInOrder, readBatchLine, splitLines } from '../batch-lines.ts';
import { bindRoute, type Edge } from '../edge.ts';
import { problemOf } from '../problem-response.ts';
import { formatRecorded } from '../recorded-text.ts';

/** Lines of one batch that are worked on at the same time: enough to fill transactions, and no more. */
const LINES_AT_ONCE = 256;
/** What the answer to a line has, about: entry, path and checkpoint. */
const ANSWER_BYTES = 4 * 1024;

export const submitAttestationsRoute = bindRoute(
  submitAttestations,
  async ({ caller, body, requestId, noteError }, edge) => {
    const lines = splitLines(body);
    if (!lines.ok) return lines;
    const answer = async (line: Uint8Array, index: number): Promise<string> => {
      const submitted = await submitLine(edge, caller, line, noteError);
      return `${describe(edge, index + 1, submitted, requestId)}\n`;
    };
    const parts = joined(answersInOrder(lines.value, answer, LINES_AT_ONCE));
    const bytesExpected = body.length + lines.value.length * ANSWER_BYTES;
    return ok({
      status: 200,
      mediaType: 'application/x-ndjson',
      body: { parts, bytesExpected, bytesKept: bytesExpected },
    });
  },
);

/** What becomes of one line; what the service cannot do is told of this line alone. */
async function submitLine(
  edge: Edge,
  caller: Caller,
  line: Uint8Array,
  noteError: (error: unknown) => void,
): Promise<Result<AttestationAnswer>> {
  const read = readBatchLine(line);
  if (!read.ok) return read;
  try {
    return await edge.service.submitAttestation(caller, read.value);
  } catch (error) {
    if (error instanceof ServiceError) return { ok: false, fault: error.fault };
    noteError(error);
    return { ok: false, fault: { code: 'http/internal', message: 'Something failed that no code describes.' } };
  }
}

/** The line of an answer, as JSON. */
function describe(edge: Edge, line: number, submitted: Result<AttestationAnswer>, requestId: string): string {
  if (submitted.ok) {
    const { duplicate } = submitted.value;
    edge.metrics.countAppend(duplicate);
    const answer = { line, status: duplicate ? 200 : 201, ...submitted.value };
    return formatRecorded(answer);
  }
  edge.metrics.countRefusal(submitted.fault.code);
  const problem = problemOf(submitted.fault, requestId);
  return JSON.stringify({ line, status: problem.status, problem });
}

/** Lines that come together go out together. */
async function* joined(answers: AsyncIterable<readonly string[]>): AsyncGenerator<string, void, undefined> {
  for await (const lines of answers) yield lines.join('');
}
