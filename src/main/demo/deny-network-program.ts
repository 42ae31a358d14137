/**
 * Loaded before a program (`node --import`) where the operating system does not let us take its network away: every
 * attempt to open a socket, resolve a name or send a datagram throws.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

function refuse(): never {
  throw new Error('there is no network in this process');
}

for (const [owner, names] of [
  [net.Socket.prototype, ['connect']],
  [net.Server.prototype, ['listen']],
  [dgram.Socket.prototype, ['bind', 'connect', 'send']],
  [dns, ['lookup', 'resolve']],
  [dns.promises, ['lookup', 'resolve']],
] as const)
  for (const name of names) Object.defineProperty(owner, name, { value: refuse });
