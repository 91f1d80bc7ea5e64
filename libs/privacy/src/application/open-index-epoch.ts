import { Injectable } from '@nestjs/common';
import { KeyService } from './key-service.ts';
import { VaultStore } from './vault-store.ts';

const firstEpoch = 1;

/** Opens the first epoch of the login index of a new cell. */
@Injectable()
export class OpenIndexEpochUseCase {
  private readonly store: VaultStore;
  private readonly service: KeyService;

  constructor(store: VaultStore, service: KeyService) {
    this.store = store;
    this.service = service;
  }

  async execute(): Promise<void> {
    const epochs = await this.store.usableEpochs();
    if (epochs.length > 0) return;
    await this.store.openEpoch({
      epoch: firstEpoch,
      keyArn: await this.service.createIndexKey(),
    });
  }
}
