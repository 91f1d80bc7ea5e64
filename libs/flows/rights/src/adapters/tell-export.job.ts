import { field } from '@entrepot/contracts/events/event-fields';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { defineJob, JobHandler } from '@entrepot/platform-jobs';
import type { JobPayload } from '@entrepot/platform-jobs';
import { Injectable } from '@nestjs/common';
import { ExportStore } from '../application/export-store.ts';
import { TellExportReady } from '../application/tell-export-ready.ts';

/** Of which finished copy the link is to be sent; to whom, says the database. */
export const tellExport = defineJob({
  name: 'rights.tell-export',
  fields: { requestId: field.reference() },
  // these wait for a mail provider most of their time
  atOnceMax: 4,
  rederiveEverySeconds: 2,
});
type Payload = JobPayload<typeof tellExport>;

const exportsPerSweepMax = 20;

/** Tells people of their finished copies. Copies are made by another job: a provider that hangs keeps none waiting. */
@Injectable()
export class TellExportJob extends JobHandler<Payload> {
  override readonly job = tellExport;
  private lastUntold: PrivacyRequestId | undefined;

  constructor(
    private readonly exports: ExportStore,
    private readonly tell: TellExportReady,
  ) {
    super();
  }

  override async handle({ requestId }: Payload): Promise<void> {
    await this.tell.execute(requestId as PrivacyRequestId);
  }

  /** Some at a time, and from the beginning again: addresses that take no mail keep no other waiting. */
  override async rederive(): Promise<readonly Payload[]> {
    const found = await this.exports.untold(this.lastUntold, exportsPerSweepMax);
    this.lastUntold = found.length < exportsPerSweepMax ? undefined : found.at(-1);
    return found.map((requestId) => ({ requestId }));
  }
}
