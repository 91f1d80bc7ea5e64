import { newCellId } from '@entrepot/kernel';
import type { CellId, RegionCode, SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKey, SubjectKeys } from '@entrepot/platform-crypto';
import { describe, expect, it } from '@jest/globals';

class CountedKeys extends SubjectKeys {
  uses = 0;
  override create = () => Promise.resolve();
  override use<T>(_subject: SubjectId, work: (key: SubjectKey) => T): Promise<T> {
    this.uses += 1;
    return Promise.resolve(work(new SubjectKey(Buffer.alloc(32, 7), 1)));
  }
}

describe('a process without encryption', () => {
  it('uses each person’s key once, as a registration demands, and writes every value as it is', async () => {
    const subject = newCellId('subject', 'in-1' as CellId) as SubjectId;
    process.env['BENCH_APP_MAIN'] = 'data:text/javascript,';
    await import('./plain-api.ts');
    const keys = new CountedKeys();
    const cipher = new FieldCipher('in' as RegionCode, keys);
    const place = { table: 'identity.account', rowId: 'a row', subject };
    for (const name of ['first', 'second']) {
      const { text } = await cipher.encrypt(place, { text: name });
      expect(text).toContain(Buffer.from(name).toString('base64url'));
      expect(await cipher.decrypt(place, { text })).toEqual({ text: name });
    }
    expect(keys.uses).toBe(1);
  });
});
