import { DomainError } from '@entrepot/kernel';

/** What somebody says of their age; it is heard and not stored. */
export const ageDeclarations = ['adult', 'minor'] as const;
export type AgeDeclaration = (typeof ageDeclarations)[number];

/** Throws AGE_DECLARATION_REQUIRED where nothing was said, and MINOR_NOT_SERVED. */
export function assertOfAge(declared: AgeDeclaration | undefined): void {
  if (declared === undefined) {
    throw new DomainError('AGE_DECLARATION_REQUIRED', 'the country asks for a declaration of age');
  }
  if (declared === 'minor') throw new DomainError('MINOR_NOT_SERVED', 'a minor is not served');
}
