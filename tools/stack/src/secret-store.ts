import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const secretBytes = 24;

/**
 * The secrets of one clone: a file each, readable by its owner only, made at random when first asked
 * for. A secret is named by who uses it, `in-1/redis/api`, and shared by nothing else.
 */
export class SecretStore {
  constructor(private readonly folder: string) {}

  /** Where the secret is; for programs that take a file rather than a value. */
  pathOf(name: string): string {
    return join(this.folder, name);
  }

  has(name: string): boolean {
    return existsSync(this.pathOf(name));
  }

  read(name: string): string {
    return readFileSync(this.pathOf(name), 'utf8');
  }

  /** A random password safe in URLs, SQL literals and property files. */
  password(name: string): string {
    return this.orMake(name, () => randomBytes(secretBytes).toString('base64url'));
  }

  /** A random symmetric key, base64. */
  key(name: string, bytes: number): string {
    return this.orMake(name, () => randomBytes(bytes).toString('base64'));
  }

  /** The stored secret, or the one `make` gives, stored. Whole or absent: a killed set-up leaves no half. */
  orMake(name: string, make: () => string): string {
    if (!this.has(name)) this.write(name, make());
    return this.read(name);
  }

  write(name: string, value: string): void {
    const file = this.pathOf(name);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, value, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}
