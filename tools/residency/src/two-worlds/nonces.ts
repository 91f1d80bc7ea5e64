import type { Crossing } from './crossing.ts';

/** One place of the traffic that differs between two worlds without saying anything of people. */
export interface Nonce {
  readonly channel: Crossing['channel'];
  /** Which places of the channel. */
  readonly place: RegExp;
  /** A member by its path, `[]` for every item; `head:` and a name; `key` for the record key. */
  readonly path: string;
  readonly reason: string;
}

const sets = (
  base: Pick<Nonce, 'channel' | 'place' | 'reason'>,
  ...paths: readonly string[]
): Nonce[] => paths.map((path) => ({ ...base, path }));

const anywhere = /./;

/** The whole list: what is not on it is compared byte for byte. */
export const nonces: readonly Nonce[] = [
  ...sets(
    {
      channel: 'topic',
      place: anywhere,
      reason: 'signature by a key that was made for this stack',
    },
    'sig',
  ),
  ...sets(
    { channel: 'topic', place: /global\.cell\.v1$/, reason: 'heartbeats follow the clock' },
    ...['seq', 'body.sequence', 'body.sentAt', 'body.heardAt'],
  ),
  ...sets({ channel: 'http', place: anywhere, reason: 'the clock of the machine' }, 'head:date'),
  ...sets({ channel: 'http', place: anywhere, reason: 'where this stack listens' }, 'head:host'),
  ...sets(
    { channel: 'http', place: / \/cell\/v1\/keys/, reason: 'public keys made for this stack' },
    ...['envelopeKeys[].kid', 'envelopeKeys[].publicKeyPem'],
    ...['tokenKeys[].kid', 'tokenKeys[].x', 'tokenKeys[].y'],
  ),
  ...sets(
    {
      channel: 'http',
      place: / \/cell\/v1\/inventory\/totals/,
      reason: 'which channels stood open when the clock asked, and how far each was',
    },
    ...['totals[].pool', 'totals[].grantedTotal', 'totals[].appliedTotal'],
  ),
  ...sets(
    {
      channel: 'http',
      place: / \/cell\/v1\/(?:keys|health|inventory\/totals)/,
      reason: 'length of a body of which the masked parts are of any length',
    },
    'head:content-length',
  ),
  ...sets(
    {
      channel: 'http',
      place: / \/cell\/v1\/health answered/,
      reason: 'how a cell was when it was asked',
    },
    'status',
  ),
  ...sets(
    { channel: 'http', place: anywhere, reason: 'made for one problem, tied to nothing before it' },
    'traceId',
  ),
  ...sets(
    { channel: 'catalog', place: /catalog\.heartbeat$/, reason: 'heartbeats follow the clock' },
    ...['sequence', 'beat_at'],
  ),
  ...sets(
    { channel: 'catalog', place: anywhere, reason: 'instant of an edit of the catalog' },
    ...['created_at', 'updated_at'],
  ),
  ...sets(
    { channel: 'catalog', place: anywhere, reason: 'random id of a product, derived from nothing' },
    ...['id', 'product_id', 'variant_id', 'category_id', 'parent_id'],
  ),
];

/** Told at times of their own, by the clock: how often says nothing, so each, and each item of a list, is compared once. */
export const periodic: readonly RegExp[] = [
  /global\.cell\.v1$/,
  /catalog\.heartbeat$/,
  / \/cell\/v1\/health/,
  / \/cell\/v1\/keys/,
  / \/cell\/v1\/inventory\/totals/,
  / \/cell\/v1\/inventory\/view/,
];

/** What stands in the place of a nonce. */
export const masked = '<nonce>';
