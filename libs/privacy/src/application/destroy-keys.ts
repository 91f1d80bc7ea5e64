import type { Log } from '@entrepot/platform-telemetry';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { isApprovedByTwo } from '../domain/erasure-request.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import type { ErasureFactKind } from '../domain/erasure-journal.ts';
import { keyNamesOf } from '../domain/key-names.ts';
import type { EpochRange } from '../domain/key-names.ts';
import type { ErasureJournal } from './erasure-journal.ts';
import type { NoteEpochs } from './note-epochs.ts';
import type { ApprovalProofs } from './prove-approvals.ts';

/** What covers something of a subject. */
export interface SubjectCover {
  /** Undefined once the vault has forgotten it, and where no KMS key is the subject's own. */
  readonly keyArn: string | undefined;
  /** Under which something of the subject ever lay, as far as is known; undefined where nothing did. */
  readonly epochs: EpochRange | undefined;
}

/** A subject whose key is on its way out. */
export interface DoomedKey extends SubjectCover {
  readonly subject: SubjectId;
  readonly requestId: ErasureRequestId;
  readonly isUnusable: boolean;
  /** How many epochs ever covered something of the subject and are not destroyed yet. */
  readonly epochsLeft: number;
}

/** The rows of the vault that only the eraser may write. */
export abstract class ErasureLedger {
  abstract isEntered(subject: SubjectId): Promise<boolean>;
  /** Undefined where the subject is not fenced. */
  abstract coverOfFenced(subject: SubjectId): Promise<SubjectCover | undefined>;
  /** Enters a fenced subject; answers false when the vault has no such fence. */
  abstract enter(request: ErasureRequest): Promise<boolean>;
  /** Entered and not yet destroyed. */
  abstract doomed(rowsMax: number): Promise<DoomedKey[]>;
  /**
   * Deletes the subject's logins and what wraps its keys under an epoch, and notes which epochs ever
   * covered them: backups hold copies until those are destroyed. Answers false, and changes nothing, where
   * what lay there has moved on to an epoch that the key does not name.
   */
  abstract recordUnusable(key: DoomedKey): Promise<boolean>;
  /** Wipes wrapped keys and ARN; the digest of the ARN stays as evidence. */
  abstract recordDestroyed(key: DoomedKey): Promise<void>;
}

/** Approved requests whose subjects are fenced in every process, and of whom nothing has to be moved any more, read with a login that can change none of it. */
export abstract class ErasureApprovals {
  abstract extracted(rowsMax: number): Promise<ErasureRequest[]>;
  abstract find(id: ErasureRequestId): Promise<ErasureRequest | undefined>;
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
 * itself, checks what each officer signed, and needs the fence in the vault. What it did stands in the journal
 * before it stands in the vault: a vault that is restored forgets, the journal does not. Every step may be
 * repeated.
 */
export class DestroyKeys {
  readonly #ledger: ErasureLedger;
  readonly #approvals: ErasureApprovals;
  readonly #proofs: ApprovalProofs;
  readonly #epochs: NoteEpochs;
  readonly #keys: KeyDestroyer;
  readonly #journal: ErasureJournal;
  readonly #log: Log;

  constructor(parts: {
    readonly ledger: ErasureLedger;
    readonly approvals: ErasureApprovals;
    readonly proofs: ApprovalProofs;
    readonly epochs: NoteEpochs;
    readonly keys: KeyDestroyer;
    readonly journal: ErasureJournal;
    readonly log: Log;
  }) {
    this.#ledger = parts.ledger;
    this.#approvals = parts.approvals;
    this.#proofs = parts.proofs;
    this.#epochs = parts.epochs;
    this.#keys = parts.keys;
    this.#journal = parts.journal;
    this.#log = parts.log;
  }

  async execute(): Promise<DestroyedKeys> {
    await this.#epochs.execute();
    for (const request of await this.#approvals.extracted(rowsPerRunMax))
      await this.#enter(request);
    const done = { scheduled: 0, destroyed: 0 };
    for (const key of await this.#ledger.doomed(rowsPerRunMax)) {
      if (key.isUnusable) done.destroyed += await this.#destroy(key);
      else done.scheduled += await this.#schedule(key);
    }
    return done;
  }

  async #enter(request: ErasureRequest): Promise<void> {
    const { subject, id } = request;
    const isApproved = isApprovedByTwo(request) && (await this.#proofs.isProven(request));
    if (isApproved && (await this.#ledger.isEntered(subject))) return;
    const cover = isApproved ? await this.#ledger.coverOfFenced(subject) : undefined;
    if (cover !== undefined) {
      await this.#journalise('fenced', { ...cover, subject, requestId: id });
      if (await this.#ledger.enter(request)) return;
    }
    this.#log.warn('privacy.erasure_refused', { state: request.status });
  }

  async #schedule(key: DoomedKey): Promise<number> {
    if (!(await this.#isStillProven(key))) return 0;
    if (key.keyArn !== undefined) await this.#keys.schedule(key.keyArn);
    await this.#journalise('key-unusable', key);
    return (await this.#ledger.recordUnusable(key)) ? 1 : 0;
  }

  /**
   * Asked right before what nobody can take back. After a restore the shop knows nothing of the request, or
   * an earlier state of it: then the key came here by the journal, in which only the eraser writes.
   */
  async #isStillProven({ requestId }: DoomedKey): Promise<boolean> {
    const request = await this.#approvals.find(requestId);
    if (request?.status !== 'drained') return true;
    if (isApprovedByTwo(request) && (await this.#proofs.isProven(request))) return true;
    this.#log.warn('privacy.erasure_refused', { state: request.status });
    return false;
  }

  async #destroy(key: DoomedKey): Promise<number> {
    if (key.epochsLeft > 0) return 0;
    if (key.keyArn !== undefined && !(await this.#keys.isGone(key.keyArn))) return 0;
    await this.#journalise('key-destroyed', key);
    await this.#ledger.recordDestroyed(key);
    return 1;
  }

  /** The ARN stays in the vault: its digest tells the key just as well. */
  #journalise(
    kind: ErasureFactKind,
    key: Omit<DoomedKey, 'isUnusable' | 'epochsLeft'>,
  ): Promise<void> {
    const { subject, requestId } = key;
    return this.#journal.append({ kind, subject, requestId, keys: keyNamesOf(key) });
  }
}
