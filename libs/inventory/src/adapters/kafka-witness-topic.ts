import type { EventDefinition } from '@entrepot/contracts/events/define-event';
import { ReservationMoved, RightsMoved } from '@entrepot/contracts/events/stock-witness';
import type { CellId } from '@entrepot/kernel';
import {
  readLocalEnvelope,
  writeLocalEnvelope,
  type EventLog,
  type KafkaTopicReader,
  type LogRecord,
  type ReadRecord,
} from '@entrepot/platform-messaging';
import { WitnessTopic } from '../application/recovery/witness-topic.ts';
import { partsOf, poolIdOf } from '../domain/pool.ts';
import type { Witnessed } from '../domain/witness.ts';

/** A topic with a record that is none of ours: what it may have stood for cannot be guessed. */
export class WitnessUnreadableError extends Error {
  override readonly name = 'WitnessUnreadableError';
}

/** Movements and totals as events of the cell's own broker; only its worker may write or read them. */
export class KafkaWitnessTopic extends WitnessTopic {
  constructor(
    private readonly cell: CellId,
    private readonly log: Pick<EventLog, 'append'>,
    private readonly reader: Pick<KafkaTopicReader, 'read'>,
  ) {
    super();
  }

  append(told: readonly Witnessed[]): Promise<void> {
    return this.log.append(told.map((one) => this.recordOf(one)));
  }

  async readTail(perPartition: number): Promise<Witnessed[]> {
    const tail: Witnessed[] = [];
    const take = (record: ReadRecord) => void tail.push(this.witnessedOf(record));
    await this.reader.read(ReservationMoved.topic, take, perPartition);
    return tail;
  }

  readAll(take: (told: Witnessed) => void): Promise<void> {
    return this.reader.read(ReservationMoved.topic, (record) => take(this.witnessedOf(record)));
  }

  private recordOf({ pool, ...told }: Witnessed): LogRecord {
    const unsealed = { ...told, ...partsOf(pool) };
    const { place: seq, epoch } = told;
    const { topic, type, version, key, body } =
      'reservation' in unsealed
        ? recordFields(ReservationMoved, unsealed)
        : recordFields(RightsMoved, unsealed);
    const id = `evt_${this.cell}_${padded(epoch, 6)}${padded(seq, 20)}`;
    return {
      topic,
      key,
      value: writeLocalEnvelope({ ...{ id, type, v: version, cell: this.cell, seq }, body }),
    };
  }

  private witnessedOf({ value }: ReadRecord): Witnessed {
    try {
      const { type, body } = readLocalEnvelope(value ?? new Uint8Array(), this.cell);
      // the schemas check the form of every id, which is what the branded types stand for
      const definition = type === RightsMoved.type ? RightsMoved : ReservationMoved;
      const { warehouse, sku, ...told } = definition.schema.parse(body);
      return { ...told, pool: poolIdOf(warehouse, sku) } as Witnessed;
    } catch (cause) {
      throw new WitnessUnreadableError('a record of the witness cannot be read', { cause });
    }
  }
}

function recordFields<Body extends Readonly<Record<string, unknown>>>(
  definition: EventDefinition<Body>,
  told: Body,
) {
  const { topic, type, version, schema } = definition;
  const body = schema.parse(told);
  return { topic, type, version, key: definition.keyOf(body), body };
}

const padded = (number: number, digits: number): string =>
  number.toString(36).padStart(digits, '0');
