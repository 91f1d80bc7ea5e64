import { field } from '@entrepot/contracts/events/event-fields';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { defineJob, JobHandler } from '@entrepot/platform-jobs';
import type { JobPayload } from '@entrepot/platform-jobs';
import { Injectable } from '@nestjs/common';
import { ExportStore } from '../application/export-store.ts';
import { MakeExport } from '../application/make-export.ts';

/** Which copy to make; of whom, says the database. */
export const makeExport = defineJob({
  name: 'rights.make-export',
  fields: { requestId: field.reference() },
  // packing and sealing a copy takes the processor from whatever else the process does
  atOnceMax: 1,
  rederiveEverySeconds: 2,
});
type Payload = JobPayload<typeof makeExport>;

const exportsPerSweepMax = 20;

/** Makes the copies that wait. A hint that Redis loses is made again from the database. */
@Injectable()
export class MakeExportJob extends JobHandler<Payload> {
  override readonly job = makeExport;

  constructor(
    private readonly exports: ExportStore,
    private readonly make: MakeExport,
  ) {
    super();
  }

  override async handle({ requestId }: Payload): Promise<void> {
    await this.make.execute(requestId as PrivacyRequestId);
  }

  override async rederive(): Promise<readonly Payload[]> {
    const waiting = await this.exports.waiting(exportsPerSweepMax);
    return waiting.map((requestId) => ({ requestId }));
  }
}
