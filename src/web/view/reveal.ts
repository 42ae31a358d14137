/**
 * Lets links within the page lead to what they name, folded or not, without touching the address, which may carry the
 * reader's log key. The target takes the focus, so that the keyboard goes on from there.
 */
export function followLinks(within: HTMLElement, signal: AbortSignal): void {
  within.addEventListener(
    'click',
    (event) => {
      if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const address = event.target.closest('a[href^="#"]')?.getAttribute('href');
      const target = address == null ? null : document.getElementById(address.slice(1));
      if (target === null) return;
      event.preventDefault();
      reveal(target);
    },
    { signal },
  );
}

function reveal(target: HTMLElement): void {
  for (let outer: HTMLElement | null = target; outer !== null; outer = outer.parentElement) {
    outer.hidden = false;
    if (outer instanceof HTMLDetailsElement) outer.open = true;
  }
  const focused = target.querySelector<HTMLElement>('h2[tabindex], summary') ?? target;
  target.scrollIntoView({ block: 'start' });
  focused.focus({ preventScroll: true });
}
