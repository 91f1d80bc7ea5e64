import type { SubjectId } from '@entrepot/kernel';

/** What the eraser has written down about a subject's key. */
export interface KeyFate {
  /** By the vault's clock; undefined while the key serves. */
  readonly unusableAt: Date | undefined;
  /** By the vault's clock; undefined while the key's bytes exist. */
  readonly destroyedAt: Date | undefined;
}

/** What a worker may do to a subject: shut every door, never destroy the key. */
export abstract class Fences {
  /**
   * Shuts the vault first: from then on no process takes the subject's key into use. Then the shop,
   * which waits for personal writes that are under way. Doing it again changes nothing.
   */
  abstract fence(subject: SubjectId): Promise<void>;
  abstract fateOf(subject: SubjectId): Promise<KeyFate>;
  /** The tombstone says from now on that the key is destroyed. */
  abstract markErased(subject: SubjectId): Promise<void>;
}
