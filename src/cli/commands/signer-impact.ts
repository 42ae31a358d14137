import type { Command } from 'commander';
import type { ImpactItem } from '../../client/answers.ts';
import { collectPages } from '../../client/collect-pages.ts';
import type { Json } from '../../core/encoding/json.ts';
import { TIME } from '../../core/entry/names.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { plain, short, table } from '../layout-text.ts';
import { openProgress } from '../progress.ts';
import { readSignerId } from '../signer-id.ts';
import { stop } from '../stop.ts';

type ImpactOptions = ServiceOptions & { readonly since?: string };

/** What rests on a signer in one subject of one repository. */
type Resting = { readonly item: ImpactItem; readonly stages: Set<string>; last: string; saved: number; lost: number };

/** A release of an image after something that the signer signed of it; `saved` where all of that still counts. */
type RestingRelease = ImpactItem['releases'][number] & {
  readonly subject: string;
  readonly repository: string;
  saved: boolean;
};

/** `signer impact`: what a key that was compromised leaves in doubt. */
export function addImpact(signer: Command, perform: Perform): void {
  withServiceOptions(
    signer
      .command('impact')
      .summary('show what rests on a key')
      .description(
        'Shows every image and commit with signatures or attestations by a key since a time, what of them was recorded ' +
          'before its revocation takes effect, and so still counts, and what was released since on the strength of it. Of a key that is not revoked, as if it were since then. ' +
          'It is looked up and enters no verdict: "waybill verify" says what an image is worth.',
      )
      .argument('<signer>', 'signer id, or a key file')
      .option('--since <time>', 'RFC 3339 UTC with milliseconds (default: its revocation, or its registration)'),
  )
    .addHelpText('after', '\nExample:\n  waybill signer impact ci.pub --since 2026-01-02T03:04:05.678Z\n')
    .action(perform(impact));
}

async function impact(cli: Cli, options: ImpactOptions, text = ''): Promise<undefined> {
  const { since } = options;
  if (since !== undefined && !TIME.test(since)) {
    const hint = 'It looks like 2026-01-02T03:04:05.678Z.';
    throw stop(EXIT.usage, 'cli/bad-argument', `"${since}" is no time in UTC with milliseconds.`, hint);
  }
  const signer = readSignerId(cli, text);
  const { client } = cli.connect(options);
  const progress = openProgress(cli.world, 'Reading', 'entries');
  let head: { readonly [member: string]: Json } = {};
  const { items, json } = await collectPages(
    async (page) => {
      const answer = await client.impact(signer, { ...page, since });
      const { items: _items, next: _next, ...rest } = answer.json as { readonly [member: string]: Json };
      head = rest;
      return answer;
    },
    { onPage: (count) => progress.at(count, undefined) },
  );
  progress.end();
  const resting = restingOn(items);
  const saved = items.filter((item) => item.saved).length;
  const counts = { subjects: resting.length, entries: items.length, saved, lost: items.length - saved };
  const releases = releasesOn(items);
  cli.print.result({ ...head, ...counts, releases: releases as unknown as Json, items: json }, () =>
    [render(head, counts, resting), ...renderReleases(releases)].join('\n'),
  );
}

function restingOn(items: readonly ImpactItem[]): readonly Resting[] {
  const found = new Map<string, Resting>();
  for (const item of items) {
    const name = `${item.repository} ${item.subject}`;
    const resting = found.get(name) ?? { item, stages: new Set(), last: item.time, saved: 0, lost: 0 };
    resting.stages.add(item.stage ?? '(signature)');
    resting.last = item.time;
    if (item.saved) resting.saved += 1;
    else resting.lost += 1;
    found.set(name, resting);
  }
  return [...found.values()];
}

/** Every release once, the newest first. */
function releasesOn(items: readonly ImpactItem[]): readonly RestingRelease[] {
  const found = new Map<number, RestingRelease>();
  for (const { subject, repository, saved, releases } of items) {
    for (const release of releases) {
      // What rests on a commit names the image that was built from it.
      const known = found.get(release.seq) ?? {
        ...release,
        subject: release.digest ?? subject,
        repository,
        saved: true,
      };
      known.saved &&= saved;
      found.set(release.seq, known);
    }
  }
  return [...found.values()].sort((a, b) => b.seq - a.seq);
}

function renderReleases(releases: readonly RestingRelease[]): readonly string[] {
  if (releases.length === 0) return [];
  const lost = releases.filter(({ saved }) => !saved);
  const running = lost.filter(({ state }) => state === 'current').length;
  const rows = releases.map(({ subject, repository, environment, state, time, saved }) =>
    [nameOf(subject), repository, environment, state, time, saved ? 'yes' : 'no'].map(plain),
  );
  return [
    '',
    `${releases.length} releases rest on it, ${lost.length} of them on what does not count, of which ${running} are current`,
    table(['RELEASED', 'REPOSITORY', 'ENVIRONMENT', 'STATE', 'WHEN', 'COUNTS'], rows),
  ];
}

function nameOf(subject: string): string {
  return subject.startsWith('sha256:') ? `sha256:${short(subject.slice(7))}` : subject;
}

function render(
  head: { readonly [member: string]: Json },
  counts: { readonly subjects: number; readonly entries: number; readonly saved: number; readonly lost: number },
  resting: readonly Resting[],
): string {
  const { subjects, entries, saved, lost } = counts;
  const effective = plain(String(head.effective));
  const state = head.revoked === true ? `revoked from ${effective} on` : `if it were revoked from ${effective} on`;
  const followers = Array.isArray(head.signers) ? head.signers.length - 1 : 0;
  const rows = resting.map(({ item, stages, last, saved: kept, lost: gone }) =>
    [
      nameOf(item.subject),
      item.repository,
      [...stages].join(' '),
      item.time,
      last,
      gone === 0 ? 'all' : kept === 0 ? 'none' : `${kept} of ${kept + gone}`,
    ].map(plain),
  );
  return [
    `${subjects} subjects rest on it since ${plain(String(head.since))}, ${state}: of ${entries} entries ${saved} count and ${lost} do not`,
    ...(followers > 0 ? [`with ${followers} keys that it vouched for since`] : []),
    ...(rows.length === 0 ? [] : [table(['SUBJECT', 'REPOSITORY', 'STAGES', 'FIRST', 'LAST', 'COUNT'], rows)]),
  ].join('\n');
}
