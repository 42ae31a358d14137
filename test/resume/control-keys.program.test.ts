import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ControlSet, controlKeysJson, controlSetFields } from '../../src/core/control/control-keys.ts';
import { TRUST_KEY } from '../../src/core/entry/keys.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { tampering } from '../../src/tamper/tamperings.ts';
import { CONTROL, controlSet } from '../custody/control-under-test.ts';
import { createTestDatabase } from '../harness/test-database.ts';
import { agreeTo } from '../service/agreement.ts';
import { type Operated, operate } from './resume-under-test.ts';

const NEXT = controlSet(['dan', 'p256-eve'], 2);

/** A service over a database of its own, whose log is opened with the control keys of its configuration. */
async function operateControlled(t: TestContext) {
  const database = await createTestDatabase();
  t.after(() => database.drop());
  const settings: Record<string, string> = {};
  const service = operate(t, database, { settings });
  const configure = (set: ControlSet | undefined) => {
    const path = join(service.folder, 'control-keys.json');
    if (set === undefined) delete settings.WAYBILL_CONTROL_KEYS;
    else {
      writeFileSync(path, JSON.stringify(controlKeysJson(set)));
      settings.WAYBILL_CONTROL_KEYS = path;
    }
  };
  configure(CONTROL);
  return { service, configure, database };
}

/** The control keys of the log that is served. */
async function servedKeys(service: Operated): Promise<readonly string[]> {
  const running = await service.serve();
  const { control } = running.replica.context;
  await running.stop();
  return controlSetFields(control).controlKeys;
}

/** Serves once, and changes the control keys. */
async function changeKeys(service: Operated): Promise<void> {
  const running = await service.serve();
  try {
    const fields = controlSetFields(NEXT);
    const change = { kind: 'control-keys.changed', key: TRUST_KEY, body: { ...fields } };
    const control = await agreeTo(running.replica.context.store, change);
    const admin = {
      principal: 'bootstrap-admin',
      role: 'admin',
      repositories: ['*'],
      stages: ['*'],
      grants: 1,
    } as const;
    const changed = await running.service.changeControlKeys(admin, { ...fields, control });
    assert(changed.ok, JSON.stringify(changed));
  } finally {
    await running.stop();
  }
}

test('a successor has the control keys in force, where none are configured', async (t) => {
  const { service, configure } = await operateControlled(t);
  await changeKeys(service);
  configure(undefined);
  const opened = await service.run('resume', '--seal');
  assert.equal(opened.exit, 0, JSON.stringify(opened.value));
  assert.deepEqual(opened.value.controlKeys, controlSetFields(NEXT).controlKeys);
  assert.equal(opened.value.controlThreshold, 2);
  assert.deepEqual(await servedKeys(service), controlSetFields(NEXT).controlKeys);
});

test('keys that were changed since are no configuration of a successor (resume/control-keys-outdated), others are', async (t) => {
  const { service, configure } = await operateControlled(t);
  await changeKeys(service);
  const outdated = await service.run('resume', '--seal');
  assert.deepEqual([outdated.exit, outdated.code], [14, 'resume/control-keys-outdated']);
  const other = controlSet(['fay'], 1);
  configure(other);
  const opened = await service.run('resume', '--seal');
  assert.equal(opened.exit, 0, JSON.stringify(opened.value));
  assert.deepEqual(await servedKeys(service), controlSetFields(other).controlKeys);
});

test('what is left of a damaged log is not asked for its control keys (resume/control-keys-unknown)', async (t) => {
  const { service, configure, database } = await operateControlled(t);
  await service.grow('one', 'two', 'three', 'four');
  const superuser = openSuperuser(database.adminUrl);
  for (const name of ['payload-edited', 'tail-cut'] as const) await tampering(name).apply(superuser);
  await superuser.close();
  configure(undefined);
  const unknown = await service.run('resume', '--open-successor');
  assert.deepEqual([unknown.exit, unknown.code], [14, 'resume/control-keys-unknown'], JSON.stringify(unknown.value));
  configure(NEXT);
  const opened = await service.run('resume', '--open-successor');
  assert.equal(opened.exit, 0, JSON.stringify(opened.value));
  assert.deepEqual(await servedKeys(service), controlSetFields(NEXT).controlKeys);
});

test('a log without control keys is followed by one that has those of the configuration', async (t) => {
  const { service, configure } = await operateControlled(t);
  configure(undefined);
  await service.grow('one');
  configure(CONTROL);
  assert.equal(await service.refusedStart(), 'control/keys-differ');
  const opened = await service.run('resume', '--seal');
  assert.equal(opened.exit, 0, JSON.stringify(opened.value));
  assert.deepEqual(await servedKeys(service), controlSetFields(CONTROL).controlKeys);
});
