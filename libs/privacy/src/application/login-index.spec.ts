import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import type { Login } from '@entrepot/platform-crypto';
import type { EpochStore } from './epoch-store.ts';
import type { KeyEpochs } from './key-epochs.ts';
import type { KeyService } from './key-service.ts';
import { LoginIndex } from './login-index.ts';
import type { ShardKeys } from './shard-keys.ts';
import type { VaultStore } from './vault-store.ts';

const logins = Array.from({ length: 20 }, (_, at): Login => {
  return { audience: 'shopper', email: `p${at}@people.example` };
});
const epochs = [
  { epoch: 1, indexKeyArn: 'arn:1', isOpen: false },
  { epoch: 2, indexKeyArn: 'arn:2', isOpen: true },
];

describe('The login index of a process that has just started', () => {
  let asked: string[];
  let isAway: boolean;
  let index: LoginIndex;
  beforeEach(() => {
    [asked, isAway] = [[], false];
    let turn = 0;
    /** Each answer of the vault takes one turn longer than the one before. */
    const later = async <T>(answer: T): Promise<T> => {
      turn += 1;
      for (let waited = 0; waited < turn; waited += 1) await Promise.resolve();
      return answer;
    };
    const mac = async (keyArn: string) => {
      asked.push(keyArn);
      await Promise.resolve();
      if (isAway) throw new Error('KMS is away');
      return Buffer.alloc(32, keyArn.length);
    };
    index = new LoginIndex('in-1' as CellId, {
      vault: {
        findByLogin: () => later({ entry: undefined, newestEpoch: 2 }),
      } as unknown as VaultStore,
      store: { innerKey: () => later('arn:inner') } as unknown as EpochStore,
      epochs: { live: () => later(epochs) } as unknown as KeyEpochs,
      service: { mac } as unknown as KeyService,
      shardKeys: {} as ShardKeys,
    });
  });

  it('asks KMS once for each key, however many sign in at that moment', async () => {
    await Promise.all(logins.map((login) => index.find(login)));
    expect(asked.toSorted()).toEqual(['arn:1', 'arn:2', 'arn:inner']);
    for (const login of logins) await index.find(login);
    expect(asked).toHaveLength(3);
  });

  it('asks again after KMS was away', async () => {
    isAway = true;
    const refused = await Promise.allSettled(logins.map((login) => index.find(login)));
    expect(refused.map(({ status }) => status)).toEqual(logins.map(() => 'rejected'));
    [asked, isAway] = [[], false];
    await Promise.all(logins.map((login) => index.find(login)));
    expect(asked.toSorted()).toEqual(['arn:1', 'arn:2', 'arn:inner']);
  });
});
