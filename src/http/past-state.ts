import type { View } from '../core/custody/as-of.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { PastState } from '../service/service.ts';

/** The past state of a body: by size or by time, as the schema holds; as known then where no view is named. */
export function pastStateOf({
  size,
  time = '',
  view = 'then',
}: {
  readonly size?: number;
  readonly time?: string;
  readonly view?: View;
}): PastState {
  return size === undefined ? { time, view } : { size, view };
}

/** The past state of an address, undefined where there is none. Fault: `http/malformed-parameter` for a view of nothing. */
export function readPastState({
  asOf,
  view,
}: {
  readonly asOf?: string;
  readonly view?: View;
}): Result<{ readonly asOf?: PastState }> {
  if (asOf === undefined)
    return view === undefined
      ? ok({})
      : fail('http/malformed-parameter', 'A view is one of a past state.', 'query/view');
  const state = asOf.includes('T') ? { time: asOf } : { size: Number(asOf) };
  return ok({ asOf: pastStateOf({ ...state, ...(view === undefined ? {} : { view }) }) });
}
