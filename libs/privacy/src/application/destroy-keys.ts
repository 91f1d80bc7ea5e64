import type { Log } from '@entrepot/platform-telemetry';
import { createHash } from 'node:crypto';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { isFourEyed } from '../domain/erasure-request.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import type { ErasureFactKind } from '../domain/erasure-journal.ts';
import type { ErasureJournal } from './erasure-journal.ts';

/** A subject whose key is on its way out. */
export interface DoomedKey {
  readonly subject: SubjectId;
  readonly requestId: ErasureRequestId;
  /** Undefined once the vault has forgotten it. */
  readonly keyArn: string | undefined;
  readonly isUnusable: boolean;
}

/** The rows of the vault that only the eraser may write. */
export abstract class ErasureLedger {
  abstract isFenced(subject: SubjectId): Promise<boolean>;
  /** Enters a fenced subject; answers false when the vault has no such fence. */
  abstract enter(request: ErasureRequest): Promise<boolean>;
  /** Entered and not yet destroyed. */
  abstract doomed(rowsMax: number): Promise<DoomedKey[]>;
  abstract recordUnusable(subject: SubjectId): Promise<void>;
  /** Wipes wrapped key and ARN; the digest of the ARN stays as evidence. */
  abstract recordDestroyed(key: DoomedKey): Promise<void>;
}

/** Approved requests whose subjects the shop has fenced, read with a login that can change none of it. */
export abstract class ErasureApprovals {
  abstract fenced(rowsMax: number): Promise<ErasureRequest[]>;
}

/** What only the eraser may ask of a KMS. */
export abstract class KeyDestroyer {
  /** The key serves nobody from now on; one that waits for its end already, or is gone, counts. */
  abstract schedule(keyArn: string): Promise<void>;
  /** Whether the key's bytes exist no more. */
  abstract isGone(keyArn: string): Promise<boolean>;
}

export interface DestroyedKeys {
  readonly scheduled: number;
  readonly destroyed: number;
}

const rowsPerRunMax = 100;

/**
 * The one piece of the system that can end a key. It trusts nobody's word: it reads both approvals for
 * itself, holds them against each other, and needs the fence in the vault. What it did stands in the journal
 * before it stands in the vault: a vault that is restored forgets, the journal does not. Every step may be
 * repeated.
 */
export class DestroyKeys {
  readonly #ledger: ErasureLedger;
  readonly #approvals: ErasureApprovals;
  readonly #keys: KeyDestroyer;
  readonly #journal: ErasureJournal;
  readonly #log: Log;

  constructor(parts: {
    readonly ledger: ErasureLedger;
    readonly approvals: ErasureApprovals;
    readonly keys: KeyDestroyer;
    readonly journal: ErasureJournal;
    readonly log: Log;
  }) {
    this.#ledger = parts.ledger;
    this.#approvals = parts.approvals;
    this.#keys = parts.keys;
    this.#journal = parts.journal;
    this.#log = parts.log;
  }

  async execute(): Promise<DestroyedKeys> {
    for (const request of await this.#approvals.fenced(rowsPerRunMax)) await this.#enter(request);
    const done = { scheduled: 0, destroyed: 0 };
    for (const key of await this.#ledger.doomed(rowsPerRunMax)) {
      if (key.isUnusable) done.destroyed += await this.#destroy(key);
      else done.scheduled += await this.#schedule(key);
    }
    return done;
  }

  async #enter(request: ErasureRequest): Promise<void> {
    if (isFourEyed(request) && (await this.#ledger.isFenced(request.subject))) {
      await this.#journal.append({
        kind: 'fenced',
        subject: request.subject,
        requestId: request.id,
      });
      if (await this.#ledger.enter(request)) return;
    }
    this.#log.warn('privacy.erasure_refused', { state: request.status });
  }

  async #schedule(key: DoomedKey): Promise<number> {
    if (key.keyArn !== undefined) await this.#keys.schedule(key.keyArn);
    await this.#journalise('key-unusable', key);
    await this.#ledger.recordUnusable(key.subject);
    return 1;
  }

  async #destroy(key: DoomedKey): Promise<number> {
    if (key.keyArn !== undefined && !(await this.#keys.isGone(key.keyArn))) return 0;
    await this.#journalise('key-destroyed', key);
    await this.#ledger.recordDestroyed(key);
    return 1;
  }

  /** The ARN stays in the vault: its digest tells the key just as well. */
  #journalise(kind: ErasureFactKind, { subject, requestId, keyArn }: DoomedKey): Promise<void> {
    if (keyArn === undefined) return this.#journal.append({ kind, subject, requestId });
    const key = `arn-sha256:${createHash('sha256').update(keyArn).digest('hex')}`;
    return this.#journal.append({ kind, subject, requestId, key });
  }
}
