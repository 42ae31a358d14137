import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SESSION_IDLE_SECONDS_MAX, SESSION_SECONDS_MAX, SESSIONS_OF_PRINCIPAL_MAX } from '../../src/core/limits.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { openService } from '../../src/service/open-service.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { openBrowserUnderTest } from './browser-under-test.ts';

type BrowserUnderTest = Awaited<ReturnType<typeof openBrowserUnderTest>>;

let service: ServiceUnderTest;
let browser: BrowserUnderTest;
let laterMs = 0;

before(async () => {
  service = await openServiceUnderTest();
  browser = await openBrowserUnderTest(withClock(service.context), { limits: PATIENT });
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const PATIENT = { failedLogins: { points: 1_000, durationSeconds: 60 } };

/** The service with a clock that a test can put forward. */
function withClock(context: ServiceContext): ServiceContext {
  return { ...context, now: () => new Date(Date.now() + laterMs) };
}

/** Does something as of later, and comes back. */
async function later<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  laterMs = seconds * 1000;
  try {
    return await work();
  } finally {
    laterMs = 0;
  }
}

let made = 0;
async function person(lifetimeSeconds = 86_400) {
  made += 1;
  const principal = `manager-${made}`;
  const use = openService(service.context);
  const grant = { principal, role: 'release-manager', repositories: ['shop/*'], stages: ['*'] } as const;
  assert((await use.grantPrincipal(service.admin, { ...grant, person: principal })).ok);
  const token = await use.createToken(service.admin, { principal, title: 'test', lifetimeSeconds });
  assert(token.ok);
  return { principal, token: token.value.token, tokenId: token.value.id };
}

const whoami = (cookie: string, headers: Readonly<Record<string, string>> = {}, at = browser) =>
  at.ask('GET', '/v1/whoami', { headers: { cookie, ...headers } });
const signOut = (cookie: string) =>
  browser.ask('POST', '/v1/sessions/current/end', { headers: { ...browser.ownPage, cookie } });

test('a browser signs in with a token, is told who it is, and gets a cookie that scripts and other sites cannot use', async () => {
  const { principal, token } = await person();
  const said = await browser.ask('POST', '/v1/sessions', {
    headers: { ...browser.ownPage, authorization: `Bearer ${token}` },
  });
  assert.equal(said.status, 201);
  assert.equal(said.body.principal, principal);
  assert.deepEqual(Object.keys(said.body).sort(), ['createdAt', 'expiresAt', 'id', 'principal', 'seenAt']);
  const [pair = '', ...attributes] = (said.setCookie ?? '').split('; ');
  assert.match(pair, new RegExp(`^waybill-session-${browser.port}=wbs_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$`));
  assert.deepEqual(
    attributes.map((attribute) => attribute.replace(/=.*GMT$/, '')),
    ['Path=/', 'Expires', 'HttpOnly', 'SameSite=Strict'],
  );
  const who = await whoami(pair);
  assert.deepEqual([who.status, who.body.principal, who.body.role], [200, principal, 'release-manager']);
  assert.equal((who.body.session as { id: string }).id, said.body.id);
  const listed = await browser.ask('GET', '/v1/sessions', { headers: { cookie: pair } });
  assert.deepEqual(
    (listed.body.items as { id: string }[]).map(({ id }) => id),
    [said.body.id],
  );
});

test('over TLS the cookie is __Host- and Secure, and neither kind counts in place of the other', async () => {
  const { token } = await person();
  await using behind = await openBrowserUnderTest(withClock(service.context), { trustedProxies: 1, limits: PATIENT });
  const proxy = { host: 'waybill.example', 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
  const said = await behind.ask('POST', '/v1/sessions', {
    headers: { ...behind.ownPage, ...proxy, origin: 'https://waybill.example', authorization: `Bearer ${token}` },
  });
  assert.equal(said.status, 201, said.code);
  const [pair = '', ...attributes] = (said.setCookie ?? '').split('; ');
  assert.match(pair, /^__Host-waybill-session=wbs_/);
  assert(attributes.includes('Secure') && attributes.includes('HttpOnly') && attributes.includes('Path=/'));
  assert(!attributes.some((attribute) => attribute.startsWith('Domain')));
  assert.equal((await whoami(pair, proxy, behind)).status, 200);
  assert.equal((await whoami(pair, {}, behind)).code, 'auth/token-missing', 'not in the clear');
  const local = await browser.signIn(token);
  assert.equal((await whoami(local.replace(/^.*=/, `waybill-session-${behind.port}=`), proxy, behind)).status, 401);
});

test('nobody signs in where the cookie would travel in the clear (session/insecure-transport)', async () => {
  const { token } = await person();
  const authorization = `Bearer ${token}`;
  for (const headers of [
    { host: 'waybill.example' },
    { host: `rebound.example:${browser.port}`, origin: `http://rebound.example:${browser.port}` },
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-for': '203.0.113.7' },
    { via: '1.1 proxy' },
  ]) {
    const said = await browser.ask('POST', '/v1/sessions', { headers: { ...headers, authorization } });
    assert.deepEqual([said.status, said.code], [403, 'session/insecure-transport'], JSON.stringify(headers));
    assert.equal(said.setCookie, undefined);
  }
  const cookie = await browser.signIn(token);
  const rebound = await whoami(cookie, { host: `rebound.example:${browser.port}` });
  assert.equal(rebound.code, 'auth/token-missing', 'a name that was made to lead here gets no use of the cookie');
});

test('a page of another site can neither sign in, nor read, nor write with the session (session/cross-site)', async () => {
  const { token } = await person();
  const cookie = await browser.signIn(token);
  const foreign = 'https://attacker.example';
  const authorization = `Bearer ${token}`;
  const refused = async (
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ) => {
    const said = await browser.ask(method, path, { headers, ...(body === undefined ? {} : { body }) });
    assert.deepEqual([said.status, said.code], [403, 'session/cross-site'], `${path} ${JSON.stringify(headers)}`);
  };
  // A form or an image elsewhere, should the browser send the cookie against SameSite.
  for (const site of ['cross-site', 'same-site']) {
    await refused('GET', '/v1/whoami', { cookie, 'sec-fetch-site': site });
    await refused('POST', '/v1/sessions', { authorization, 'sec-fetch-site': site, origin: foreign });
    await refused('POST', '/v1/sessions/current/end', { ...browser.ownPage, cookie, 'sec-fetch-site': site });
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: foreign };
  await refused('POST', '/v1/sessions/current/end', { cookie, ...form }, 'a=b');
  await refused('POST', '/v1/sessions/current/end', { cookie, origin: 'null', 'x-waybill-console': 'attended' });
  await refused('POST', '/v1/sessions/current/end', { cookie, 'x-waybill-console': 'attended' });
  await refused('POST', '/v1/sessions/current/end', { cookie, origin: browser.origin });
  await refused('POST', '/v1/sessions/current/end', { ...browser.ownPage, cookie, origin: 'http://127.0.0.1:1' });
  await refused('POST', '/v1/sessions/current/end', { ...browser.ownPage, cookie, 'x-waybill-console': 'yes' });
  assert.equal((await whoami(cookie)).status, 200, 'none of it ended the session');
  const preflight = await fetch(`${browser.origin}/v1/sessions/current/end`, {
    method: 'OPTIONS',
    headers: { origin: foreign, 'access-control-request-method': 'POST' },
  });
  assert.equal(preflight.headers.get('access-control-allow-origin'), null);
});

test('a cookie that was stolen is worth nothing once its user signs out (session/ended)', async () => {
  const { token } = await person();
  const cookie = await browser.signIn(token);
  const out = await signOut(cookie);
  assert.equal(out.status, 200);
  assert.match(out.setCookie ?? '', new RegExp(`^waybill-session-${browser.port}=; Path=/; Max-Age=0; HttpOnly`));
  const stolen = await whoami(cookie);
  assert.deepEqual([stolen.status, stolen.code], [401, 'session/ended']);
  assert.match(stolen.setCookie ?? '', /Max-Age=0/);
  assert.equal((await signOut(cookie)).code, 'session/ended');
});

test('a session is never one that somebody else chose: each sign-in draws its own, and ends the one before', async () => {
  const [attacker, victim] = [await person(), await person()];
  const planted = await browser.signIn(attacker.token);
  const own = await browser.signIn(victim.token, { cookie: planted });
  assert.notEqual(own, planted);
  assert.equal((await whoami(own)).body.principal, victim.principal);
  assert.equal((await whoami(planted)).code, 'session/ended');
  const [name] = own.split('=');
  const invented = `${name}=wbs_${'ab'.repeat(8)}_${'A'.repeat(43)}`;
  const signedIn = await browser.signIn(victim.token, { cookie: invented });
  assert.notEqual(signedIn, invented);
  assert.equal((await whoami(invented)).code, 'session/ended');
  const twice = await whoami(`${planted}; ${signedIn}`);
  assert.equal(twice.code, 'session/ended', 'a name that stands twice is no session');
});

test('a session lasts twelve hours at most, half an hour without its user, and never longer than its token', async () => {
  const { token } = await person();
  const cookie = await browser.signIn(token);
  const at = (seconds: number, headers = {}) => later(seconds, async () => (await whoami(cookie, headers)).code);
  assert.equal(await at(SESSION_IDLE_SECONDS_MAX - 60, { 'x-waybill-console': 'unattended' }), '');
  assert.equal(await at(SESSION_IDLE_SECONDS_MAX - 30, { accept: 'text/event-stream' }), '');
  assert.equal(await at(SESSION_IDLE_SECONDS_MAX + 1), 'session/ended', 'a page that is left open keeps nothing alive');
  for (let seconds = 0; seconds < SESSION_SECONDS_MAX; seconds += SESSION_IDLE_SECONDS_MAX - 60)
    assert.equal(await at(seconds), '', `attended after ${seconds} s`);
  assert.equal(await at(SESSION_SECONDS_MAX), 'session/ended');
  const short = await person(600);
  const brief = await browser.signIn(short.token);
  assert.equal(await later(599, async () => (await whoami(brief)).code), '');
  assert.equal(await later(600, async () => (await whoami(brief)).code), 'session/ended');
});

test('a session ends at once with its token, and with the role of its principal (auth/token-revoked, auth/principal-revoked)', async () => {
  const use = openService(service.context);
  const one = await person();
  const cookie = await browser.signIn(one.token);
  assert((await use.revokeToken(service.admin, one.tokenId)).ok);
  assert.deepEqual([(await whoami(cookie)).status, (await whoami(cookie)).code], [401, 'auth/token-revoked']);
  const two = await person();
  const second = await browser.signIn(two.token);
  assert((await use.revokePrincipal(service.admin, two.principal)).ok);
  assert.deepEqual([(await whoami(second)).status, (await whoami(second)).code], [403, 'auth/principal-revoked']);
  const grant = { principal: two.principal, role: 'auditor', repositories: ['*'], stages: ['*'] } as const;
  assert((await use.grantPrincipal(service.admin, grant)).ok);
  assert.equal((await whoami(second)).code, 'session/ended', 'a new grant revives none from before');
});

test('a session that is written or changed in the database lets nobody in (session/ended)', async () => {
  const { principal, token, tokenId } = await person();
  const cookie = await browser.signIn(token);
  const forged = `wbs_${'cd'.repeat(8)}_${'A'.repeat(43)}`;
  const [name] = cookie.split('=');
  await using superuser = disposable(service);
  const { database } = superuser;
  await database
    .insertInto('browser_session')
    .values({
      ...{ id: 'cd'.repeat(8), hash: createHash('sha256').update(forged).digest(), token_id: tokenId, principal },
      ...{ created_at: new Date(), expires_at: new Date(Date.now() + 3_600_000), seen_at: new Date() },
    })
    .execute();
  assert.equal((await whoami(`${name}=${forged}`)).code, 'session/ended', 'a row that was made up');
  for (const changed of [
    { principal: 'bootstrap-admin' },
    { expires_at: new Date('2999-01-01T00:00:00.000Z') },
    { token_id: (await person()).tokenId },
  ]) {
    const fresh = await browser.signIn(token);
    assert.equal((await whoami(fresh)).code, '');
    await database.updateTable('browser_session').set(changed).where('principal', '=', principal).execute();
    assert.equal((await whoami(fresh)).code, 'session/ended', JSON.stringify(changed));
    await database.deleteFrom('browser_session').execute();
  }
  const last = await browser.signIn(token);
  const text = JSON.stringify(await database.selectFrom('browser_session').selectAll().execute());
  assert(!text.includes(last.slice(-43)), 'the secret itself is nowhere');
});

test('of a principal 32 browsers are signed in at most, and the oldest goes; each ends its own only', async () => {
  const [one, other] = [await person(), await person()];
  const cookies: string[] = [];
  for (let count = 0; count <= SESSIONS_OF_PRINCIPAL_MAX; count += 1) cookies.push(await browser.signIn(one.token));
  assert.equal((await whoami(String(cookies[0]))).code, 'session/ended');
  assert.equal((await whoami(String(cookies[1]))).status, 200);
  const [foreign] = (await browser.ask('GET', '/v1/sessions', { headers: { cookie: String(cookies[1]) } })).body
    .items as { id: string }[];
  const own = await browser.signIn(other.token);
  const headers = { ...browser.ownPage, cookie: own };
  const refused = await browser.ask('POST', `/v1/sessions/${foreign?.id}/end`, { headers });
  assert.deepEqual([refused.status, refused.code], [404, 'session/not-found']);
  const byToken = { authorization: `Bearer ${one.token}` };
  assert.equal((await browser.ask('POST', `/v1/sessions/${foreign?.id}/end`, { headers: byToken })).status, 200);
  assert.equal((await browser.ask('POST', '/v1/sessions/current/end', { headers: byToken })).status, 404);
  assert.equal((await whoami(String(cookies.at(-1)))).code, 'session/ended');
});

test('guessing cookies ends as guessing tokens does (http/too-many-failed-logins)', async () => {
  const { token } = await person();
  const limits = { failedLogins: { points: 3, durationSeconds: 60 } };
  await using strict = await openBrowserUnderTest(service.context, { limits });
  const known = await strict.signIn(token);
  assert.equal((await whoami(known, {}, strict)).status, 200);
  const guess = (n: number) =>
    whoami(`waybill-session-${strict.port}=wbs_${'0'.repeat(15)}${n}_${'A'.repeat(43)}`, {}, strict);
  const codes = [await guess(1), await guess(2), await guess(3), await guess(4)].map(({ code }) => code);
  assert.deepEqual(codes, ['session/ended', 'session/ended', 'session/ended', 'http/too-many-failed-logins']);
  // Who was good before signs in anew from there, and what they are given counts at once.
  assert.equal((await whoami(await strict.signIn(token), {}, strict)).status, 200);
  assert.equal((await whoami(known, {}, strict)).status, 200);
});

test('a token in Authorization counts before the cookie, and makes what no session makes (session/token-needed)', async () => {
  const [one, other] = [await person(), await person()];
  const cookie = await browser.signIn(one.token);
  const both = await whoami(cookie, { authorization: `Bearer ${other.token}` });
  assert.equal(both.body.principal, other.principal);
  const opened = await browser.ask('POST', '/v1/sessions', { headers: { ...browser.ownPage, cookie } });
  assert.deepEqual([opened.status, opened.code], [403, 'session/token-needed']);
});

function disposable(under: ServiceUnderTest) {
  const { database, close } = openSuperuser(under.database.adminUrl);
  return { database, [Symbol.asyncDispose]: close };
}
