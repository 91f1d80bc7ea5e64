import { field } from '@entrepot/contracts/events/event-fields';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { UnderWay } from '@entrepot/privacy';
import { defineJob, JobHandler } from '@entrepot/platform-jobs';
import type { JobPayload } from '@entrepot/platform-jobs';
import { Injectable } from '@nestjs/common';
import { DriveErasure } from '../application/drive-erasure.ts';

/** Which request to look at; what is to be done to it says the database. */
export const driveErasure = defineJob({
  name: 'erasure.drive',
  fields: { requestId: field.reference() },
  // enough to share a look through a store, and few beside what shoppers wait for
  atOnceMax: 4,
  rederiveEverySeconds: 2,
});
type Payload = JobPayload<typeof driveErasure>;

/** As many as a worker brings on between two sweeps; who waits for days is looked after less often. */
const requestsPerSweepMax = 200;
const waitingPerSweepMax = 50;

/**
 * Goes through all requests, some at a time, and begins anew at the end: however many of them wait for
 * somebody else, such as a processor that says nothing, each gets its turn.
 */
class Rounds {
  private after: ErasureRequestId | undefined;

  constructor(
    private readonly requests: ErasureStore,
    private readonly part: Omit<UnderWay, 'after'>,
  ) {}

  async next(): Promise<readonly ErasureRequestId[]> {
    const ids = await this.requests.underWay({ ...this.part, after: this.after });
    this.after = ids.length < this.part.rowsMax ? undefined : ids.at(-1);
    return ids;
  }
}

/** Brings requests on. A hint that Redis loses is made again from the database, so that losing it only delays. */
@Injectable()
export class DriveErasureJob extends JobHandler<Payload> {
  override readonly job = driveErasure;
  private readonly moving: Rounds;
  private readonly waiting: Rounds;

  constructor(
    requests: ErasureStore,
    private readonly drive: DriveErasure,
  ) {
    super();
    this.moving = new Rounds(requests, { awaitsKeyEnd: false, rowsMax: requestsPerSweepMax });
    this.waiting = new Rounds(requests, { awaitsKeyEnd: true, rowsMax: waitingPerSweepMax });
  }

  override async handle({ requestId }: Payload): Promise<void> {
    await this.drive.execute(requestId as ErasureRequestId);
  }

  override async rederive(): Promise<readonly Payload[]> {
    const ids = [...(await this.moving.next()), ...(await this.waiting.next())];
    return ids.map((requestId) => ({ requestId }));
  }
}
