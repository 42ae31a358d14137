import assert from 'node:assert/strict';
import pg from 'pg';
import type { ServiceContext } from '../../src/service/context.ts';
import { NoticeWorker } from '../../src/service/notice-worker.ts';
import { openService } from '../../src/service/open-service.ts';
import { parseNetworks } from '../../src/webhooks/receiver-address.ts';
import { openNoticeSender } from '../../src/webhooks/send-notice.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

/** A service whose notices are sent when a test says so, at the time that it says. */
export async function openWebhooksUnderTest() {
  const under = await openServiceUnderTest();
  const clock = { now: new Date() };
  const noticeSender = openNoticeSender({ networks: parseNetworks(['127.0.0.0/8']), userAgent: 'waybill/test' });
  /** The context of a replica at the time of the test. */
  const at = (replica: ServiceContext): ServiceContext => {
    const context = { ...replica, noticeSender, now: () => clock.now };
    return { ...context, notices: new NoticeWorker(context) };
  };
  const context = at(under.context);
  const service = openService(context);
  const database = new pg.Client({ connectionString: under.database.adminUrl });
  await database.connect();
  return {
    under,
    admin: under.admin,
    context,
    service,
    clock,
    at,
    /** Moves the clock on. */
    pass: (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1_000);
    },
    create: async (url: string, types: readonly string[] = ['*'], repositories: readonly string[] = ['*']) => {
      const made = await service.createWebhook(under.admin, { url, types, repositories });
      assert(made.ok, JSON.stringify(made));
      return made.value;
    },
    /** One look, and the end of all that it began. */
    deliver: async (worker = context.notices) => {
      await worker.look();
      await worker.settled();
    },
    deliveries: async (webhook: string) => {
      const page = await service.listDeliveries(under.admin, webhook, {}, { limit: 200 });
      assert(page.ok, JSON.stringify(page));
      return page.value.items;
    },
    stateOf: async (webhook: string) => {
      const read = await service.readWebhook(under.admin, webhook);
      return read.ok ? read.value.state : read.fault.code;
    },
    /** A version of a contract, which is a notice of no repository. */
    publish: async (contract: string, stages = 1) => {
      const document = {
        contract,
        repositories: [`${contract}/*`],
        stages: Array.from({ length: stages }, (_, index) => ({ stage: `stage-${index}` })),
      };
      const published = await service.publishContract(under.admin, document);
      assert(published.ok, JSON.stringify(published));
      return published.value.seq;
    },
    /** As somebody whom the database obeys. */
    query: (text: string, values: readonly unknown[] = []) => database.query(text, [...values]),
    [Symbol.asyncDispose]: async () => {
      await database.end();
      await under[Symbol.asyncDispose]();
    },
  };
}
