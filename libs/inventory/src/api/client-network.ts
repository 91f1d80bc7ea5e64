import { isIPv6 } from 'node:net';

const groupsOfNetwork = 4;
const groupsOfAddress = 8;

/**
 * Who stands behind an address, as far as it shows: an IPv4 address itself, of an IPv6 address its /64,
 * all of which one subscriber has at least (RFC 6177), so that 2^64 addresses are not as many readers.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = [], tail = []] = plain.split('::').map(groupsOf);
  const zeros = Array.from({ length: groupsOfAddress - head.length - tail.length }, () => 0);
  const groups = [...head, ...zeros, ...tail].slice(0, groupsOfNetwork);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/** An IPv4 address at the end takes the place of two groups; it is never one of the first four. */
const groupsOf = (text: string): number[] =>
  text === ''
    ? []
    : text
        .split(':')
        .flatMap((group) => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]));
