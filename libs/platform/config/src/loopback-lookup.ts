import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Whether a host name means this machine: `localhost` and everything under it. */
export const isLoopbackName = (hostname: string): boolean => /(^|\.)localhost\.?$/i.test(hostname);

/**
 * Resolves `localhost` and `*.localhost` to 127.0.0.1 as RFC 6761 §6.3 says, everything else as usual.
 * curl and browsers do it themselves; getaddrinfo on Debian does not, so a Node client needs this.
 */
export const loopbackLookup: LookupFunction = (hostname, options, callback) => {
  if (!isLoopbackName(hostname)) {
    lookup(hostname, options, callback);
    return;
  }
  const loopback = { address: '127.0.0.1', family: 4 };
  process.nextTick(() => {
    if (options.all === true) callback(null, [loopback]);
    else callback(null, loopback.address, loopback.family);
  });
};
