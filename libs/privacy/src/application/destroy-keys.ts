import type { Log } from '@entrepot/platform-telemetry';
import type { SubjectId } from '@entrepot/kernel';
import { isApprovedByTwo } from '../domain/erasure-request.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';

/** A subject whose key is on its way out. */
export interface DoomedKey {
  readonly subject: SubjectId;
  /** Undefined once the vault has forgotten it, and where no KMS key is the subject's own. */
  readonly keyArn: string | undefined;
  readonly isUnusable: boolean;
  /** How many epochs ever covered something of the subject and are not destroyed yet. */
  readonly epochsLeft: number;
}

/** The rows of the vault that only the eraser may write. */
export abstract class ErasureLedger {
  /** Enters a fenced subject; answers false when the vault has no such fence. */
  abstract enter(request: ErasureRequest): Promise<boolean>;
  /** Entered and not yet destroyed. */
  abstract doomed(rowsMax: number): Promise<DoomedKey[]>;
  /**
   * Deletes the subject's logins and what wraps its keys under an epoch, and notes which epochs ever
   * covered them: backups hold copies until those are destroyed.
   */
  abstract recordUnusable(subject: SubjectId): Promise<void>;
  /** Wipes wrapped keys and ARN; the digest of the ARN stays as evidence. */
  abstract recordDestroyed(key: DoomedKey): Promise<void>;
}

/** Approved requests whose subjects are fenced in every process, read with a login that can change none of it. */
export abstract class ErasureApprovals {
  abstract drained(rowsMax: number): Promise<ErasureRequest[]>;
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
 * itself, holds them against each other, and needs the fence in the vault. Every step may be repeated.
 */
export class DestroyKeys {
  readonly #ledger: ErasureLedger;
  readonly #approvals: ErasureApprovals;
  readonly #keys: KeyDestroyer;
  readonly #log: Log;

  constructor(parts: {
    readonly ledger: ErasureLedger;
    readonly approvals: ErasureApprovals;
    readonly keys: KeyDestroyer;
    readonly log: Log;
  }) {
    this.#ledger = parts.ledger;
    this.#approvals = parts.approvals;
    this.#keys = parts.keys;
    this.#log = parts.log;
  }

  async execute(): Promise<DestroyedKeys> {
    for (const request of await this.#approvals.drained(rowsPerRunMax)) await this.#enter(request);
    const done = { scheduled: 0, destroyed: 0 };
    for (const key of await this.#ledger.doomed(rowsPerRunMax)) {
      if (key.isUnusable) done.destroyed += await this.#destroy(key);
      else done.scheduled += await this.#schedule(key);
    }
    return done;
  }

  async #enter(request: ErasureRequest): Promise<void> {
    if (isApprovedByTwo(request) && (await this.#ledger.enter(request))) return;
    this.#log.warn('privacy.erasure_refused', { state: request.status });
  }

  async #schedule(key: DoomedKey): Promise<number> {
    if (key.keyArn !== undefined) await this.#keys.schedule(key.keyArn);
    await this.#ledger.recordUnusable(key.subject);
    return 1;
  }

  async #destroy(key: DoomedKey): Promise<number> {
    if (key.epochsLeft > 0) return 0;
    if (key.keyArn !== undefined && !(await this.#keys.isGone(key.keyArn))) return 0;
    await this.#ledger.recordDestroyed(key);
    return 1;
  }
}
