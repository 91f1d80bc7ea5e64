import { field } from '@entrepot/contracts/events/event-fields';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import { defineJob, JobHandler } from '@entrepot/platform-jobs';
import type { JobPayload } from '@entrepot/platform-jobs';
import { Injectable } from '@nestjs/common';
import { DriveErasure } from '../application/drive-erasure.ts';

/** Which request to look at; what is to be done to it says the database. */
export const driveErasure = defineJob({
  name: 'erasure.drive',
  fields: { requestId: field.reference() },
  rederiveEverySeconds: 2,
});
type Payload = JobPayload<typeof driveErasure>;

const requestsPerSweepMax = 50;

/** Brings requests on. A hint that Redis loses is made again from the database, so that losing it only delays. */
@Injectable()
export class DriveErasureJob extends JobHandler<Payload> {
  override readonly job = driveErasure;

  constructor(
    private readonly requests: ErasureStore,
    private readonly drive: DriveErasure,
  ) {
    super();
  }

  override async handle({ requestId }: Payload): Promise<void> {
    await this.drive.execute(requestId as ErasureRequestId);
  }

  override async rederive(): Promise<readonly Payload[]> {
    const underWay = await this.requests.underWay(requestsPerSweepMax);
    return underWay.map((requestId) => ({ requestId }));
  }
}
