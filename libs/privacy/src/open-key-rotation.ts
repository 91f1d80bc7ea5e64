import type { CellId } from '@entrepot/kernel';
import { SystemClock } from '@entrepot/kernel';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { AwsKeyService } from './adapters/aws-key-service.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { keyDriverOf } from './adapters/key-driver-of.ts';
import { PgEpochStore } from './adapters/pg-epoch-store.ts';
import { PgKeyedSubjects } from './adapters/pg-keyed-subjects.ts';
import { PgSealedValues } from './adapters/pg-sealed-values.ts';
import { PgVaultStore } from './adapters/pg-vault-store.ts';
import { DropFormerKeys } from './application/drop-former-keys.ts';
import { KeyEpochs } from './application/key-epochs.ts';
import { KeyReserve } from './application/key-reserve.ts';
import { ReportFormerKeys } from './application/report-former-keys.ts';
import { RotateKeys } from './application/rotate-keys.ts';
import { RotateSubjectKey } from './application/rotate-subject-key.ts';
import { ShardKeys } from './application/shard-keys.ts';

export interface KeyRotationParts {
  readonly cell: CellId;
  /** With the login of the worker, as all of these. */
  readonly shop: ShopDatabase;
  readonly vault: VaultDatabase;
  readonly kms: AwsKeyServiceOptions;
}

export interface KeyRotation {
  readonly rotate: RotateSubjectKey;
  readonly rotateAll: RotateKeys;
  readonly dropFormer: DropFormerKeys;
  readonly report: ReportFormerKeys;
  close(): void;
}

/** What rotates keys, for a program that is no process of the cell. The vault says which driver keeps its keys. */
export async function openKeyRotation(parts: KeyRotationParts): Promise<KeyRotation> {
  const { cell, shop, vault, kms } = parts;
  const [store, epochStore] = [new PgVaultStore(vault), new PgEpochStore(vault)];
  const service = new AwsKeyService(kms);
  const shardKeys = new ShardKeys(cell, { store: epochStore, service });
  const driver = keyDriverOf(await store.chooseDriver('kms-per-user'), cell, {
    ...{ store, service, shardKeys, epochs: new KeyEpochs(epochStore) },
    reserve: new KeyReserve(store, service),
  });
  const rotate = new RotateSubjectKey(store, driver);
  const [values, clock] = [new PgSealedValues(shop), new SystemClock()];
  return {
    rotate,
    rotateAll: new RotateKeys(new PgKeyedSubjects(vault), rotate),
    dropFormer: new DropFormerKeys(store, values, clock),
    report: new ReportFormerKeys(store, values),
    close: () => {
      shardKeys.clear();
      service.close();
    },
  };
}
