import { field } from '@entrepot/contracts/events/event-fields';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { defineJob, JobHandler } from '@entrepot/platform-jobs';
import type { JobPayload } from '@entrepot/platform-jobs';
import { Injectable } from '@nestjs/common';
import { ExportStore } from '../application/export-store.ts';
import { MakeExport } from '../application/make-export.ts';
import { TellExportReady } from '../application/tell-export-ready.ts';

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

/** Makes the copies that wait, and says so to their persons. A hint that Redis loses is made again from the database. */
@Injectable()
export class MakeExportJob extends JobHandler<Payload> {
  override readonly job = makeExport;
  private lastUntold: PrivacyRequestId | undefined;

  constructor(
    private readonly exports: ExportStore,
    private readonly make: MakeExport,
    private readonly tell: TellExportReady,
  ) {
    super();
  }

  override async handle({ requestId }: Payload): Promise<void> {
    const id = requestId as PrivacyRequestId;
    await this.make.execute(id);
    await this.tell.execute(id);
  }

  override async rederive(): Promise<readonly Payload[]> {
    const waiting = await this.exports.waiting(exportsPerSweepMax);
    return [...waiting, ...(await this.untold())].map((requestId) => ({ requestId }));
  }

  /** Some at a time, and from the beginning again: addresses that take no mail keep no other waiting. */
  private async untold(): Promise<readonly PrivacyRequestId[]> {
    const found = await this.exports.untold(this.lastUntold, exportsPerSweepMax);
    this.lastUntold = found.length < exportsPerSweepMax ? undefined : found.at(-1);
    return found;
  }
}
