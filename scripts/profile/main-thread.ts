/** A node of the profile that V8 gives: a function, as often as it stands on different stacks. */
type ProfileNode = {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
};
export type CpuProfile = {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

const SAMPLING_INTERVAL_US = 200;

/** Profiles the main thread of a process that was started with `--inspect` while `work` is done. */
export async function profileMainThread(inspector: string, work: () => Promise<void>): Promise<CpuProfile> {
  const socket = new WebSocket(inspector);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  let id = 0;
  const call = (method: string, params: object = {}): Promise<unknown> => {
    id += 1;
    const asked = id;
    const answer = new Promise<unknown>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as { readonly id?: number; readonly result?: unknown };
        if (message.id === asked) resolve(message.result);
      });
    });
    socket.send(JSON.stringify({ id: asked, method, params }));
    return answer;
  };
  await call('Profiler.enable');
  await call('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await call('Profiler.start');
  await work();
  const { profile } = (await call('Profiler.stop')) as { readonly profile: CpuProfile };
  socket.close();
  return profile;
}

/**
 * Shares of the time that JavaScript ran, by who had it done: the group of the innermost frame that is not Node's own or
 * the engine's. What stands under no such frame is Node's: reading requests, timers, promises.
 */
export function shareByGroup({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const groups = new Map<number, string | undefined>();
  for (const { id } of nodes) {
    let group: string | undefined;
    for (let at: number | undefined = id; at !== undefined && group === undefined; at = parents.get(at))
      group = groupOf(byId.get(at));
    groups.set(id, group ?? 'Node: HTTP parser, streams, timers, promises');
  }
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = byId.get(id)?.callFrame.functionName;
    // Idle, or in the kernel and the engine outside of JavaScript, a wait for a busy processor included.
    if (name === '(idle)' || name === '(program)') continue;
    const group = groups.get(id) ?? '';
    const time = timeDeltas[index] ?? 0;
    times.set(group, (times.get(group) ?? 0) + time);
    total += time;
  }
  return new Map([...times].sort((a, b) => b[1] - a[1]).map(([group, time]) => [group, time / total]));
}

/** A time in which the main thread was never idle, with its samples. */
export type BusyStretch = {
  readonly ms: number;
  readonly samples: readonly { readonly id: number; readonly us: number }[];
};

/** All of them, in order. Waiting for a busy processor is not told from work. */
export function busyStretches({ nodes, samples, timeDeltas }: CpuProfile): readonly BusyStretch[] {
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id));
  const stretches: { ms: number; samples: { id: number; us: number }[] }[] = [];
  let open: (typeof stretches)[number] | undefined;
  for (const [index, id] of samples.entries()) {
    if (idle.has(id)) {
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { ms: 0, samples: [] };
      stretches.push(open);
    }
    const us = timeDeltas[index] ?? 0;
    open.ms += us / 1000;
    open.samples.push({ id, us });
  }
  return stretches;
}

/** The `most` functions in which the time was spent itself, with their shares. */
export function sharesByFrame({ nodes, samples, timeDeltas }: CpuProfile, most: number): readonly [string, number][] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    if (name.startsWith('(idle)') || name.startsWith('(program)')) continue;
    const time = timeDeltas[index] ?? 0;
    times.set(name, (times.get(name) ?? 0) + time);
    total += time;
  }
  const sorted = [...times].sort((a, b) => b[1] - a[1]).slice(0, most);
  return sorted.map(([name, time]) => [name, time / total]);
}

function nameOf({ functionName, url }: ProfileNode['callFrame']): string {
  return `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}`;
}

function groupOf(node: ProfileNode | undefined): string | undefined {
  const { functionName = '', url = '' } = node?.callFrame ?? {};
  if (functionName === '(garbage collector)') return 'garbage collector';
  const [, dependency] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (dependency !== undefined) return GROUPS_OF_PACKAGES[dependency] ?? dependency;
  const [, folder, inner] = /\/src\/([^/]+)\/([^/]+)\//.exec(url) ?? /\/src\/([^/]+)\//.exec(url) ?? [];
  return folder === undefined ? undefined : `src/${folder}${folder === 'core' ? `/${inner}` : ''}`;
}

const GROUPS_OF_PACKAGES: Readonly<Record<string, string>> = {
  router: 'express',
  pino: 'pino, the log',
  'sonic-boom': 'pino, the log',
  pg: 'pg, the driver',
  'pg-pool': 'pg, the driver',
  'pg-protocol': 'pg, the driver',
  'pg-types': 'pg, the driver',
};
