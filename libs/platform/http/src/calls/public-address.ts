import { BlockList, isIPv4 } from 'node:net';

/** Addresses that no host on the internet has: IANA's special-purpose registries (RFC 6890), IPv4. */
const notPublic4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** What is not of the global unicast space, and what of it carries another address inside. */
const notPublic6: readonly (readonly [string, number])[] = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
];

const notPublic = new BlockList();
for (const [net, prefix] of notPublic4) notPublic.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of notPublic6) notPublic.addSubnet(net, prefix, 'ipv6');

/** Whether an address may be a host on the internet; `::ffff:10.0.0.1` is not. */
export const isPublicAddress = (address: string): boolean =>
  !notPublic.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

export const isLoopbackAddress = (address: string): boolean =>
  address === '::1' || (isIPv4(address) && address.startsWith('127.'));
