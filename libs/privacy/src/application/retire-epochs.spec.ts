import { describe, expect, it } from '@jest/globals';
import { arnName } from '../domain/key-names.ts';
import { RememberedErasures } from '../testing/index.ts';
import { KeyDestroyer } from './destroy-keys.ts';
import { ErasureJournal } from './erasure-journal.ts';
import { EpochEnds, RetireEpochs } from './retire-epochs.ts';
import type { EndingEpoch, EpochKeys } from './retire-epochs.ts';

const keys: EpochKeys = { epoch: 3, rootKeyArn: 'arn:root', indexKeyArn: 'arn:index' };

/** Lets so many effects happen, in one order for all that is touched, and dies at the next. */
class Power {
  readonly done: string[] = [];
  left = Infinity;

  take(effect: string): void {
    if (this.left === 0) throw new Error('killed here');
    this.left -= 1;
    if (!this.done.includes(effect)) this.done.push(effect);
  }
}

class InMemoryEnds extends EpochEnds {
  isUnusable = false;
  isDestroyed = false;

  constructor(private readonly power: Power) {
    super();
  }

  override existing(): Promise<EpochKeys[]> {
    return Promise.resolve([keys]);
  }

  override ending(): Promise<EndingEpoch[]> {
    return Promise.resolve(this.isDestroyed ? [] : [{ ...keys, isUnusable: this.isUnusable }]);
  }

  override retire(): Promise<boolean> {
    this.power.take('vault retired');
    return Promise.resolve(true);
  }

  override recordUnusable(): Promise<void> {
    this.power.take('vault unusable');
    this.isUnusable = true;
    return Promise.resolve();
  }

  override recordDestroyed(): Promise<void> {
    this.power.take('vault destroyed');
    this.isDestroyed = true;
    return Promise.resolve();
  }
}

class InMemoryKms extends KeyDestroyer {
  constructor(private readonly power: Power) {
    super();
  }

  override schedule(keyArn: string): Promise<void> {
    this.power.take(`kms ${keyArn}`);
    return Promise.resolve();
  }

  override isGone(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

class MortalJournal extends ErasureJournal {
  readonly kept = new RememberedErasures();

  constructor(private readonly power: Power) {
    super();
  }

  override append(fact: Parameters<ErasureJournal['append']>[0]): Promise<void> {
    this.power.take(`journal ${fact.kind}`);
    return this.kept.append(fact);
  }
}

/** In this order, wherever the eraser dies. */
const way = [
  'vault retired',
  'journal epoch-retired',
  'kms arn:root',
  'kms arn:index',
  'vault unusable',
  'journal epoch-destroyed',
  'vault destroyed',
];

describe('the end of an epoch', () => {
  it.each(way.map((at, effects) => [at, effects] as const))(
    'is in the journal before KMS and vault have it, and is the same when the eraser dies before: %s',
    async (at, effects) => {
      const power = new Power();
      const journal = new MortalJournal(power);
      const ends = new InMemoryEnds(power);
      const eraser = new RetireEpochs({ ends, keys: new InMemoryKms(power), journal });
      power.left = effects;
      const untilDeath = async () => {
        for (let run = 0; run < 2; run += 1) await eraser.execute();
      };
      await expect(untilDeath()).rejects.toThrow('killed here');
      expect(power.done).toEqual(way.slice(0, way.indexOf(at)));
      power.left = Infinity;
      await untilDeath();
      expect(power.done).toEqual(way);
      expect(ends.isDestroyed).toBe(true);
      const of = { epoch: 3, keys: [arnName('arn:root'), arnName('arn:index')] };
      expect(journal.kept.facts).toEqual([
        { kind: 'epoch-retired', ...of },
        { kind: 'epoch-destroyed', ...of },
      ]);
    },
  );
});
