import { inspectCrossing, inspectHeaders } from './inspect-crossing.ts';
import type { Crossing, CrossingHeaders } from './inspect-crossing.ts';

/** What of a call between cells is random or a sentence, and why that may cross. */
export const cellCallCrossing: Crossing = {
  random: [
    { name: 'kid', form: /^[A-Za-z0-9_-]{16}$/, reason: 'digest of a public key' },
    { name: 'x', form: /^[A-Za-z0-9_-]{43}$/, reason: 'coordinate of a public key' },
    { name: 'y', form: /^[A-Za-z0-9_-]{43}$/, reason: 'coordinate of a public key' },
    {
      name: 'publicKeyPem',
      form: /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]{58,66}\n-----END PUBLIC KEY-----\n?$/,
      reason: 'a public key of Ed25519',
    },
    {
      name: 'traceId',
      form: /^[0-9a-f]{32}$/,
      reason: 'made for this very answer, tied to nothing before it',
    },
  ],
  sentences: ['title', 'message', 'path', 'type'],
};

/** Throws CrossingRefusedError for a call or an answer between cells that may hold something personal. */
export function inspectCellCall(headers: CrossingHeaders, body: unknown): void {
  inspectHeaders(headers);
  inspectCrossing(body, cellCallCrossing);
}
