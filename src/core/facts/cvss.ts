/** Weights of the base metrics of CVSS 3. Source: CVSS 3.1 specification §7.4. */
const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
/** Privileges required weigh differently where the scope changes. */
const PRIVILEGES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
};
/** Weights of the base metrics of CVSS 2. Source: CVSS 2 guide §3.2.1. */
const WEIGHTS_2: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: { N: 0, P: 0.275, C: 0.66 },
  I: { N: 0, P: 0.275, C: 0.66 },
  A: { N: 0, P: 0.275, C: 0.66 },
};
/** Metrics of CVSS 2, in the brackets that the guide writes or without; the name of one has a small letter. */
const VECTOR_2 = /^(?:CVSS2#)?(\()?((?:[A-Z][A-Za-z]{0,2}:[A-Z]{1,3}\/)*[A-Z][A-Za-z]{0,2}:[A-Z]{1,3})(\))?$/;
const VECTOR = /^(?:CVSS:3\.[01]\/)?((?:[A-Z]{1,3}:[A-Z]\/)*[A-Z]{1,3}:[A-Z])$/;

/**
 * Base score in tenths of a vector of CVSS 3.0 or 3.1, with or without the prefix that names the version; other metrics
 * are passed over. Undefined where it is no such vector, a metric stands twice or a base metric is missing.
 * Both versions are rounded as 3.1 prescribes. Source: CVSS 3.1 specification §7.1 and appendix A.
 */
export function cvssVectorTenths(vector: string): number | undefined {
  const metrics = metricsOf(vector);
  if (metrics === undefined) return undefined;
  const scope = metrics.get('S') ?? '';
  const weight = (metric: string) => WEIGHTS[metric]?.[metrics.get(metric) ?? ''];
  const [av, ac, ui, c, i, a] = ['AV', 'AC', 'UI', 'C', 'I', 'A'].map(weight);
  const pr = PRIVILEGES[scope]?.[metrics.get('PR') ?? ''];
  if (av === undefined || ac === undefined || ui === undefined || pr === undefined) return undefined;
  if (c === undefined || i === undefined || a === undefined) return undefined;
  const iss = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = scope === 'U' ? 6.42 * iss : 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15);
  if (impact <= 0) return 0;
  const sum = impact + 8.22 * av * ac * pr * ui;
  return roundUpTenths(Math.min(scope === 'U' ? sum : 1.08 * sum, 10));
}

/**
 * Base score in tenths of a vector of CVSS 2, in brackets or without; other metrics are passed over. Undefined where it is no
 * such vector, a metric stands twice or a base metric is missing. Source: CVSS 2 guide §3.2.1.
 */
export function cvss2VectorTenths(vector: string): number | undefined {
  const [, opened, text, closed] = VECTOR_2.exec(vector) ?? [];
  const metrics = (opened === undefined) === (closed === undefined) ? splitMetrics(text) : undefined;
  if (metrics === undefined) return undefined;
  const [av, ac, au, c, i, a] = Object.keys(WEIGHTS_2).map((name) => WEIGHTS_2[name]?.[metrics.get(name) ?? '']);
  if (av === undefined || ac === undefined || au === undefined) return undefined;
  if (c === undefined || i === undefined || a === undefined) return undefined;
  const impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  if (impact === 0) return 0;
  const score = (0.6 * impact + 0.4 * (20 * av * ac * au) - 1.5) * 1.176;
  // To the nearest tenth, whatever the last bits are.
  return Math.round(Math.round(score * 100_000) / 10_000);
}

function metricsOf(vector: string): ReadonlyMap<string, string> | undefined {
  return splitMetrics(VECTOR.exec(vector)?.[1]);
}

function splitMetrics(text: string | undefined): ReadonlyMap<string, string> | undefined {
  const stated = text?.split('/');
  if (stated === undefined) return undefined;
  const metrics = new Map(stated.map((metric) => metric.split(':') as [string, string]));
  return metrics.size === stated.length ? metrics : undefined;
}

/** By multiplication: `Math.pow` need not give the same last bit everywhere. */
function power(base: number, exponent: number): number {
  let product = 1;
  for (let factor = 0; factor < exponent; factor += 1) product *= base;
  return product;
}

function roundUpTenths(score: number): number {
  const precise = Math.round(score * 100_000);
  return precise % 10_000 === 0 ? precise / 10_000 : Math.floor(precise / 10_000) + 1;
}
