import type { GrantRecord } from './grant-record.ts';

/** The grants of all keys, in memory. */
export class GrantList {
  readonly #byKey = new Map<string, Map<string, GrantRecord>>();

  /** In the order of their ids, which is the order of the lists. */
  all(): GrantRecord[] {
    return [...this.#byKey.values()].flatMap((grants) => [...grants.values()]).sort(byId);
  }

  ofKey(keyId: string): GrantRecord[] {
    return [...(this.#byKey.get(keyId)?.values() ?? [])].sort(byId);
  }

  find(keyId: string, grantId: string): GrantRecord | undefined {
    return this.#byKey.get(keyId)?.get(grantId);
  }

  put(grant: GrantRecord): void {
    const grants = this.#byKey.get(grant.keyId) ?? new Map<string, GrantRecord>();
    this.#byKey.set(grant.keyId, grants.set(grant.id, grant));
  }

  delete(keyId: string, grantId: string): void {
    this.#byKey.get(keyId)?.delete(grantId);
  }

  deleteOfKey(keyId: string): void {
    this.#byKey.delete(keyId);
  }
}

const byId = (one: GrantRecord, other: GrantRecord): number => (one.id < other.id ? -1 : 1);
