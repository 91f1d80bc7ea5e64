/** What a protocol needs for itself: versions, lengths, our own login, the kind of a request. */
export const ofTheProtocol = 'of the protocol';

/**
 * Every place of a protocol at which something is said, under what the list of processors calls what stands there, or
 * `ofTheProtocol`. HTTP: `POST /v1/payments/{}`, `header idempotency-key`, `query receipt`, `member notes.reference`,
 * `member items[].id`. SMTP: `command RCPT TO`, `letter subject`, `letter text`.
 */
export type SentFields = Readonly<Record<string, readonly string[]>>;

/** The lists of several protocols that one host speaks. */
export function joinFields(...lists: readonly SentFields[]): SentFields {
  const joined: Record<string, string[]> = {};
  for (const list of lists) {
    for (const [name, places] of Object.entries(list)) (joined[name] ??= []).push(...places);
  }
  return joined;
}
