import type { Fault, Result } from '../../../core/fault.ts';
import { VERIFY_PROGRAM } from '../program.ts';
import type { Asked, JudgeAnswers, JudgeQuestion, Told } from './judged.ts';

/** The one address that may become a worker's program; the page's policy allows no other text to become one. */
type ScriptUrls = { readonly createScriptURL: (url: string) => string };
type TrustedTypes = { readonly createPolicy: (name: string, rules: ScriptUrls) => ScriptUrls };

let worker: Worker | undefined;
let asked = 0;
const waiting = new Map<number, (result: Result<unknown>) => void>();

/** Fetches and starts the program that verifies, once. */
export function startJudge(): Worker {
  if (worker !== undefined) return worker;
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('waybill-worker', { createScriptURL: () => VERIFY_PROGRAM });
  worker = new Worker(policy?.createScriptURL('') ?? VERIFY_PROGRAM);
  worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    waiting.get(data.id)?.(data.ok ? { ok: true, value: data.value } : data);
    waiting.delete(data.id);
  });
  worker.addEventListener('error', () => {
    // Whatever stopped it, nobody gets a verdict from it.
    const fault: Fault = { code: 'verification/worker-lost', message: 'The program that verifies could not run here.' };
    for (const tell of waiting.values()) tell({ ok: false, fault });
    waiting.clear();
  });
  return worker;
}

/** Asks the program that verifies; its faults are those of core. */
export function judge<K extends JudgeQuestion['kind']>(
  question: Extract<JudgeQuestion, { readonly kind: K }>,
): Promise<Result<JudgeAnswers[K]>> {
  const id = ++asked;
  const answered = new Promise<Result<unknown>>((resolve) => waiting.set(id, resolve));
  startJudge().postMessage({ ...question, id } satisfies Asked);
  return answered as Promise<Result<JudgeAnswers[K]>>;
}
