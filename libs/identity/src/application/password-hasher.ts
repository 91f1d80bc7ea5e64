/** One-way hashes of passwords, deliberately slow. */
export abstract class PasswordHasher {
  abstract hash(password: string): Promise<string>;
  /** Takes as long without a hash as with one, so that nobody learns whether there was one. */
  abstract verify(hash: string | undefined, password: string): Promise<boolean>;
}
