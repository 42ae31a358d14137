import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/**
 * One round trip to Postgres: what a client sends up to the message that asks for an answer (Query or Sync), and all
 * that the server says until it is ready again. Several may be under way on one connection.
 */
export type RoundTrip = {
  /** Over all connections of the proxy, from 0, in the order of their beginning. */
  readonly index: number;
  /** The server's process on the other side. */
  readonly backend: number;
  /** Whether the server has executed it: first asked before it is sent, then before its answer is handed on. */
  readonly executed: boolean;
  /** What the server says it did, such as `INSERT 0 3` and `COMMIT`; empty before it is executed. */
  readonly tags: readonly string[];
};

/** What becomes of a round trip: it goes on, the connection is cut, or it is cut after half of the bytes. */
export type Fate = 'pass' | 'cut' | 'half';

/** Decides on each round trip, twice. Until it has decided the round trip stands still. */
export type Decide = (trip: RoundTrip) => Fate | Promise<Fate>;

export type RoundTripProxy = {
  /** The same database and role, through this proxy. */
  readonly url: string;
  /** From now on counts from 0 and asks `decide`; without it everything passes. */
  watch(decide?: Decide): void;
  /** Round trips since `watch`. */
  count(): number;
  /** Connections that were cut since `watch`. */
  cuts(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

type Message = { readonly type: string; readonly bytes: Buffer };

/** Opens a way to the Postgres server of `url` that knows where one round trip ends and the next begins. */
export async function openRoundTripProxy(url: string): Promise<RoundTripProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const state = { decide: undefined as Decide | undefined, count: 0, cuts: 0 };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connectTo(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    relay(client, upstream, state);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  through.searchParams.delete('host');
  return {
    url: through.href,
    watch: (decide) => {
      state.decide = decide;
      state.count = 0;
      state.cuts = 0;
    },
    count: () => state.count,
    cuts: () => state.cuts,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

type State = { decide: Decide | undefined; count: number; cuts: number };

function relay(client: Socket, upstream: Socket, state: State): void {
  let backend = 0;
  let started = false;
  /** Of the round trips that were sent, those whose answer is not there yet. */
  const underWay: number[] = [];
  let unsent: Buffer[] = [];
  let unanswered: Message[] = [];
  // Each direction in its own order, however long a decision takes.
  let sending: Promise<void> = Promise.resolve();
  let answering: Promise<void> = Promise.resolve();
  // After a cut nothing more is handed on: half a message is followed by the end, never by another one.
  let isCut = false;
  const close = () => {
    isCut = true;
    client.destroy();
    upstream.destroy();
  };
  const pass = async (trip: RoundTrip, bytes: Buffer, to: Socket) => {
    if (isCut) return;
    const fate = (await state.decide?.(trip)) ?? 'pass';
    if (isCut) return;
    if (fate !== 'pass') state.cuts += 1;
    if (fate === 'cut') return close();
    if (fate === 'half') {
      isCut = true;
      return void to.write(bytes.subarray(0, bytes.length >> 1), close);
    }
    to.write(bytes);
  };
  const takeClient = messageReader(true, ({ type, bytes }) => {
    if (type === '' || type === 'p' || type === 'X') {
      sending = sending.then(() => void upstream.write(bytes));
      return;
    }
    unsent.push(bytes);
    if (type === 'H') {
      const partial = Buffer.concat(unsent);
      unsent = [];
      sending = sending.then(() => void upstream.write(partial));
    }
    if (type !== 'Q' && type !== 'S') return;
    const whole = Buffer.concat(unsent);
    unsent = [];
    sending = sending.then(() => {
      const index = state.count;
      state.count += 1;
      underWay.push(index);
      return pass({ index, backend, executed: false, tags: [] }, whole, upstream);
    });
  });
  const takeServer = messageReader(false, (message) => {
    if (message.type === 'K') backend = message.bytes.readInt32BE(5);
    if (!started || underWay.length === 0) {
      answering = answering.then(() => void (isCut || client.write(message.bytes)));
      if (message.type === 'Z') started = true;
      return;
    }
    unanswered.push(message);
    if (message.type !== 'Z') return;
    const answer = unanswered;
    unanswered = [];
    const index = underWay.shift() ?? 0;
    const trip = { index, backend, executed: true, tags: answer.filter(({ type }) => type === 'C').map(commandTag) };
    answering = answering.then(() => pass(trip, Buffer.concat(answer.map(({ bytes }) => bytes)), client));
  });
  client.on('data', takeClient);
  upstream.on('data', takeServer);
  // What the server said last, such as why it ends the connection, is handed on before the end is.
  upstream.on('end', () => {
    const rest = Buffer.concat(unanswered.map(({ bytes }) => bytes));
    answering = answering.then(() => void (isCut || client.end(rest, close)));
  });
  client.on('end', () => {
    sending = sending.then(() => void upstream.end());
  });
  upstream.on('close', () => void answering.then(() => client.end(close)));
  client.on('close', () => upstream.destroy());
}

/** Cuts a stream into messages: a type of one byte and a length; a client's first has no type. */
function messageReader(isClient: boolean, take: (message: Message) => void): (bytes: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let untyped = isClient;
  return (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (;;) {
      const head = untyped ? 0 : 1;
      if (pending.length < head + 4) return;
      const length = head + pending.readInt32BE(head);
      if (pending.length < length) return;
      const message = pending.subarray(0, length);
      pending = pending.subarray(length);
      take({ type: untyped ? '' : String.fromCharCode(message[0] ?? 0), bytes: message });
      untyped = false;
    }
  };
}

function commandTag({ bytes }: Message): string {
  return bytes.subarray(5, -1).toString('latin1');
}

/** A host that is a path is the folder of a Unix socket. */
function connectTo(target: URL): Socket {
  const host = target.searchParams.get('host') ?? decodeURIComponent(target.hostname);
  const port = target.port === '' ? '5432' : target.port;
  return host.startsWith('/')
    ? createConnection(join(host, `.s.PGSQL.${port}`))
    : createConnection({ host, port: Number(port) });
}
