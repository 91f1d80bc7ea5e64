import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { FieldCipher, readCiphertext, SubjectKeys } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import { openKeyRotation } from '@entrepot/privacy';
import type { KeyRotation } from '@entrepot/privacy';
import { subjectKeyDrivers } from '../src/application/subject-key-driver.ts';
import { PrivacyFixture } from './privacy-fixture.ts';
import type { TestingModule } from '@nestjs/testing';

const cell = 'in-1' as CellId;
const admit = statement('spec.admit', 'SELECT privacy.admit_subject($1)');
const insertAddress = statement(
  'spec.insert_address',
  'INSERT INTO identity.address (address_id, subject_id, content) VALUES ($1, $2, $3)',
);
const rewriteAddress = statement(
  'spec.rewrite_address',
  'UPDATE identity.address SET content = $2 WHERE address_id = $1',
);
const makeOld = statement(
  'spec.make_old',
  `UPDATE vault.former_data_key SET superseded_at = now() - interval '1 hour',
     unnamed_since = unnamed_since - interval '25 hours'`,
);

describe.each(subjectKeyDrivers)(
  'keys kept by %s, rotated from outside of any process',
  (driver) => {
    let fixture: PrivacyFixture;
    let api: TestingModule;
    let rotation: KeyRotation;
    beforeAll(async () => {
      fixture = await PrivacyFixture.start(driver);
      await fixture.startIdleWorker();
      api = await fixture.startProcess('api');
      const { shop, vault, kms } = fixture;
      rotation = await openKeyRotation({
        ...{ cell, shop: shop.open('worker'), vault: vault.open('worker') },
        kms: { endpoint: kms.endpoint, awsRegion: kms.awsRegion, ...kms.credentialsFor('worker') },
      });
    });
    afterAll(async () => {
      rotation.close();
      await fixture.end();
    });

    /** A process that knows the key of nobody yet. */
    const fresh = async () => (await fixture.startProcess('api')).get(FieldCipher);
    const placeOf = (rowId: string, subject: SubjectId) => ({
      ...{ table: 'identity.address', rowId, subject },
    });

    async function withAddress() {
      const [subject, id] = [newCellId('subject', cell), newCellId('address', cell)];
      await api.get(SubjectKeys).create(subject);
      const shop = fixture.shop.open('superuser');
      await shop.query(admit, [subject]);
      const { content } = await api
        .get(FieldCipher)
        .encrypt(placeOf(id, subject), { content: 'x' });
      await shop.execute(insertAddress, [id, subject, content]);
      return { subject, id, content };
    }

    it('everybody has another one, and a former one goes when no stored value names it', async () => {
      const people = [await withAddress(), await withAddress()];
      const end = await rotation.rotateAll.execute(undefined, () => undefined);
      expect(end).toMatchObject({ rotated: 2, passedOver: 0, of: 2 });
      expect(await rotation.report.execute()).toEqual({
        ...{ people: 2, current: 0 },
        left: [{ table: 'identity.address', why: 'waits', values: 2 }],
      });
      await fixture.vault.open('superuser').execute(makeOld);
      expect(await rotation.dropFormer.execute()).toBe(0);

      const [person] = people;
      if (person === undefined) throw new Error('nobody');
      const { subject, id, content } = person;
      const cipher = await fresh();
      const place = placeOf(id, subject);
      expect(await cipher.decrypt(place, { content })).toEqual({ content: 'x' });
      const anew = await cipher.encrypt(place, { content: 'x' });
      expect(readCiphertext(anew.content).keyVersion).toBe(2);
      await fixture.shop.open('superuser').execute(rewriteAddress, [id, anew.content]);
      expect(await rotation.dropFormer.execute()).toBe(0);
      await fixture.vault.open('superuser').execute(makeOld);
      expect(await rotation.dropFormer.execute()).toBe(1);

      const after = await fresh();
      expect(await after.decrypt(place, anew)).toEqual({ content: 'x' });
      await expect(after.decrypt(place, { content })).rejects.toThrow('does not belong here');
      expect(await rotation.dropFormer.execute()).toBe(0);
    });
  },
);
