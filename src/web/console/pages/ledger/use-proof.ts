import type { Result } from '../../../../core/fault.ts';
import { type Answered, useAsked } from '../../api/use-answer.ts';
import { useTrust } from '../../trust/trust.tsx';

/**
 * A proof of the service, checked by the program in this browser: `read` fetches it and has it checked under what the reader
 * trusts. What the service says when it has none is a problem; what does not hold is an answer.
 */
export function useProof<T>(
  key: string | undefined,
  read: (trust: string | undefined, signal: AbortSignal) => Promise<Result<T>>,
): Answered<Result<T>> {
  const { text } = useTrust();
  return useAsked(key === undefined ? undefined : `${key} ${text ?? ''}`, false, (signal) => read(text, signal));
}
