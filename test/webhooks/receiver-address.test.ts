import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayReceive, parseNetworks } from '../../src/webhooks/receiver-address.ts';

/** Source: the special-purpose address registries of IANA, for IPv4 and IPv6. */
const SPECIAL = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
  ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.1.1'],
  ...['198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1'],
  ...['64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::1', '100::1', '2001::1', '2001:2::1', '2001:db8::1'],
  ...[
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
  ],
];

const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.32.0.1',
  '192.169.0.1',
  '2606:4700::1111',
  '2a00:1450:4001::1',
];

test('nothing is sent to an address that is not public, however it is spelled', () => {
  for (const address of SPECIAL) assert.equal(mayReceive(address, []), false, address);
  for (const address of PUBLIC) assert.equal(mayReceive(address, []), true, address);
});

test('what is no address at all is none that is sent to', () => {
  for (const text of ['', 'localhost', '127.1', '0x7f.1', '2130706433', '1.2.3', '256.1.1.1', '::g', '8.8.8.8/32'])
    assert.equal(mayReceive(text, []), false, text);
});

test('a named network is reached, and nothing beside it', () => {
  const named = parseNetworks(['10.20.0.0/16', 'fd12:3456::/32', '127.0.0.0/8']);
  for (const address of ['10.20.0.1', '10.20.255.255', 'fd12:3456:1::1', '127.0.0.1', '8.8.8.8'])
    assert.equal(mayReceive(address, named), true, address);
  for (const address of ['10.21.0.1', 'fd12:3457::1', '::ffff:10.20.0.1', '::ffff:127.0.0.1', '::1', '169.254.169.254'])
    assert.equal(mayReceive(address, named), false, address);
});
