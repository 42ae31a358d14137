import { callText, sessionIsOver } from '../api/call.ts';

/** What this browser last heard of the ledger: its size, and whether it hears of changes at once. */
export type Ledger = { readonly size: number | undefined; readonly live: boolean };

const POLL_MS = 2_000;
const POLL_MS_MAX = 60_000;

/**
 * Tells of the ledger's size whenever it changed, as long as somebody looks at the page: by the stream of its events, or,
 * where none is to be had, by asking for the checkpoint every two seconds. Answers how to stop. What it says is a hint to
 * ask again; nothing is believed because of it.
 */
export function watchLedger(tell: (ledger: Ledger) => void): () => void {
  let stop = () => {};
  const listen = () => {
    stop();
    // A browser opens six connections to one service: a page that nobody sees keeps none of them.
    stop = document.hidden ? () => {} : follow(tell);
  };
  document.addEventListener('visibilitychange', listen);
  listen();
  return () => {
    document.removeEventListener('visibilitychange', listen);
    stop();
  };
}

/** Follows the stream, and polls once the service has refused it; a stream that broke is opened again by the browser. */
function follow(tell: (ledger: Ledger) => void): () => void {
  let stopPolling = () => {};
  const stream = new EventSource('/v1/events?after=newest');
  stream.addEventListener('open', () => {
    // What happened before it was open is in the checkpoint.
    void readSize().then((size) => tell({ size, live: size !== undefined }));
  });
  stream.addEventListener('message', ({ lastEventId }) => tell({ size: Number(lastEventId) + 1, live: true }));
  stream.addEventListener('refused', ({ data }) => {
    stream.close();
    sessionIsOver(JSON.parse(data).code);
  });
  stream.addEventListener('error', () => {
    tell({ size: undefined, live: false });
    if (stream.readyState === EventSource.CLOSED) stopPolling = poll(tell);
  });
  return () => {
    stream.close();
    stopPolling();
  };
}

function poll(tell: (ledger: Ledger) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = POLL_MS;
  const look = async () => {
    const size = await readSize();
    waitMs = size === undefined ? Math.min(waitMs * 2, POLL_MS_MAX) : POLL_MS;
    if (stopped) return;
    tell({ size, live: size !== undefined });
    timer = setTimeout(() => void look(), waitMs);
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** The size in the second line of the checkpoint; undefined while the service does not answer. */
async function readSize(): Promise<number | undefined> {
  try {
    const size = /^[^\n]+\n([0-9]+)\n/.exec(await callText('/log/checkpoint', { attended: false }))?.[1];
    return size === undefined ? undefined : Number(size);
  } catch {
    return undefined;
  }
}
