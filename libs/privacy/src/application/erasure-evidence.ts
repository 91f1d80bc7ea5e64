import type { ErasureRequestId } from '@entrepot/kernel';
import type { EvidenceSignature } from './evidence-signer.ts';
import type { KeyTrialOutcome } from './key-trial.ts';

/** Every kind of process that has a login at the KMS: each tries for itself. */
export const triedLogins = ['api', 'eraser', 'worker'] as const;
export type TriedLogin = (typeof triedLogins)[number];

/** The parts that need the disks of a cell: an operator's tool does them. */
export const operatorParts = ['store-scan', 'restore-drill'] as const;
export type OperatorPart = (typeof operatorParts)[number];

/** A login that tried, several times in a row, and never got the key. */
export interface KeyTrialEvidence {
  readonly requestId: ErasureRequestId;
  readonly part: 'key-trial';
  readonly login: TriedLogin;
  readonly outcome: Exclude<KeyTrialOutcome, 'opened'>;
  /** How often. */
  readonly tried: number;
}

/** What an operator's tool says it did, signed. */
export interface OperatorEvidence {
  readonly requestId: ErasureRequestId;
  readonly part: OperatorPart;
  /** Forms that were looked for, or values that were tried. */
  readonly tried: number;
  /** How many of them gave something. */
  readonly found: number;
  /** In its canonical form (RFC 8785): counts and names of stores, no word of the person. */
  readonly statement: string;
  readonly seal: EvidenceSignature;
}

export type GivenEvidence = (
  (KeyTrialEvidence & { readonly found: 0 }) | (OperatorEvidence & { readonly login: 'operator' })
) & { readonly givenAt: Date };

/** What came of trying to read erased people. Nothing of it is ever changed. */
export abstract class ErasureEvidence {
  /** Oldest first. */
  abstract of(request: ErasureRequestId): Promise<GivenEvidence[]>;
  /** Those of the requests for which the login has given nothing yet. */
  abstract withoutTrial(
    requests: readonly ErasureRequestId[],
    login: TriedLogin,
  ): Promise<ErasureRequestId[]>;
  /** Keeps the first trial of each login. */
  abstract giveTrial(trial: KeyTrialEvidence): Promise<void>;
  /** A later one takes the place of an earlier one, which stays readable. */
  abstract giveSigned(evidence: OperatorEvidence): Promise<void>;
}

/** Whether the statement says that no backup was made while the person was there, so that none could be tried. */
export const saysInNoBackup = ({ statement }: OperatorEvidence): boolean =>
  Object.hasOwn(JSON.parse(statement) as object, 'inNoBackup');

/**
 * What an operator's tool said last about a part. A statement that is given again says what it said the first time, and
 * takes no place of what was found since: whoever may write evidence cannot so undo it without the key.
 */
export function newestOf(
  given: readonly GivenEvidence[],
  part: OperatorPart,
): (GivenEvidence & OperatorEvidence) | undefined {
  const about = given.filter((of): of is GivenEvidence & OperatorEvidence => of.part === part);
  const isFirst = ({ statement }: OperatorEvidence, place: number) =>
    about.findIndex((of) => of.statement === statement) === place;
  return about.findLast((of, place) => isFirst(of, place));
}
