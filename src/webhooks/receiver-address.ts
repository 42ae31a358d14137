import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Networks that an operator named: notices may be sent there, too. */
export type Networks = readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[];

/** Networks from their text, each as CIDR. Throws for what is none. */
export function parseNetworks(texts: readonly string[]): Networks {
  return texts.map((text) => ipaddr.parseCIDR(text));
}

/** Global unicast as it is assigned today (RFC 4291 section 2.4; IANA). All else of IPv6 is special or not in use. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether notices may be sent to an address: one of the public Internet, or one of a named network. Never one that stands for another
 * one, such as IPv4 within IPv6 (mapped, translated, tunnelled), unless its own spelling is in a named network.
 * What is no address is not.
 */
export function mayReceive(address: string, named: Networks): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (named.some((network) => isWithin(parsed, network))) return true;
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || isWithin(parsed, GLOBAL_IPV6);
}

/** Whether it is the machine itself, whose traffic nobody else sees. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.parse(address).range() === 'loopback';
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Networks[number]): boolean {
  return address.kind() === network.kind() && address.match([network, bits] as never);
}
