import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { longLedger } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import type { BuiltPrograms } from './built-programs.ts';
import { imageScenario } from './image-scenario.ts';
import { openOffline } from './offline-page.ts';
import { QUESTION, STORY_NOW, wholeStory } from './whole-story.ts';

/** When most pictures are taken, as far as they know. */
const NOW = '2026-11-23T09:30:00.000Z';

/** A picture of the guides: what is open, on what screen, with or without the log key, and which part of the page. */
type Picture = {
  readonly name: string;
  readonly of: 'honest' | 'changed' | 'story' | 'long' | 'unreadable';
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly withoutKey?: true;
  readonly scale?: number;
  /** What the picture begins with; the top of the page unless told. */
  readonly from?: string;
};

export const PICTURES: readonly Picture[] = [
  { name: 'report-desktop', of: 'honest', width: 1280, height: 1420 },
  { name: 'report-without-key', of: 'honest', width: 1280, height: 800, withoutKey: true },
  { name: 'report-dark', of: 'honest', width: 1280, height: 1420, colorScheme: 'dark' },
  { name: 'report-phone', of: 'honest', width: 390, height: 1500, scale: 2 },
  { name: 'report-changed', of: 'changed', width: 1280, height: 800 },
  { name: 'report-retired', of: 'story', width: 1280, height: 1000 },
  { name: 'report-waiver', of: 'story', width: 1280, height: 1250, from: '#waivers' },
  { name: 'report-thousand', of: 'long', width: 1280, height: 1200, from: '#timeline' },
  { name: 'report-unreadable', of: 'unreadable', width: 1280, height: 420 },
];

/** Takes the pictures into a folder and gives their paths. The same programs and fonts give the same bytes. */
export async function takePictures(
  browser: Browser,
  programs: BuiltPrograms,
  folder: string,
  pictures: readonly Picture[] = PICTURES,
): Promise<readonly string[]> {
  const scenes = new Map<Picture['of'], Scene>();
  const taken: string[] = [];
  for (const picture of pictures) {
    const scene = scenes.get(picture.of) ?? sceneOf(picture.of);
    scenes.set(picture.of, scene);
    taken.push(await take(browser, programs, folder, picture, scene));
  }
  return taken;
}

type Scene = { readonly evidence: Uint8Array; readonly vkey: string; readonly now?: string };

function sceneOf(of: Picture['of']): Scene {
  const shown = (ledger: LedgerUnderTest): Scene => ({ evidence: ledger.evidenceBytes(QUESTION), vkey: ledger.vkey });
  switch (of) {
    case 'honest':
      return shown(imageScenario());
    case 'changed':
      return shown(imageScenario({ falselySigned: 'sbom' }));
    case 'story':
      return { ...shown(wholeStory()), now: STORY_NOW };
    case 'long':
      return shown(longLedger(1_000));
    case 'unreadable':
      return { ...shown(imageScenario()), evidence: encodeUtf8('{"type":"waybill/evidence/v1"}') };
  }
}

async function take(
  browser: Browser,
  programs: BuiltPrograms,
  folder: string,
  { name, width, height, colorScheme = 'light', withoutKey, scale = 1, from }: Picture,
  { evidence, vkey, now = NOW }: Scene,
): Promise<string> {
  const file = path.join(programs.folder, 'custody.html');
  writeFileSync(file, renderReport(evidence, programs.report));
  const fragment = withoutKey === true ? '' : `#log-key=${encodeURIComponent(vkey)}`;
  await using report = await openOffline(browser, file, fragment, { width, colorScheme, scale, now });
  const { page } = report;
  await page.waitForSelector('#waybill[data-milliseconds]');
  const top = from === undefined ? 0 : ((await page.locator(from).boundingBox())?.y ?? 0);
  const target = path.join(folder, `${name}.png`);
  await page.screenshot({ path: target, fullPage: true, clip: { x: 0, y: Math.max(0, top - 24), width, height } });
  report.check();
  return target;
}
