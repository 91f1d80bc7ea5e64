import { describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, PrivacyRequestId } from '@entrepot/kernel';
import { MakeExportJob } from '../src/adapters/make-export.job.ts';
import type { ExportStore } from '../src/application/export-store.ts';
import type { MakeExport } from '../src/application/make-export.ts';
import type { TellExportReady } from '../src/application/tell-export-ready.ts';

describe('The job that makes copies', () => {
  it('offers every untold person their turn, however many of the others take no mail', async () => {
    const make = () => newCellId('privacyRequest', 'in-1' as CellId);
    const ids = Array.from({ length: 50 }, make).toSorted();
    const exports = {
      waiting: () => Promise.resolve([]),
      untold: (after: PrivacyRequestId | undefined, limit: number) =>
        Promise.resolve(ids.filter((id) => id > (after ?? '')).slice(0, limit)),
    } as unknown as ExportStore;
    const job = new MakeExportJob(exports, {} as MakeExport, {} as TellExportReady);
    const seen = new Set<string>();
    for (let sweep = 0; sweep < 3; sweep += 1) {
      for (const { requestId } of await job.rederive()) seen.add(requestId);
    }
    expect([...seen].toSorted()).toEqual(ids);
    expect(await job.rederive()).toHaveLength(20);
  });
});
