import { exportPeriod } from '../../api/period.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { partsInTime } from '../parts-in-time.ts';
import { readPeriodBounds } from '../period-bounds.ts';
import { savedAs } from '../reply.ts';
import { READING_TIMES } from '../slow-readers.ts';

/** How long one answer goes on: the token that it was asked with may be revoked meanwhile. What is left is asked for again. */
const ANSWER_SECONDS_MAX = 300;
/** What is reckoned for an answer, however long the export is: the time that it may take follows from it. */
const BYTES_RECKONED = ANSWER_SECONDS_MAX * READING_TIMES.bytesPerSecondMin;

export const exportPeriodRoute = bindRoute(exportPeriod, async ({ caller, query }, { service }) => {
  const period = readPeriodBounds(query);
  if (!period.ok) return period;
  const { size, after } = query;
  const lines = await service.exportPeriod(caller, {
    period: period.value,
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(after === undefined ? {} : { after: Number(after) }),
  });
  if (!lines.ok) return lines;
  const parts = partsInTime(lines.value, ANSWER_SECONDS_MAX * 1000);
  const body = { parts, bytesExpected: BYTES_RECKONED, bytesKept: 0 };
  return ok({ status: 200, mediaType: 'application/x-ndjson', body, headers: savedAs('entries.jsonl') });
});
