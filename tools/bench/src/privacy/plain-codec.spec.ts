import { newCellId } from '@entrepot/kernel';
import type { CellId, RegionCode, SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKey, SubjectKeys } from '@entrepot/platform-crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PlainCodec } from './plain-codec.ts';

const subject = newCellId('subject', 'in-1' as CellId) as SubjectId;
const place = { table: 'identity.account', rowId: 'a row', subject };

class OneKey extends SubjectKeys {
  private readonly key = new SubjectKey(Buffer.alloc(32, 7), 1);
  override create = () => Promise.resolve();
  override use<T>(_subject: SubjectId, work: (key: SubjectKey) => T): Promise<T> {
    return Promise.resolve(work(this.key));
  }
}

describe('the codec that encrypts nothing', () => {
  it('gives back every text, in values as long as those of the field cipher', async () => {
    const codec = new PlainCodec();
    const cipher = new FieldCipher('in' as RegionCode, new OneKey());
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const plain = await codec.encrypt(place, { text });
        expect(plain.text).toHaveLength((await cipher.encrypt(place, { text })).text.length);
        // a lone surrogate has no UTF-8 and is replaced by both alike
        expect(await codec.decrypt(place, plain)).toEqual({ text: Buffer.from(text).toString() });
      }),
    );
  });

  it('hides nothing', async () => {
    const { text } = await new PlainCodec().encrypt(place, { text: 'a name' });
    expect(text).toContain(Buffer.from('a name').toString('base64url'));
  });
});
