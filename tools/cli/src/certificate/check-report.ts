import { isConsistent, reportStatement, residencyReports } from '@entrepot/residency';
import type { ResidencyReportBody } from '@entrepot/residency';

import { BadCertificateError, checkEvidence, parseJson } from './check-evidence.ts';
import type { CheckedEvidence } from './check-evidence.ts';

export interface CheckedReport extends CheckedEvidence {
  readonly report: ResidencyReportBody;
  readonly keyArn: string;
}

/**
 * Reads a file of residency reports and checks the signature of each with nothing but the text and, if the reader has
 * them, the public keys that the cells have published (PEM). Throws BadCertificateError for the whole file where one
 * report is not what its cell has signed, or says something else than its stores.
 */
export function checkReports(text: string, pinnedKeys: readonly string[] = []): CheckedReport[] {
  const read = residencyReports.safeParse(parseJson(text));
  if (!read.success) throw new BadCertificateError('This is not a file of residency reports.');
  const cells = new Set(read.data.map(({ report }) => report.cell));
  if (cells.size !== read.data.length) throw new BadCertificateError('A cell reports twice.');
  return read.data.map(({ report, signature }) => {
    const evidence = { statement: reportStatement(report), signature };
    const checked = checkAny(evidence, pinnedKeys, `report of ${report.cell}`);
    if (!isConsistent(report)) {
      throw new BadCertificateError(`The report of ${report.cell} contradicts itself.`);
    }
    return { report, keyArn: signature.keyArn, ...checked };
  });
}

type Evidence = Parameters<typeof checkEvidence>[0];

function checkAny(evidence: Evidence, keys: readonly string[], what: string): CheckedEvidence {
  if (keys.length === 0) return checkEvidence(evidence, undefined, what);
  const refusals: unknown[] = [];
  for (const key of keys) {
    try {
      return checkEvidence(evidence, key, what);
    } catch (error) {
      refusals.push(error);
    }
  }
  throw refusals.at(-1);
}
