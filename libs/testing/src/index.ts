export { testDatabase } from './test-database.ts';
export type { DatabaseRole, TestDatabase, TestDatabaseOptions } from './test-database.ts';
