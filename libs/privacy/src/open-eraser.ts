import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import type { Log } from '@entrepot/platform-telemetry';
import { AwsKeyDestroyer } from './adapters/aws-key-destroyer.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { PgErasureApprovals } from './adapters/pg-erasure-approvals.ts';
import { PgErasureLedger } from './adapters/pg-erasure-ledger.ts';
import { DestroyKeys } from './application/destroy-keys.ts';
import type { ErasureJournal } from './application/erasure-journal.ts';

export interface EraserParts {
  /** With a login that reads approvals and writes nothing. */
  readonly shop: ShopDatabase;
  /** With the login of the eraser. */
  readonly vault: VaultDatabase;
  /** With the credentials of the eraser. */
  readonly kms: AwsKeyServiceOptions;
  /** Where each fact is written down before the vault has it. */
  readonly journal: ErasureJournal;
  readonly log: Log;
}

export interface Eraser {
  readonly destroyKeys: DestroyKeys;
  close(): void;
}

/** Puts the eraser together, for the process that is nothing else. */
export function openEraser({ shop, vault, kms, journal, log }: EraserParts): Eraser {
  const keys = new AwsKeyDestroyer(kms);
  const destroyKeys = new DestroyKeys({
    ledger: new PgErasureLedger(vault),
    approvals: new PgErasureApprovals(shop),
    keys,
    journal,
    log,
  });
  return { destroyKeys, close: () => keys.close() };
}
