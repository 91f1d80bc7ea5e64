import { createPublicKey, verify } from 'node:crypto';
import { evidenceDigest, evidenceMessage } from '../domain/evidence-statement.ts';
import type { SigningKey } from './erasure-certificates.ts';
import { newestOf, operatorParts, saysInNoBackup, triedLogins } from './erasure-evidence.ts';
import type { GivenEvidence, OperatorEvidence, OperatorPart } from './erasure-evidence.ts';

/** Whether the key of the cell signed it, and signed just this. */
export function isSignedEvidence(
  { keyArn, publicKey }: SigningKey,
  { statement, requestId, part, tried, found, seal }: OperatorEvidence,
): boolean {
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  const under = { key, dsaEncoding: 'ieee-p1363' } as const;
  const isSigned = verify('sha256', evidenceMessage(statement), under, seal.signature);
  if (!isSigned || keyArn !== seal.keyArn) return false;
  const said = JSON.parse(statement) as Partial<Record<string, unknown>>;
  return (
    said['requestId'] === requestId &&
    said['part'] === part &&
    said['tried'] === tried &&
    said['found'] === found
  );
}

/** Of a part of the verification as a certificate tells it: nothing of it is believed. */
type ClaimedPart = Partial<
  Record<'part' | 'login' | 'result' | 'tried' | 'found' | 'evidenceDigest', unknown>
>;

/** What the vault has about a request, and the key that an operator's tool signs with. */
export interface KnownEvidence {
  readonly given: readonly GivenEvidence[];
  readonly signingKey: SigningKey;
  /** Whether a certificate may say that an operator's part did not run. */
  readonly mayLackParts: boolean;
}

/**
 * Whether a certificate claims of the verification what the evidence in the vault says: a trial of every login as often as
 * that login says, and of each part that an operator gives a clean statement that is signed and kept. What is said not to have
 * run claims nothing, where that is allowed; what found something last is never certified.
 */
export function isVerificationTrue(claimed: unknown, known: KnownEvidence): boolean {
  if (!Array.isArray(claimed)) return false;
  const parts = claimed as readonly (ClaimedPart | null)[];
  const rowsOf = (name: string) => parts.flatMap((of) => (of?.part === name ? [of] : []));
  return (
    areTrialsTrue(rowsOf('key-trial'), known.given) &&
    operatorParts.every((part) => isOperatorPartTrue(rowsOf(part), part, known))
  );
}

function areTrialsTrue(rows: readonly ClaimedPart[], given: readonly GivenEvidence[]): boolean {
  if (rows.length !== triedLogins.length) return false;
  return triedLogins.every((login) => {
    const row = rows.find((of) => of.login === login);
    const trial = given.find((of) => of.part === 'key-trial' && of.login === login);
    return (
      row?.result === 'run' && row.found === 0 && trial !== undefined && row.tried === trial.tried
    );
  });
}

function isOperatorPartTrue(
  rows: readonly ClaimedPart[],
  part: OperatorPart,
  { given, signingKey, mayLackParts }: KnownEvidence,
): boolean {
  const [row] = rows;
  if (rows.length !== 1 || row === undefined) return false;
  const isClean = (of: OperatorEvidence) => of.found === 0 && isSignedEvidence(signingKey, of);
  const newest = newestOf(given, part);
  if (newest !== undefined && !isClean(newest)) return false;
  if (row.result === 'not_run') return mayLackParts && row.evidenceDigest === null;
  return given.some(
    (of) =>
      of.part === part &&
      isClean(of) &&
      row.result === (saysInNoBackup(of) ? 'in_no_backup' : 'run') &&
      row.tried === of.tried &&
      row.found === 0 &&
      row.evidenceDigest === evidenceDigest(of.statement).toString('hex'),
  );
}
