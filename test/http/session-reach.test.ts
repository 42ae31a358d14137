import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SESSION_IDLE_SECONDS_MAX } from '../../src/core/limits.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { openBrowserUnderTest } from './browser-under-test.ts';

/** A browser in which an administrator is signed in, at a time that the test says. */
async function openSignedIn() {
  const service = await openServiceUnderTest();
  const clock = { laterMs: 0 };
  const context = { ...service.context, now: () => new Date(Date.now() + clock.laterMs) };
  const browser = await openBrowserUnderTest(context);
  const asked = { principal: 'bootstrap-admin', title: 'test', lifetimeSeconds: 86_400 };
  const made = await openService(context).createToken(service.admin, asked);
  assert(made.ok);
  return {
    browser,
    clock,
    cookie: await browser.signIn(made.value.token),
    [Symbol.asyncDispose]: async () => {
      await browser[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

test('a stream of lines keeps no session alive by going on (session/ended)', async () => {
  await using signedIn = await openSignedIn();
  const { browser, clock, cookie } = signedIn;
  const leaving = new AbortController();
  const headers = { cookie, 'x-waybill-console': 'attended' };
  const stream = await fetch(`${browser.origin}/v1/events?follow=true`, { headers, signal: leaving.signal });
  assert.equal(stream.status, 200);
  clock.laterMs = (SESSION_IDLE_SECONDS_MAX - 60) * 1_000;
  // It asks again whose it is at least each second.
  await new Promise((resume) => setTimeout(resume, 2_500));
  leaving.abort();
  clock.laterMs = (SESSION_IDLE_SECONDS_MAX + 1) * 1_000;
  assert.equal((await browser.ask('GET', '/v1/whoami', { headers: { cookie } })).code, 'session/ended');
});

test('no webhook is made with a session: it would go on telling whoever stole the cookie (session/token-needed)', async () => {
  await using signedIn = await openSignedIn();
  const { browser, cookie } = signedIn;
  const headers = { ...browser.ownPage, cookie };
  const body = JSON.stringify({ url: 'https://hooks.example.com/', types: ['*'] });
  for (const path of ['/v1/webhooks', `/v1/webhooks/wh-${'k7'.repeat(13)}/rotate`]) {
    const said = await browser.ask('POST', path, { headers, body });
    assert.deepEqual([said.status, said.code], [403, 'session/token-needed'], path);
  }
});
