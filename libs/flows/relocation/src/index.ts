export { RelocationModule } from './relocation.module.ts';
export type { RelocationApiOptions } from './relocation.module.ts';
export { RelocationPersonalData } from './adapters/relocation-personal-data.ts';
export { OldAccount } from './application/old-account.ts';
