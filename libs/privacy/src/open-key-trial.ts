import type { CellId, SubjectId } from '@entrepot/kernel';
import type { VaultDatabase } from '@entrepot/platform-database';
import { AwsKeyService } from './adapters/aws-key-service.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { keyDriverOf } from './adapters/key-driver-of.ts';
import { KmsKeyTrial } from './adapters/kms-key-trial.ts';
import { PgEpochStore } from './adapters/pg-epoch-store.ts';
import { PgVaultStore } from './adapters/pg-vault-store.ts';
import { KeyEpochs } from './application/key-epochs.ts';
import { KeyReserve } from './application/key-reserve.ts';
import { KeyTrial } from './application/key-trial.ts';
import type { KeyTrialOutcome } from './application/key-trial.ts';
import { ShardKeys } from './application/shard-keys.ts';

export interface KeyTrialParts {
  readonly cell: CellId;
  /** With a login that reads wrapped keys. */
  readonly vault: VaultDatabase;
  /** With the credentials that are tried. */
  readonly kms: AwsKeyServiceOptions;
}

/** For a process that otherwise opens no key of a person. The vault says which driver keeps its keys. */
export function openKeyTrial(parts: KeyTrialParts): {
  readonly keys: KeyTrial;
  close(): void;
} {
  const { cell, vault, kms } = parts;
  const [store, epochStore] = [new PgVaultStore(vault), new PgEpochStore(vault)];
  const service = new AwsKeyService(kms);
  const shardKeys = new ShardKeys(cell, { store: epochStore, service });
  const wrapping = { store, service, shardKeys, epochs: new KeyEpochs(epochStore) };
  const driverParts = { ...wrapping, reserve: new KeyReserve(store, service) };
  class TrialOfDriver extends KeyTrial {
    override async attempt(subject: SubjectId): Promise<KeyTrialOutcome> {
      const name = await store.chooseDriver('kms-per-user');
      return new KmsKeyTrial(store, keyDriverOf(name, cell, driverParts)).attempt(subject);
    }
  }
  const close = () => {
    shardKeys.clear();
    service.close();
  };
  return { keys: new TrialOfDriver(), close };
}
