import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** The largest page that is gone through has about a hundred stops. */
const STOPS_MAX = 200;
const SCROLLED_MS_MAX = 3_000;

/** What has the focus, as a screen reader names it, and how that is seen. */
type Focused = { readonly name: string; readonly seen: boolean; readonly how: string };

/** Runs in the page. */
function readFocused(): Focused {
  const at = document.activeElement;
  // The heading of a page that was just shown has the focus, and is no stop.
  const isStop = at instanceof HTMLElement && at !== document.body && at.tabIndex >= 0;
  if (!isStop) return { name: '', seen: true, how: '' };
  const label = at.id === '' ? null : document.querySelector(`label[for="${at.id}"]`);
  const around = at.closest('label')?.textContent;
  const name = [at.getAttribute('aria-label'), label?.textContent ?? around, at.textContent].join(' ');
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const { top, bottom, left, right, width, height } = at.getBoundingClientRect();
  const isThere = width > 0 && height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  return {
    name: name.trim(),
    seen: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && isThere,
    how: `${outlineWidth} ${outlineStyle}, ${Math.round(width)} by ${Math.round(height)} at ${Math.round(left)}, ${Math.round(top)}`,
  };
}

/** Goes on with Tab to what has that name, as somebody without a mouse does; every stop on the way shows its focus. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await page.keyboard.press('Tab');
    const { name: found, seen } = await page.evaluate(readFocused);
    // From the last stop Tab leads out of the page, and then to the first one.
    if (!seen) await isSeen(page, found);
    if (name.test(found)) return;
    passed.push(found.slice(0, 40));
  }
  throw new Error(`no way to ${name} by Tab: ${[...new Set(passed)].join(' | ')}`);
}

/** The same, and presses it. */
export async function press(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** The same with what leads to another page, until that one has its title and the focus is there. */
export async function follow(page: Page, name: RegExp, title: string): Promise<void> {
  await press(page, name);
  await page.waitForSelector(`h1:focus:has-text("${title}")`);
}

/** The same, and writes into it. */
export async function write(page: Page, name: RegExp, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

/** Signs in where a page asks for it; the field has the focus. */
export async function signInByKeyboard(page: Page, token: string): Promise<void> {
  await page.waitForSelector('#token:focus');
  await page.keyboard.type(token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('header.top');
}

/** The page scrolls to what has the focus only when it draws itself again. */
async function isSeen(page: Page, name: string): Promise<void> {
  const until = Date.now() + SCROLLED_MS_MAX;
  for (;;) {
    const { seen, how } = await page.evaluate(readFocused);
    if (seen) return;
    assert(Date.now() < until, `${name.slice(0, 80)} shows that it has the focus: ${how}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}
