import { isIP } from 'node:net';
import { addressKind } from './addresses.ts';
import type { SentFields } from './sent-fields.ts';

/** What a cell may have to say to somebody outside of it. */
export type EgressPurpose = 'kms' | 'payments' | 'mail' | 'cell';

/** One host of a region's list. */
export interface EgressHost {
  readonly purpose: EgressPurpose;
  /** Its full name; no pattern, no address. */
  readonly host: string;
  /** The place it is in and what is sent there, for the reader of the list. */
  readonly says: string;
  /** Whose host it is, as the region's list of processors calls it; none where nothing is sent about a person. */
  readonly processor?: string;
  /** Every name that its protocol has for what is sent there; a processor's host has it. */
  readonly sends?: SentFields;
}

export type EgressFault =
  'HOST_UNLISTED' | 'ADDRESS_REFUSED' | 'REDIRECT_REFUSED' | 'SCHEME_REFUSED' | 'ANSWER_TOO_LONG';

/** A connection that a cell must not make, or an answer that it must not follow. The host is named, nothing else of the URL. */
export class EgressRefusedError extends Error {
  override readonly name = 'EgressRefusedError';

  constructor(
    readonly code: EgressFault,
    host: string,
  ) {
    super(`${code}: ${host}`);
  }
}

export interface EgressListOptions {
  readonly hosts: readonly EgressHost[];
  /** Development and tests: services of this machine count as listed. */
  readonly isLoopbackAllowed: boolean;
}

/** The hosts that a cell may speak to: everything else is refused by name and, once resolved, by address. */
export class EgressList {
  readonly hosts: readonly EgressHost[];
  readonly #names: ReadonlySet<string>;
  readonly #isLoopbackAllowed: boolean;

  constructor({ hosts, isLoopbackAllowed }: EgressListOptions) {
    for (const { host } of hosts) {
      if (isIP(host) !== 0 || !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)) {
        throw new TypeError(`the list of a region names hosts: ${host} is none`);
      }
    }
    this.hosts = hosts;
    this.#names = new Set(hosts.map(({ host }) => host));
    this.#isLoopbackAllowed = isLoopbackAllowed;
  }

  /** Throws HOST_UNLISTED; an address stands for no name, so that one is listed only as this machine. */
  assertHost(hostname: string): void {
    const host = hostOf(hostname);
    if (this.#names.has(host)) return;
    if (this.#isLoopbackAllowed && isThisMachine(host)) return;
    throw new EgressRefusedError('HOST_UNLISTED', host);
  }

  /** Throws as `assertHost` does, and SCHEME_REFUSED for what is not HTTP over TLS, which this machine needs not. */
  assertUrl({ protocol, hostname }: Pick<URL, 'protocol' | 'hostname'>): void {
    const isPlain = protocol === 'http:' && isThisMachine(hostOf(hostname));
    if (protocol !== 'https:' && !isPlain) throw new EgressRefusedError('SCHEME_REFUSED', hostname);
    this.assertHost(hostname);
  }

  /** Throws ADDRESS_REFUSED for what a listed name must not resolve to. */
  assertAddress(host: string, address: string): void {
    const kind = addressKind(address);
    if (kind === 'public') return;
    if (kind === 'loopback' && this.#isLoopbackAllowed && isThisMachine(host.toLowerCase())) return;
    throw new EgressRefusedError('ADDRESS_REFUSED', host);
  }
}

const hostOf = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

const isThisMachine = (host: string): boolean =>
  /(^|\.)localhost\.?$/.test(host) || (isIP(host) !== 0 && addressKind(host) === 'loopback');
