import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { CiphertextRejectedError } from '@entrepot/platform-crypto';
import type { ClearField, ErasureRequest, TraceDigests } from '@entrepot/privacy';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PersonalFields } from '../src/application/personal-fields.ts';
import { RecordTraces } from '../src/application/record-traces.ts';
import {
  InMemoryErasureStore,
  InMemoryFencedKeys,
  InMemoryVault,
  Power,
} from './in-memory-erasure.ts';
import { InMemoryRecipients } from './in-memory-recipients.ts';

const id = `ers_in-1_${'a'.repeat(26)}` as ErasureRequestId;
const request = { id, subject: 'sub' as SubjectId } as ErasureRequest;

/** One account, and orders whose address no key opens where they are broken. */
class Fields extends PersonalFields {
  isBroken = false;

  override read({ store }: { readonly store: string }): Promise<readonly ClearField[]> {
    if (this.isBroken && store === 'orders.order') {
      return Promise.reject(new CiphertextRejectedError('not a ciphertext'));
    }
    const email = { field: 'email', ordinal: 1, text: 'canary@people.example' };
    return Promise.resolve(store === 'identity.account' ? [email] : []);
  }
}

let store: InMemoryErasureStore;
let recipients: InMemoryRecipients;
let fields: Fields;
let traces: RecordTraces;
beforeEach(() => {
  const power = new Power();
  const vault = new InMemoryVault(power);
  vault.isFenced = true;
  store = new InMemoryErasureStore(power);
  recipients = new InMemoryRecipients(power, store, vault);
  fields = new Fields();
  traces = new RecordTraces(
    new InMemoryFencedKeys(vault),
    ...([fields, recipients.parts().seal, store] as const),
  );
});

describe('what a scan is to look for', () => {
  it('lies sealed under the key of the request, the first time for good', async () => {
    await traces.execute(request);
    const first = recipients.traces.kept.get(id);
    await traces.execute(request);
    expect(recipients.traces.kept.get(id)).toBe(first);
    const opened = await recipients.keys.open(id, 'trace', first ?? Buffer.alloc(0));
    const { digests } = JSON.parse(String(opened)) as TraceDigests;
    expect(digests.map(({ label }) => label)).toContain('identity.account.email/plain');
    expect(String(opened)).not.toContain('canary');
    expect(store.steps.get(`${id} record-traces request-trace`)).toMatchObject({
      ...{ matched: digests.length, leftReason: 'LOOKED_FOR_LATER' },
    });
  });

  it('does not hold up an erasure where a value cannot be read, and says so', async () => {
    fields.isBroken = true;
    await traces.execute(request);
    expect(recipients.traces.kept.has(id)).toBe(true);
    expect(store.steps.get(`${id} record-traces orders.order`)).toMatchObject({
      ...{ left: 1, leftReason: 'CANNOT_BE_READ' },
    });
  });
});
