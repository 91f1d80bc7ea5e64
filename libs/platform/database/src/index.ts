export type { DatabaseOptions } from './connection-settings.ts';
export { CatalogDatabase, Database, ShopDatabase, VaultDatabase } from './database.ts';
export {
  classifyDatabaseError,
  isCheckViolation,
  isForeignKeyViolation,
  isUniqueViolation,
} from './database-error.ts';
export type { ErrorClass } from './database-error.ts';
export { DedicatedConnection } from './dedicated-connection.ts';
export type { PersonalColumn } from './personal-column.ts';
export type { Queryable, Transaction } from './queryable.ts';
export { statement } from './statement.ts';
export type { Statement } from './statement.ts';
export { together } from './together.ts';
export { TransactionAbortedError } from './transaction.ts';
