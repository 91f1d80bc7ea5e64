import type { SubjectId } from '@entrepot/kernel';
import type { LoginAudience } from '@entrepot/platform-crypto';

/** An epoch under which rows may lie: opened and not retired. */
export interface LiveEpoch {
  readonly epoch: number;
  readonly rootKeyArn: string;
  readonly indexKeyArn: string;
  readonly openedAt: Date;
  /** New keys and logins come under the open epoch, of which there is one. */
  readonly isOpen: boolean;
  /** An operator wants the next one now. */
  readonly isDue: boolean;
}

export interface EpochInTheMaking {
  readonly epoch: number;
  readonly rootKeyArn: string;
  readonly indexKeyArn: string;
}

export interface StoredShardKey {
  readonly epoch: number;
  readonly shard: number;
  readonly rootKeyArn: string;
  readonly wrapped: Buffer;
}

export interface KekRow {
  readonly subject: SubjectId;
  readonly wrappedKek: Buffer;
}

export interface LoginRow {
  readonly subject: SubjectId;
  readonly audience: LoginAudience;
  readonly digest: Buffer;
  readonly wrappedInner: Buffer;
}

/** A row as it is to lie under the next epoch, found again by what it was before. */
export interface MovedLogin {
  readonly from: LoginRow;
  readonly digest: Buffer;
  readonly wrappedInner: Buffer;
}

/** Where a page of rows begins: after this row, in the order of subjects. */
export interface PageAfter {
  readonly after: string;
  readonly rowsMax: number;
}

/** How far the move out of an epoch has come; `total` is undefined until it was counted. */
export interface MoveProgress {
  readonly done: number;
  readonly total: number | undefined;
}

/** The epochs of the vault and what lies under them. */
export abstract class EpochStore {
  /** In their order; the open one is the last. */
  abstract live(): Promise<LiveEpoch[]>;
  abstract inTheMaking(): Promise<EpochInTheMaking | undefined>;
  /** Notes the keys of the epoch after the newest one; false where another process did so first. */
  abstract make(keys: { rootKeyArn: string; indexKeyArn: string }): Promise<boolean>;
  abstract shardsOf(epoch: number): Promise<number[]>;
  abstract findShardKey(epoch: number, shard: number): Promise<StoredShardKey | undefined>;
  /** Keeps a shard key unless there is one. */
  abstract keepShardKey(epoch: number, shard: number, wrapped: Buffer): Promise<void>;
  /** Opens an epoch and closes the one before; false where that may not be yet. */
  abstract open(epoch: number): Promise<boolean>;

  /** The key encryption keys in one shard of an epoch. */
  abstract keksOf(epoch: number, shard: number, page: PageAfter): Promise<KekRow[]>;
  /** Moves rows that still lie under `from`, and counts them; answers how many did. */
  abstract moveKeks(from: number, to: number, rows: readonly KekRow[]): Promise<number>;
  /** The logins under an epoch. A second login of the last subject may be left out. */
  abstract loginsOf(epoch: number, page: PageAfter): Promise<LoginRow[]>;
  abstract moveLogins(from: number, to: number, rows: readonly MovedLogin[]): Promise<number>;
  /** Counts what still lies under an epoch. */
  abstract countMoves(epoch: number): Promise<number>;
  /** Notes, once, how many moves a closed epoch needs in all. */
  abstract noteTotal(epoch: number, stillToMove: number): Promise<void>;
  abstract progressOf(epoch: number): Promise<MoveProgress | undefined>;

  /** The ARN of the inner key of the login index. */
  abstract innerKey(): Promise<string | undefined>;
  /** Keeps the inner key unless there is one. */
  abstract keepInnerKey(keyArn: string): Promise<void>;
}
