import { readReport } from '../../api/images.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { readPastState } from '../past-state.ts';
import { bytesReply, savedAs } from '../reply.ts';

const REPORT_POLICY =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

export const readReportRoute = bindRoute(readReport, async ({ caller, params, query }, { service }) => {
  const { format, asOf: _asOf, view: _view, ...image } = query;
  const past = readPastState(query);
  if (!past.ok) return past;
  const report = await service.readReport(caller, { ...params, ...image, ...past.value }, format);
  if (!report.ok) return report;
  const name = `custody-${params.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  if (format === 'json') return ok(bytesReply(report.value, 'application/json', savedAs(`${name}.json`)));
  // Where a browser shows the page all the same, it runs in an origin of its own and reaches nothing.
  const headers = { ...savedAs(`${name}.html`), 'content-security-policy': REPORT_POLICY };
  return ok(bytesReply(report.value, 'text/html; charset=utf-8', headers));
});
