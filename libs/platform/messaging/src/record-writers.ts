import type { EventDefinition } from '@entrepot/contracts/events/define-event';
import { isGlobalTopic } from '@entrepot/contracts/events/define-event';
import { inspectCrossing, inspectWord } from '@entrepot/platform-egress';
import type { RandomMember } from '@entrepot/platform-egress';

import { writeLocalEnvelope } from './envelope.ts';
import type { EnvelopeSigner } from './envelope.ts';
import type { RecordWriter } from './outbox-relay.ts';

/** Local events travel unsigned: nobody but the cell's own principals can write their topics. */
export function localRecordWriter(cell: string): RecordWriter {
  return (row) => ({
    topic: row.topic,
    key: row.recordKey,
    value: writeLocalEnvelope({
      id: row.eventId,
      type: row.type,
      v: row.version,
      cell,
      seq: Number(row.aggregateVersion),
      body: row.payload,
    }),
  });
}

/** An outbox row that must not leave the cell. */
export class NotForExportError extends Error {
  override readonly name = 'NotForExportError';
}

/**
 * Writes what leaves the cell. Nothing is passed on as it was found: a row is checked against the
 * declared events, written anew, keyed from its own body and signed. Values are looked at as they were found,
 * whatever their declaration says: one that may be personal throws CrossingRefusedError.
 */
export function globalRecordWriter(
  signer: EnvelopeSigner,
  definitions: readonly EventDefinition[],
): RecordWriter {
  const known = new Map(
    definitions.map((definition) => [`${definition.type}/${definition.version}`, definition]),
  );
  return (row) => {
    const definition = known.get(`${row.type}/${row.version}`);
    if (definition?.topic !== row.topic || !isGlobalTopic(row.topic)) {
      throw new NotForExportError(`event ${row.eventId} is not declared for its topic`);
    }
    inspectWord(row.recordKey);
    inspectCrossing(row.payload, { random: randomMembersOf(definition) });
    const checked = definition.schema.safeParse(row.payload);
    if (!checked.success) throw new NotForExportError(`event ${row.eventId} has other fields`);
    return {
      topic: row.topic,
      key: definition.keyOf(checked.data),
      value: signer.sign({
        type: row.type,
        v: row.version,
        seq: Number(row.aggregateVersion),
        body: checked.data,
      }),
    };
  };
}

/** Tokens that an event declares as random; their form is the one that its schema asks for. */
const randomMembersOf = ({ classes }: EventDefinition): readonly RandomMember[] =>
  Object.entries(classes)
    .filter(([, fieldClass]) => fieldClass === 'randomReference')
    .map(([name]) => ({
      name,
      form: /^[0-9A-Za-z_-]{16,64}$/,
      reason: 'declared random, derived from nothing',
    }));
