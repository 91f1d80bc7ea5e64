import type { RecordConsumption } from './consume-record.ts';
import type { DeadLetterStore, RedriveCandidate } from './dead-letter-store.ts';
import type { ReadEvent, RecordReader } from './record-reader.ts';
import { EnvelopeError } from './envelope.ts';

const lettersPerRoundMax = 100;

/**
 * Takes parked events in again: those an operator asked for, and those that only waited for their
 * predecessor. Resolves to how many took effect.
 */
export async function redriveOnce(parts: {
  readonly consumer: string;
  readonly store: DeadLetterStore;
  readonly reader: RecordReader;
  readonly consumption: RecordConsumption;
}): Promise<number> {
  const { consumer, store, reader, consumption } = parts;
  let taken = 0;
  for (const letter of await store.candidates(consumer, lettersPerRoundMax)) {
    const read = readAgain(letter, reader);
    if (read === undefined) {
      await store.parkAgain(letter.id, 'SOURCE_GONE');
      continue;
    }
    const value = letter.envelope === null ? undefined : Buffer.from(letter.envelope);
    await consumption.takeIn(letter, read, value, letter.code === 'VERSION_INVERTED');
    if (await store.resolveIfTaken(letter.id)) taken += 1;
  }
  return taken;
}

/** A global event is in the letter and verified anew; a local one is still in the outbox. */
function readAgain(letter: RedriveCandidate, reader: RecordReader): ReadEvent | undefined {
  const { envelope, event, eventId, key, version, type, topic } = letter;
  if (key === null || eventId === null || version === null || type === null) return undefined;
  if (envelope !== null) {
    try {
      return reader.read({ topic, key, value: Buffer.from(envelope), headerCount: 0 });
    } catch (error) {
      if (error instanceof EnvelopeError) return undefined;
      throw error;
    }
  }
  if (event === null) return undefined;
  const { cell, v, body } = event;
  const found = { id: eventId, type, v, cell, seq: Number(version), body };
  return { envelope: found, key, topic, isGlobal: false };
}
