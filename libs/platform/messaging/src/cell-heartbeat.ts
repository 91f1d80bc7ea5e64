import { CellHeartbeatHeard, CellHeartbeatSent } from '@entrepot/contracts/events/cell';
import type { Clock } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Database, Queryable, Transaction } from '@entrepot/platform-database';

import { versionInEpoch } from './envelope.ts';
import { onEvent } from './event-consumer.ts';
import type { EventConsumer } from './event-consumer.ts';
import type { Outbox } from './outbox.ts';

const lockHeartbeat = statement(
  'messaging.lock_heartbeat',
  'SELECT sequence FROM messaging.heartbeat FOR UPDATE',
);
const countHeartbeat = statement(
  'messaging.count_heartbeat',
  'UPDATE messaging.heartbeat SET sequence = sequence + 1 RETURNING sequence',
);
const lockPeer = statement(
  'messaging.lock_peer',
  `SELECT answer_sequence AS "answerSequence" FROM messaging.peer_health
   WHERE cell = $1 FOR UPDATE`,
);
const noteHeard = statement(
  'messaging.note_heard',
  `INSERT INTO messaging.peer_health
     (cell, heard_sequence, heard_sent_at, heard_at, answer_sequence)
   VALUES ($1, $2, $3, $4, 1)
   ON CONFLICT (cell) DO UPDATE SET heard_sequence = excluded.heard_sequence,
     heard_sent_at = excluded.heard_sent_at, heard_at = excluded.heard_at,
     answer_sequence = peer_health.answer_sequence + 1
   RETURNING answer_sequence AS "answerSequence"`,
);
const noteEcho = statement(
  'messaging.note_echo',
  `INSERT INTO messaging.peer_health (cell, echo_sequence, echo_sent_at, echoed_at)
   VALUES ($1, $2, $3, $4)
   ON CONFLICT (cell) DO UPDATE SET echo_sequence = excluded.echo_sequence,
     echo_sent_at = excluded.echo_sent_at, echoed_at = excluded.echoed_at`,
);
const readPeers = statement(
  'messaging.read_peer_health',
  `SELECT cell, heard_sequence AS "heardSequence", heard_at AS "heardAt",
     echo_sequence AS "echoSequence", echoed_at AS "echoedAt",
     extract(epoch FROM echoed_at - echo_sent_at) * 1000 AS "roundTripMs"
   FROM messaging.peer_health ORDER BY cell`,
);

/** What is known of a peer; null where nothing was heard yet. Times are of this cell's clock. */
export interface PeerHealth {
  readonly cell: string;
  readonly heardSequence: bigint;
  readonly heardAt: Date | null;
  readonly echoSequence: bigint;
  readonly echoedAt: Date | null;
  /** Milliseconds from a heartbeat's sending to its answer, as a decimal number. */
  readonly roundTripMs: string | null;
}

export const readPeerHealth = (database: Queryable): Promise<PeerHealth[]> =>
  database.query<PeerHealth>(readPeers);

export interface CellHeartbeatParts {
  readonly cell: string;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** In which the cell speaks; rises when it is restored and counts anew from what it remembers. */
  readonly findEpoch: () => Promise<number>;
}

/**
 * Cells tell each other that they are there, over the very way that everything else takes: outbox,
 * border relay, mirror, inbox. A peer answers what it heard, so a sender knows of both directions.
 */
export class CellHeartbeat {
  constructor(private readonly parts: CellHeartbeatParts) {}

  /** Tells every peer at once. Resolves to the sequence of the heartbeat. */
  async send(): Promise<number> {
    const { cell, database, outbox, clock, findEpoch } = this.parts;
    const epoch = await findEpoch();
    return database.unitOfWork(async (tx) => {
      await tx.query(lockHeartbeat);
      const [row] = await tx.query<{ readonly sequence: bigint }>(countHeartbeat);
      const sequence = Number(row?.sequence ?? 0n);
      const body = { cell, sequence, sentAt: clock.now().toISOString() };
      await outbox.append(tx, [
        CellHeartbeatSent.of(body, { aggregateVersion: versionInEpoch(epoch, sequence) }),
      ]);
      return sequence;
    });
  }

  /** For the border process: hears the peers and their answers. */
  get consumer(): EventConsumer {
    return {
      name: 'cell.heartbeat',
      handlers: [
        onEvent(CellHeartbeatSent, (tx, { body }) => this.hear(tx, body)),
        onEvent(CellHeartbeatHeard, (tx, { body }) => this.noteAnswer(tx, body)),
      ],
    };
  }

  private async hear(tx: Transaction, heard: CellHeartbeatSent): Promise<void> {
    const { cell, outbox, clock, findEpoch } = this.parts;
    const epoch = await findEpoch();
    const heardAt = clock.now().toISOString();
    await tx.query(lockPeer, [heard.cell]);
    const values = [heard.cell, heard.sequence, heard.sentAt, heardAt];
    const [row] = await tx.query<{ readonly answerSequence: bigint }>(noteHeard, values);
    const { sequence, sentAt } = heard;
    const answer = { cell, heardFrom: heard.cell, sequence, sentAt, heardAt };
    const order = { aggregateVersion: versionInEpoch(epoch, Number(row?.answerSequence ?? 1n)) };
    await outbox.append(tx, [CellHeartbeatHeard.of(answer, order)]);
  }

  private async noteAnswer(tx: Transaction, answer: CellHeartbeatHeard): Promise<void> {
    const { cell, clock } = this.parts;
    if (answer.heardFrom !== cell) return;
    const echoedAt = clock.now().toISOString();
    await tx.execute(noteEcho, [answer.cell, answer.sequence, answer.sentAt, echoedAt]);
  }
}
