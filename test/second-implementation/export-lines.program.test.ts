import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRAFTS, FROM, HONEST, LOG, lineOf, SIZE, TO } from '../export/every-kind.ts';
import { bySeq, edit, exportLines, linkLog, noteOf, shown, VKEY } from '../export/export-under-test.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { askSecond, base64, type SecondAnswer, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

type Case = readonly [name: string, lines: readonly string[]];

/** What both find, which is the same; the code of a fault, or what is shown. */
async function foundByBoth(cases: readonly Case[]): Promise<readonly string[]> {
  const answers = await askSecond(
    cases.map(([, lines]) => ({ bytes: base64(Buffer.from(lines.join(''))), kind: 'export', logKeys: [VKEY] })),
  );
  return cases.map(([name, lines], index) => {
    const own = shown(lines);
    const expected = typeof own === 'string' ? own : said(own);
    assert.deepEqual(saidBySecond(answers[index]), expected, name);
    return typeof expected === 'string' ? expected : 'whole';
  });
}

function said({ seqs: { from, to }, ended, counts, absent }: Exclude<ReturnType<typeof shown>, string>) {
  const seqs = Array.from({ length: to - from }, (_, place) => from + place);
  return { seqs, ended, counts: { ...counts }, absent: { ...absent, seqs: [...absent.seqs] } };
}

function saidBySecond(answer: SecondAnswer | undefined) {
  const { fault, seqs, ended, counts, absent } = answer ?? assert.fail();
  return fault?.code ?? { seqs, ended, counts, absent };
}

test('two implementations find the same entries in every export, wherever it begins and ends', { skip }, async () => {
  const time = (from: string, to: string) => ({ by: 'time', from, to }) as const;
  const minute = (seq: number) => `2026-03-01T12:${String(seq).padStart(2, '0')}:00.000Z`;
  const cases: Case[] = [];
  for (let from = 0; from < SIZE; from += 3) {
    for (let to = from + 1; to <= SIZE; to += 1) {
      cases.push([`seqs ${from} to ${to}`, exportLines(LOG, { period: bySeq(from, to), from, to })]);
      cases.push([`times ${from} to ${to}`, exportLines(LOG, { period: time(minute(from), minute(to)), from, to })]);
    }
    cases.push([`none at ${from}`, exportLines(LOG, { period: bySeq(from, from + 1), from, to: from })]);
    cases.push([`open from ${from}`, exportLines(LOG, { period: bySeq(from, SIZE + 1), from, to: SIZE })]);
  }
  const found = await foundByBoth(cases);
  assert(found.filter((one) => one === 'whole').length > 100);
});

test('an entry of whatever kind that is withheld, changed, moved, or relinked without, both refuse', {
  skip,
}, async () => {
  const cases: Case[] = [];
  const kinds = new Set<string>();
  for (let seq = FROM; seq < TO; seq += 1) {
    const [draft, kind] = [DRAFTS[seq] ?? assert.fail(), DRAFTS[seq]?.proposal.kind ?? ''];
    kinds.add(kind);
    const [line, next] = [HONEST[lineOf(seq)] ?? '', HONEST[lineOf(seq) + 1] ?? ''];
    const fewer = edit(HONEST[0], (head) => Object.assign(head.seqs as object, { to: TO - 1 }));
    cases.push([`${kind} withheld`, HONEST.with(0, fewer).toSpliced(lineOf(seq), 1)]);
    cases.push([`${kind} moved`, HONEST.toSpliced(lineOf(seq), 2, next, line)]);
    cases.push([`${kind} shown twice`, HONEST.toSpliced(lineOf(seq), 0, line)]);
    const principal = edit(line, ({ entry }) => Object.assign(entry as object, { principal: 'mallory' }));
    cases.push([`${kind} changed`, HONEST.with(lineOf(seq), principal)]);
    const forged = linkLog(DRAFTS.with(seq, { ...draft, proposal: { ...draft.proposal, principal: 'mallory' } }));
    cases.push([
      `${kind} changed, and all after it relinked`,
      exportLines(forged, { period: bySeq(FROM, TO), from: FROM, to: TO, note: noteOf(LOG) }),
    ]);
    const without = linkLog(DRAFTS.toSpliced(seq, 1));
    for (const note of [noteOf(LOG), noteOf(LOG, SIZE - 1), noteOf(without, SIZE - 1, 'thief')])
      cases.push([
        `${kind} withheld, and all after it relinked`,
        exportLines(without, { period: bySeq(FROM, TO - 1), from: FROM, to: TO - 1, note }),
      ]);
  }
  const found = await foundByBoth(cases);
  assert.equal(found.indexOf('whole'), -1, cases[found.indexOf('whole')]?.[0]);
  assert(kinds.size > 24, `${kinds.size} kinds`);
});

test('two implementations refuse the same parts of the first and of the last line', { skip }, async () => {
  const last = HONEST.length - 1;
  const [head, end, row] = [0, last, HONEST.findIndex((line) => line.startsWith('{"document"'))];
  const cases: Case[] = [];
  for (const place of [head, end, row]) {
    const members = Object.keys(JSON.parse(HONEST[place] ?? '') as object);
    for (const name of members) {
      for (const value of [undefined, null, 0, '', [], {}, 'x', ['x'], { from: 0, to: 1 }, { bytes: '', salt: '' }]) {
        const changed = edit(HONEST[place], (line) => {
          if (value === undefined) delete line[name];
          else line[name] = value;
        });
        cases.push([`${place} ${name} ${JSON.stringify(value)}`, HONEST.with(place, changed)]);
      }
    }
    cases.push([
      `${place} more`,
      HONEST.with(
        place,
        edit(HONEST[place], (line) => Object.assign(line, { more: 1 })),
      ),
    ]);
    cases.push([`${place} spelled otherwise`, HONEST.with(place, (HONEST[place] ?? '').replace('{', '{ '))]);
    cases.push([`${place} empty`, HONEST.with(place, '\n')]);
  }
  for (const seqs of [{ from: FROM - 1 }, { from: FROM + 1 }, { to: TO - 1 }, { to: TO + 1 }, { to: 1 }, { to: -1 }])
    for (const member of ['seqs', 'period'])
      cases.push([
        `${member} ${JSON.stringify(seqs)}`,
        HONEST.with(
          0,
          edit(HONEST[0], (line) => Object.assign(line[member] as object, seqs)),
        ),
      ]);
  for (let length = 1; length < HONEST.length; length += 1) cases.push([`cut at ${length}`, HONEST.slice(0, length)]);
  const found = await foundByBoth(cases);
  const codes = new Set(found);
  for (const code of ['export/malformed', 'export/counts-differ', 'export/not-ended', 'period/neighbour-missing'])
    assert(codes.has(code), code);
});

test('two implementations say the same of an export in which one bit was flipped', { skip }, async () => {
  const text = HONEST.join('');
  const random = seededRandom(43);
  const cases = Array.from({ length: 600 }, (_, index): Case => {
    const bytes = Buffer.from(text, 'latin1');
    const place = Math.floor(random() * bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(random() * 7));
    return [`bit ${index} at ${place}`, bytes.toString('latin1').split(/(?<=\n)/)];
  });
  const found = await foundByBoth(cases);
  assert(found.filter((one) => one !== 'whole').length > 590, 'nearly every bit counts');
});
