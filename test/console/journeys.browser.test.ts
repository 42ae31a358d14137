import { it } from 'node:test';
import { administratorsJourney } from './administrators-journey.ts';
import { auditorJourney } from './auditor-journey.ts';
import { BROWSER_TEST, withConsole } from './console-under-test.ts';
import { releaseManagerJourney } from './release-manager-journey.ts';

it('everybody does what they came for from end to end, by keyboard alone', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    let released = '';
    await t.test('release managers: from an image that may not ship to its release, and to the next one', async () => {
      released = await releaseManagerJourney(under);
    });
    await t.test('an auditor: proofs, a report and a period that are checked without the service', () =>
      auditorJourney(under, released),
    );
    await t.test('administrators: what one proposes has an effect once another saw what it changes, and agreed', () =>
      administratorsJourney(under),
    );
  }),
);
