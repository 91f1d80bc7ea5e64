import { describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, PrivacyRequestId } from '@entrepot/kernel';
import { MakeExportJob } from '../src/adapters/make-export.job.ts';
import { TellExportJob } from '../src/adapters/tell-export.job.ts';
import type { ExportStore } from '../src/application/export-store.ts';
import type { MakeExport } from '../src/application/make-export.ts';
import type { TellExportReady } from '../src/application/tell-export-ready.ts';

const newRequest = (): PrivacyRequestId => newCellId('privacyRequest', 'in-1' as CellId);

function storeOf(parts: {
  readonly waiting?: readonly PrivacyRequestId[];
  readonly untold: readonly PrivacyRequestId[];
}): ExportStore {
  return {
    waiting: () => Promise.resolve(parts.waiting ?? []),
    untold: (after: PrivacyRequestId | undefined, limit: number) =>
      Promise.resolve(parts.untold.filter((id) => id > (after ?? '')).slice(0, limit)),
  } as unknown as ExportStore;
}

describe('The job that makes copies', () => {
  it('waits for no mail, and is asked for none', async () => {
    const [waiting, untold] = [newRequest(), newRequest()];
    const made: string[] = [];
    const make = { execute: (id: string) => Promise.resolve(void made.push(id)) };
    const job = new MakeExportJob(
      storeOf({ waiting: [waiting], untold: [untold] }),
      make as unknown as MakeExport,
    );
    for (const payload of await job.rederive()) await job.handle(payload);
    expect(made).toEqual([waiting]);
  });
});

describe('The job that tells of copies', () => {
  it('offers every untold person their turn, however many of the others take no mail', async () => {
    const ids = Array.from({ length: 50 }, newRequest).toSorted();
    const job = new TellExportJob(storeOf({ untold: ids }), {} as TellExportReady);
    const seen = new Set<string>();
    for (let sweep = 0; sweep < 3; sweep += 1) {
      for (const { requestId } of await job.rederive()) seen.add(requestId);
    }
    expect([...seen].toSorted()).toEqual(ids);
    expect(await job.rederive()).toHaveLength(20);
  });
});
