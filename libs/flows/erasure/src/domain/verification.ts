/** By what the record calls the parts of the verification; a login has a row of its own. */
export const partOfStep = {
  login: (login: string): string => `login:${login}`,
  owners: 'reads',
  'store-scan': 'canary-scan',
  'restore-drill': 'restore-drill',
} as const;

interface RecordedStep {
  readonly step: string;
  readonly store: string;
  /** Of the verification: how much was tried, by the evidence that was recorded last; `matched` stays the highest ever. */
  readonly deleted: number;
  readonly left: number;
  readonly leftReason?: string;
  readonly evidenceDigest?: string;
}

/** One part of the verification as a certificate tells it. */
export interface VerifiedPart {
  readonly part: 'key-trial' | 'owners' | 'store-scan' | 'restore-drill';
  readonly login: string | null;
  /** `in_no_backup`: none was made while the person was there, so that none could be tried. */
  readonly result: 'run' | 'not_run' | 'in_no_backup';
  readonly tried: number;
  readonly found: number;
  /** SHA-256 of what was signed about it. */
  readonly evidenceDigest: string | null;
}

const loginStart = partOfStep.login('');
const operatorParts = ['store-scan', 'restore-drill'] as const;

/** Out of the record of a request: each login, every owner, the scan and the restored backup. */
export function verificationOf(steps: readonly RecordedStep[]): VerifiedPart[] {
  const verified = steps.filter(({ step }) => step === 'verify-unreadable');
  const named = (name: string) => verified.find(({ store }) => store === name);
  const trials = verified.filter(({ store }) => store.startsWith(loginStart));
  const owners = named(partOfStep.owners);
  return [
    ...trials.map((row) => partOf('key-trial', row, row.store.slice(loginStart.length))),
    ...(owners === undefined ? [] : [partOf('owners', owners)]),
    ...operatorParts.map((part) => partOf(part, named(partOfStep[part]))),
  ];
}

function partOf(
  part: VerifiedPart['part'],
  row: RecordedStep | undefined,
  login: string | null = null,
): VerifiedPart {
  return {
    ...{ part, login, result: resultOf(row) },
    ...{ tried: row?.deleted ?? 0, found: row?.left ?? 0 },
    evidenceDigest: row?.evidenceDigest ?? null,
  };
}

function resultOf(row: RecordedStep | undefined): VerifiedPart['result'] {
  if (row === undefined || row.leftReason === 'NOT_RUN') return 'not_run';
  return row.leftReason === 'IN_NO_BACKUP' ? 'in_no_backup' : 'run';
}

/** A code for what of it did not run; undefined where both parts that an operator gives did. */
export function notRunOf(hasScan: boolean, hasDrill: boolean): string | undefined {
  if (!hasScan) return hasDrill ? 'NO_SCAN' : 'NO_SCAN_NO_RESTORE_DRILL';
  return hasDrill ? undefined : 'NO_RESTORE_DRILL';
}
