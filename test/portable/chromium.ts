import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Headless, and silent on the network but for what a page asks for. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/**
 * A real headless browser that the caller closes, or undefined after marking the test as skipped because none is
 * installed. Where CI=true nothing may be skipped: a missing browser fails the test.
 */
export async function launchChromium(t: { skip(message: string): void }): Promise<Browser | undefined> {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: ARGUMENTS });
  const message = 'NOT CHECKED: no Chromium at the usual places';
  if (process.env.CI === 'true') throw new Error(message);
  t.skip(message);
  return undefined;
}
