import { statement } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { quarantineProbe, refuseQuarantine } from '../src/quarantine.ts';

let shop: TestDatabase<'shop'>;
let vault: TestDatabase<'vault'>;

beforeAll(async () => {
  [shop, vault] = await Promise.all([testDatabase('shop'), testDatabase('vault')]);
});
afterAll(async () => {
  await shop.drop();
  await vault.drop();
});

const backupId = 'backup-20261128T100000Z-0a1b2c3d';
const open = statement(
  'spec.quarantine_open',
  `INSERT INTO cell.quarantine (restore_id, backup_id, backup_seq, backup_digest)
   VALUES ('restore-20261128T110000Z-' || $1, '${backupId}', 7, repeat('a', 64))`,
);
const close = statement(
  'spec.quarantine_close',
  `UPDATE cell.quarantine SET closed_at = now(), replayed_seq = $1, replayed_digest = repeat('b', 64)
   WHERE closed_at IS NULL`,
);
const reopen = statement(
  'spec.quarantine_reopen',
  'UPDATE cell.quarantine SET closed_at = NULL, replayed_seq = NULL, replayed_digest = NULL',
);
const remove = statement('spec.quarantine_remove', 'DELETE FROM cell.quarantine');

describe('a database in quarantine', () => {
  it.each(['shop', 'vault'] as const)(
    'in %s keeps every process of the cell from serving',
    async (name) => {
      const owner = (name === 'shop' ? shop : vault).open('owner');
      const eyes = [
        { shop: shop.open('api'), vault: vault.open('api') },
        { shop: shop.open('worker'), vault: vault.open('worker') },
        { shop: shop.open('audit'), vault: vault.open('eraser') },
      ];
      for (const databases of eyes) await refuseQuarantine(databases);
      await owner.execute(open, ['00000001']);
      for (const databases of eyes) {
        await expect(refuseQuarantine(databases)).rejects.toThrow(
          `The ${name} database was restored from ${backupId} and is in quarantine`,
        );
        await expect(quarantineProbe(databases).measure()).rejects.toThrow('quarantine');
      }
      const border = refuseQuarantine({ shop: shop.open('border') });
      if (name === 'shop') await expect(border).rejects.toThrow('quarantine');
      else await border;
      await owner.execute(close, [9]);
      for (const databases of eyes) await refuseQuarantine(databases);
    },
  );

  it('is opened once at a time, closed at a head that holds the backup’s, and then history', async () => {
    const owner = shop.open('owner');
    await owner.execute(open, ['00000002']);
    await expect(owner.execute(open, ['00000003'])).rejects.toMatchObject({ code: '23505' });
    await expect(owner.execute(remove)).rejects.toMatchObject({ code: '23514' });
    await expect(owner.execute(close, [6])).rejects.toMatchObject({ code: '23514' });
    await owner.execute(close, [7]);
    await expect(owner.execute(reopen)).rejects.toMatchObject({ code: '23514' });
    await expect(owner.execute(remove)).rejects.toMatchObject({ code: '23514' });
  });
});
