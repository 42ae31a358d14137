import type { Json } from '../../src/core/encoding/json.ts';
import { custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import { signedReportBytes } from '../report/signed-report-under-test.ts';
import { changed, type Members, type Payload } from './changed-report.ts';
import type { ReportCase } from './report-case.ts';

/** Held against evidence, and asked about environments. */
export function reportEvidenceCases(): readonly ReportCase[] {
  const ledger = custodyLedger();
  const { sign: own } = ledger.key('verdict');
  const evidence = ledger.evidenceBytes(QUESTION);
  const good = signedReportBytes(ledger);
  const of = (name: string, expected: string, change: (payload: Payload) => unknown = () => {}): ReportCase => ({
    name,
    expected,
    bytes: changed(good, own, change),
    logKey: ledger.vkey,
    against: evidence,
  });
  const stated = (name: string, expected: string, members: Members) =>
    of(name, expected, ({ report }) => Object.assign(report.result, members));
  const differs = 'report/verdict-differs';
  const bare = ({ against: _, ...rest }: ReportCase) => rest;
  const there = (name: string, expected: string, environment: string, named?: Json): ReportCase => ({
    ...bare(stated(name, expected, named === undefined ? {} : { comparison: named })),
    environment,
  });
  return [
    of('its own evidence', 'pass'),
    { ...of('its own evidence, with a line end', 'pass'), against: Buffer.concat([evidence, Buffer.from('\n')]) },
    {
      ...of('the evidence of another ledger', 'report/other-evidence'),
      against: custodyLedger({ stages: ['test'] }).evidenceBytes(QUESTION),
    },
    of('another hash', 'report/other-evidence', (payload) =>
      Object.assign(payload, { evidenceSha256: '00'.repeat(32) }),
    ),
    stated('no, where the evidence says yes', differs, { verdict: 'fail' }),
    stated('unjudged, where it says yes', differs, { verdict: 'unjudged' }),
    stated('about another repository', differs, { repository: 'shop/web' }),
    stated('about another image', differs, { subject: `sha256:${'00'.repeat(32)}` }),
    stated('about the past', differs, { asOf: { size: 2, view: 'then' } }),
    stated('for an environment', differs, { comparison: { environment: 'production' } }),
    there('asked for its environment', 'pass', 'production', { environment: 'production' }),
    there('asked for another environment', 'custody/wrong-question', 'staging', { environment: 'production' }),
    there('asked for an environment that it does not name', 'custody/wrong-question', 'production'),
    bare(stated('an environment that is none', 'report/malformed', { comparison: { environment: 'A B' } })),
    bare(stated('a comparison of nothing', 'report/malformed', { comparison: {} })),
  ];
}
