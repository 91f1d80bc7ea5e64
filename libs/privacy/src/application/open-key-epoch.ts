import { Clock } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { EpochStore } from './epoch-store.ts';
import type { EpochInTheMaking } from './epoch-store.ts';
import { shardContext, shards } from './key-places.ts';
import { KeyService } from './key-service.ts';
import { SubjectKeySettings } from './subject-key-settings.ts';

const dayMs = 86_400_000;
const shardKeysAtOnce = 8;

/**
 * Opens the first epoch of a new vault, and the next one when the open one is as old as the settings
 * say. Each step may be repeated, by another process too; a KMS key that a crash leaves behind wraps
 * nothing.
 */
@Injectable()
export class OpenKeyEpoch {
  constructor(
    private readonly store: EpochStore,
    private readonly service: KeyService,
    private readonly settings: SubjectKeySettings,
    private readonly clock: Clock,
  ) {}

  /** Answers the epoch that was opened, if one was. */
  async execute(): Promise<number | undefined> {
    if ((await this.store.innerKey()) === undefined) {
      await this.store.keepInnerKey(await this.service.createIndexKey());
    }
    const made = await this.store.inTheMaking();
    if (made === undefined && !(await this.isTime())) return undefined;
    const next = made ?? (await this.make());
    if (next === undefined) return undefined;
    await this.makeShardKeys(next);
    return (await this.store.open(next.epoch)) ? next.epoch : undefined;
  }

  private async isTime(): Promise<boolean> {
    const epochs = await this.store.live();
    const open = epochs.at(-1);
    if (open === undefined) return true;
    // as long as the last one still holds rows, the next one could not be opened
    if (epochs.length > 1) return false;
    if (open.isDue) return true;
    const ageMs = this.clock.now().getTime() - open.openedAt.getTime();
    return ageMs >= this.settings.epochDays * dayMs;
  }

  private async make(): Promise<EpochInTheMaking | undefined> {
    const rootKeyArn = await this.service.createRootKey();
    const indexKeyArn = await this.service.createIndexKey();
    await this.store.make({ rootKeyArn, indexKeyArn });
    return this.store.inTheMaking();
  }

  private async makeShardKeys({ epoch, rootKeyArn }: EpochInTheMaking): Promise<void> {
    const known = new Set(await this.store.shardsOf(epoch));
    const missing = shards.filter((shard) => !known.has(shard));
    const makeRest = async (): Promise<void> => {
      for (let shard = missing.pop(); shard !== undefined; shard = missing.pop()) {
        const context = shardContext(this.settings.cell, { epoch, shard });
        const wrapped = await this.service.newWrappedKey(rootKeyArn, context);
        await this.store.keepShardKey(epoch, shard, wrapped);
      }
    };
    await Promise.all(Array.from({ length: shardKeysAtOnce }, makeRest));
  }
}
