import { ReservationMoved } from '@entrepot/contracts/events/stock-witness';
import type { CellId, OrderId } from '@entrepot/kernel';
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
import type { ReservationId } from '../domain/reservation.ts';
import type { WitnessedMovement } from '../domain/witness.ts';

/** A topic with a record that is none of ours: what it may have stood for cannot be guessed. */
export class WitnessUnreadableError extends Error {
  override readonly name = 'WitnessUnreadableError';
}

/** Movements as events of the cell's own broker; only its worker may write or read them. */
export class KafkaWitnessTopic extends WitnessTopic {
  constructor(
    private readonly cell: CellId,
    private readonly log: Pick<EventLog, 'append'>,
    private readonly reader: Pick<KafkaTopicReader, 'read'>,
  ) {
    super();
  }

  append(movements: readonly WitnessedMovement[]): Promise<void> {
    return this.log.append(movements.map((movement) => this.recordOf(movement)));
  }

  async readTail(perPartition: number): Promise<WitnessedMovement[]> {
    const tail: WitnessedMovement[] = [];
    const take = (record: ReadRecord) => void tail.push(this.movementOf(record));
    await this.reader.read(ReservationMoved.topic, take, perPartition);
    return tail;
  }

  readAll(take: (movement: WitnessedMovement) => void): Promise<void> {
    return this.reader.read(ReservationMoved.topic, (record) => take(this.movementOf(record)));
  }

  private recordOf(movement: WitnessedMovement): LogRecord {
    const { pool, ...told } = movement;
    const body: ReservationMoved = { ...told, ...partsOf(pool) };
    const { topic, type, version, schema } = ReservationMoved;
    const { place: seq, epoch } = movement;
    const id = `evt_${this.cell}_${padded(epoch, 6)}${padded(seq, 20)}`;
    return {
      topic,
      key: ReservationMoved.keyOf(body),
      value: writeLocalEnvelope({
        ...{ id, type, v: version, cell: this.cell, seq },
        body: schema.parse(body),
      }),
    };
  }

  private movementOf({ value }: ReadRecord): WitnessedMovement {
    try {
      const { body } = readLocalEnvelope(value ?? new Uint8Array(), this.cell);
      const { warehouse, sku, ...told } = ReservationMoved.schema.parse(body);
      return {
        ...told,
        pool: poolIdOf(warehouse, sku),
        reservation: told.reservation as ReservationId,
        order: told.order as OrderId,
      };
    } catch (cause) {
      throw new WitnessUnreadableError('a record of the witness cannot be read', { cause });
    }
  }
}

const padded = (number: number, digits: number): string =>
  number.toString(36).padStart(digits, '0');
