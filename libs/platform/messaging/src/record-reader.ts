import { isGlobalTopic } from '@entrepot/contracts/events/define-event';

import { EnvelopeError, readLocalEnvelope } from './envelope.ts';
import type { EnvelopeVerifier, EventEnvelope } from './envelope.ts';
import type { ReceivedRecord } from './event-log.ts';

const mirroredPattern = /^([a-z]{2}-[1-9][0-9]{0,2})\.(global\..+)$/;

export interface ReadEvent {
  readonly envelope: EventEnvelope;
  readonly key: string;
  /** The topic as its sender names it. */
  readonly topic: string;
  readonly isGlobal: boolean;
}

/** Reads a record as what its topic says it must be; throws `EnvelopeError` for anything else. */
export class RecordReader {
  constructor(
    private readonly ownCell: string,
    private readonly verifier: EnvelopeVerifier,
  ) {}

  read(record: Pick<ReceivedRecord, 'topic' | 'key' | 'value' | 'headerCount'>): ReadEvent {
    const { key, value } = record;
    if (record.headerCount > 0) throw new EnvelopeError('RECORD_HAS_HEADERS');
    if (key === undefined || key === '') throw new EnvelopeError('RECORD_KEY_MISSING');
    if (value === undefined) throw new EnvelopeError('RECORD_MALFORMED');
    const [, peer, topic] = mirroredPattern.exec(record.topic) ?? [];
    if (peer !== undefined && topic !== undefined) {
      const envelope = this.verifier.read(value, key, peer);
      return { envelope, key, topic, isGlobal: true };
    }
    // A cell does not listen to its own global topics; whoever does gets them verified like any other.
    if (isGlobalTopic(record.topic)) {
      const envelope = this.verifier.read(value, key, this.ownCell);
      return { envelope, key, topic: record.topic, isGlobal: true };
    }
    const envelope = readLocalEnvelope(value, this.ownCell);
    return { envelope, key, topic: record.topic, isGlobal: false };
  }
}
