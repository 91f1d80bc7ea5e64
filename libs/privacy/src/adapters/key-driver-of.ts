import type { CellId } from '@entrepot/kernel';
import type { KeyEpochs } from '../application/key-epochs.ts';
import type { KeyReserve } from '../application/key-reserve.ts';
import type { KeyService } from '../application/key-service.ts';
import type { ShardKeys } from '../application/shard-keys.ts';
import type { SubjectKeyDriver, SubjectKeyDriverName } from '../application/subject-key-driver.ts';
import type { VaultStore } from '../application/vault-store.ts';
import { KmsEpochDriver } from './kms-epoch-driver.ts';
import { KmsPerUserDriver } from './kms-per-user-driver.ts';

export interface KeyDriverParts {
  readonly store: VaultStore;
  readonly service: KeyService;
  readonly reserve: KeyReserve;
  readonly epochs: KeyEpochs;
  readonly shardKeys: ShardKeys;
}

/** The driver that keeps the keys of a vault. */
export function keyDriverOf(
  name: SubjectKeyDriverName,
  cell: CellId,
  { store, service, reserve, epochs, shardKeys }: KeyDriverParts,
): SubjectKeyDriver {
  switch (name) {
    case 'kms-per-user':
      return new KmsPerUserDriver({ store, service, reserve });
    case 'kms-epoch':
      return new KmsEpochDriver(cell, { store, epochs, shardKeys });
  }
}
