import { describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, RegionCode, SubjectId } from '@entrepot/kernel';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { CiphertextRejectedError, ciphertextOf, readCiphertext } from './ciphertext.ts';
import type { Ciphertext } from './ciphertext.ts';
import { FieldCipher } from './field-cipher.ts';
import type { RowPlace } from './field-cipher.ts';
import { SubjectKey } from './subject-key.ts';
import { SubjectKeys } from './subject-keys.ts';
import { Tombstone } from './tombstone.ts';

const subject = newCellId('subject', 'eu-1' as CellId);
const place: RowPlace = { table: 'identity.account', rowId: 'acc_1', subject };

class FixedSubjectKeys extends SubjectKeys {
  readonly keys = new Map<SubjectId, SubjectKey | Tombstone>([
    [subject, new SubjectKey(randomBytes(32), 1)],
  ]);

  override create(): Promise<void> {
    return Promise.resolve();
  }

  override use<T>(of: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone> {
    const key = this.keys.get(of) ?? new Tombstone('absent');
    return Promise.resolve(key instanceof Tombstone ? key : work(key));
  }
}

const cipherOf = (keys: SubjectKeys, region = 'eu') => new FieldCipher(region as RegionCode, keys);

describe('a field', () => {
  it('T1 comes back as it was, whatever the text', async () => {
    const cipher = cipherOf(new FixedSubjectKeys());
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (email, name) => {
        const sealed = await cipher.encrypt(place, { email, name });
        expect(await cipher.decrypt(place, sealed)).toEqual({ email, name });
      }),
      { numRuns: 200 },
    );
  });

  it('is written in the documented form, without its text', async () => {
    const { email } = await cipherOf(new FixedSubjectKeys()).encrypt(place, {
      email: 'canary@example.org',
    });
    expect(email).toMatch(/^v1\|A256GCM\|sub_eu-1_[0-9a-z]{26}\|1\|[\w-]{16}\|[\w-]{22}\|[\w-]+$/);
    expect(email).not.toContain('canary');
    expect(Buffer.from(email.split('|')[6] ?? '', 'base64url').toString()).not.toContain('canary');
  });

  it('never repeats an initialisation vector', async () => {
    const cipher = cipherOf(new FixedSubjectKeys());
    const vectors = new Set<string>();
    const writes = 20_000;
    for (let at = 0; at < writes; at += 1) {
      const { name } = await cipher.encrypt(place, { name: 'same' });
      vectors.add(readCiphertext(name).iv.toString('hex'));
    }
    expect(vectors.size).toBe(writes);
  });

  const other = newCellId('subject', 'eu-1' as CellId);
  it.each<[string, RowPlace, string, string]>([
    ['another row', { ...place, rowId: 'acc_2' }, 'email', 'eu'],
    ['another table', { ...place, table: 'identity.staff' }, 'email', 'eu'],
    ['another column', place, 'name', 'eu'],
    ['another region', place, 'email', 'in'],
    ['another subject', { ...place, subject: other }, 'email', 'eu'],
  ])('T2 does not open in %s', async (_, elsewhere, column, region) => {
    const keys = new FixedSubjectKeys();
    // The same bytes for both subjects: only the associated data tells them apart.
    const shared = Buffer.alloc(32, 7);
    keys.keys.set(subject, new SubjectKey(Buffer.from(shared), 1));
    keys.keys.set(other, new SubjectKey(Buffer.from(shared), 1));
    const { email } = await cipherOf(keys).encrypt(place, { email: 'a@example.org' });
    const moved =
      elsewhere.subject === subject ? email : (email.replace(subject, other) as Ciphertext);
    await expect(
      cipherOf(keys, region).decrypt(elsewhere, { [column]: moved }),
    ).rejects.toBeInstanceOf(CiphertextRejectedError);
  });

  it('does not open when any bit of it was changed', async () => {
    const keys = new FixedSubjectKeys();
    const { email } = await cipherOf(keys).encrypt(place, { email: 'a@example.org' });
    for (const at of [4, 5, 6]) {
      const parts = email.split('|');
      const bytes = Buffer.from(parts[at] ?? '', 'base64url');
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
      parts[at] = bytes.toString('base64url');
      await expect(
        cipherOf(keys).decrypt(place, { email: parts.join('|') as Ciphertext }),
      ).rejects.toBeInstanceOf(CiphertextRejectedError);
    }
  });
});

describe('a data key that was rotated', () => {
  const [old, current] = [randomBytes(32), randomBytes(32)];
  const keyOf = (version: number, ...former: number[]) =>
    new SubjectKey(
      Buffer.from(version === 1 ? old : current),
      version,
      former.map((at) => ({ version: at, key: Buffer.from(old) })),
    );

  it('T5 opens what the former one sealed and seals with the new one', async () => {
    const keys = new FixedSubjectKeys();
    const cipher = cipherOf(keys);
    keys.keys.set(subject, keyOf(1));
    const before = await cipher.encrypt(place, { email: 'a@example.org' });
    keys.keys.set(subject, keyOf(2, 1));
    const after = await cipher.encrypt(place, { name: 'Anna' });
    expect(readCiphertext(before.email).keyVersion).toBe(1);
    expect(readCiphertext(after.name).keyVersion).toBe(2);
    expect(await cipher.decrypt(place, { ...before, ...after })).toEqual({
      email: 'a@example.org',
      name: 'Anna',
    });
  });

  it('opens nothing of a former key that was dropped', async () => {
    const keys = new FixedSubjectKeys();
    const cipher = cipherOf(keys);
    keys.keys.set(subject, keyOf(1));
    const before = await cipher.encrypt(place, { email: 'a@example.org' });
    keys.keys.set(subject, keyOf(2));
    await expect(cipher.decrypt(place, before)).rejects.toBeInstanceOf(CiphertextRejectedError);
  });

  it('does not open under another version, though it were the same bytes', async () => {
    const keys = new FixedSubjectKeys();
    const cipher = cipherOf(keys);
    const shared = Buffer.alloc(32, 7);
    const both = () =>
      new SubjectKey(Buffer.from(shared), 2, [{ version: 1, key: Buffer.from(shared) }]);
    keys.keys.set(subject, both());
    const { email } = await cipher.encrypt(place, { email: 'a@example.org' });
    const older = email.replace(`${subject}|2|`, `${subject}|1|`) as Ciphertext;
    await expect(cipher.decrypt(place, { email: older })).rejects.toBeInstanceOf(
      CiphertextRejectedError,
    );
  });
});

describe('an erased subject', () => {
  it.each(['fenced', 'destroyed', 'absent'] as const)(
    'reads as a tombstone and takes no new value: %s',
    async (reason) => {
      const keys = new FixedSubjectKeys();
      const cipher = cipherOf(keys);
      const { email } = await cipher.encrypt(place, { email: 'a@example.org' });
      keys.keys.set(subject, new Tombstone(reason));
      expect(await cipher.decrypt(place, { email })).toEqual(new Tombstone(reason));
      await expect(cipher.encrypt(place, { email: 'b@example.org' })).rejects.toMatchObject({
        code: 'SUBJECT_ERASED',
      });
    },
  );
});

describe('what is no ciphertext', () => {
  it('T6 does not type-check where a ciphertext is wanted', () => {
    // @ts-expect-error a text that nobody encrypted
    const stored: Ciphertext = 'plain text';
    expect(() => readCiphertext(stored)).toThrow(CiphertextRejectedError);
  });

  it('T6 is no value of a row, though somebody cast it', async () => {
    const name = 'plain text' as Ciphertext;
    await expect(cipherOf(new FixedSubjectKeys()).decrypt(place, { name })).rejects.toBeInstanceOf(
      CiphertextRejectedError,
    );
  });

  it.each(['', 'plain text', 'v1|', `v2|A256GCM|${subject}|1|a|b|c`, `v1|A256GCM|x|1|a|b|c`])(
    'is refused: %p',
    (text) => {
      expect(() => ciphertextOf(text)).toThrow(CiphertextRejectedError);
    },
  );
});
