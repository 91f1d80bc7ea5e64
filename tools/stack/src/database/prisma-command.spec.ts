import { describe, expect, it } from '@jest/globals';

import { environmentOf } from './prisma-command.ts';

describe('What the Prisma CLI is told', () => {
  it('has telemetry and the search for updates off', () => {
    expect(environmentOf(undefined)).toMatchObject({
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    });
  });

  it('has the password of a database beside its address and not in it', () => {
    const told = environmentOf('postgresql://owner:s%2Fecret@127.0.0.1:5432/shop');
    expect(told).toMatchObject({
      ENTREPOT_MIGRATION_DATABASE_URL: 'postgresql://owner@127.0.0.1:5432/shop',
      PGPASSWORD: 's/ecret',
    });
  });
});
