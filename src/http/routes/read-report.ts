import { type REPORT_FORMATS, readReport } from '../../api/images.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { readPastState } from '../past-state.ts';
import { preferredType } from '../preferred-type.ts';
import { bytesReply, savedAs } from '../reply.ts';

type Format = (typeof REPORT_FORMATS)[number];

const REPORT_POLICY =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

const MEDIA_TYPES = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8; header=present',
} as const satisfies Readonly<Record<Format, string>>;

const BY_TYPE = { 'text/html': 'html', 'application/json': 'json', 'text/csv': 'csv' } as const;

export const readReportRoute = bindRoute(readReport, async ({ caller, params, query, accept }, { service }) => {
  const { format: named, asOf: _asOf, view: _view, ...image } = query;
  const past = readPastState(query);
  if (!past.ok) return past;
  const format = named ?? BY_TYPE[preferredType(accept, ['text/html', 'application/json', 'text/csv'])];
  const report = await service.readReport(caller, { ...params, ...image, ...past.value }, format);
  if (!report.ok) return report;
  const name = `custody-${params.digest.slice('sha256:'.length, 'sha256:'.length + 12)}.${format}`;
  const headers = {
    ...savedAs(name),
    ...(named === undefined ? { vary: 'Accept' } : {}),
    // Where a browser shows the page all the same, it runs in an origin of its own and reaches nothing.
    ...(format === 'html' ? { 'content-security-policy': REPORT_POLICY } : {}),
  };
  return ok(bytesReply(report.value, MEDIA_TYPES[format], headers));
});
