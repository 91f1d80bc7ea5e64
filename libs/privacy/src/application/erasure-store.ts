import type { ErasureOutcome, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import type {
  ErasureApproval,
  ErasureOfficer,
  ErasureRequest,
  ErasureStatus,
} from '../domain/erasure-request.ts';

/** What one step did to one store. */
export interface ErasureStep extends ErasureOutcome {
  readonly step: string;
}

export interface NewErasureRequest {
  readonly id: ErasureRequestId;
  readonly subject: SubjectId;
  readonly requestedBy: ErasureOfficer;
}

/** Requests to erase and what became of them, in the shop database. */
export abstract class ErasureStore {
  /** Answers false when a request about this person is open already. */
  abstract insert(request: NewErasureRequest): Promise<boolean>;
  abstract find(id: ErasureRequestId): Promise<ErasureRequest | undefined>;
  abstract findOpenOf(subject: SubjectId): Promise<ErasureRequest | undefined>;
  /** Newest first. */
  abstract list(rowsMax: number): Promise<ErasureRequest[]>;
  /** Answers false when the request is no longer at the version that was read. */
  abstract approve(
    request: ErasureRequest,
    approval: Omit<ErasureApproval, 'at'>,
  ): Promise<boolean>;
  /** In the order of their approval. */
  abstract inStatus(status: ErasureStatus, rowsMax: number): Promise<ErasureRequest[]>;
  /** Sets status and its instant; false when the request is no longer at that version. */
  abstract advance(request: ErasureRequest, to: ErasureStatus): Promise<boolean>;
  /** Counts of a repeated step add up: what an attempt before a crash deleted is not lost. */
  abstract recordStep(id: ErasureRequestId, step: ErasureStep): Promise<void>;
  abstract stepsOf(id: ErasureRequestId): Promise<ErasureStep[]>;
}
