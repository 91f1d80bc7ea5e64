import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: './schema',
  migrations: { path: './migrations' },
  // without a password: the schema engine would show it in its arguments; pg reads PGPASSWORD
  datasource: { url: process.env['ENTREPOT_MIGRATION_DATABASE_URL'] ?? '' },
});
