import type { Personal } from '@entrepot/kernel';

/** One-way hashes of passwords, deliberately slow. */
export abstract class PasswordHasher {
  abstract hash(password: string): Promise<Personal<string>>;
  /** Takes as long without a hash as with one, so that nobody learns whether there was one. */
  abstract verify(hash: Personal<string> | undefined, password: string): Promise<boolean>;
}
