import { createHash } from 'node:crypto';
import { isClean } from '@entrepot/border-scan';
import type { StoreScan } from '@entrepot/border-scan';
import type { EvidenceSigner } from '@entrepot/privacy';
import canonicalize from 'canonicalize';
import { z } from 'zod';

const label = z.string().regex(/^[a-z0-9-]+\/[A-Za-z0-9]+\/[a-z0-9-]+$/);

const storeResult = z.strictObject({
  store: z.string(),
  bytes: z.int().min(0),
  /** Forms of a planted control that had to be found, and those that were not. */
  controls: z.int().min(0),
  missedControls: z.array(label),
  /** What of other cells' people was found: cell, field and form, and how often; never a value. */
  finds: z.array(z.strictObject({ label, count: z.int().positive() })),
  /** Why the scan of this store proves nothing. */
  problems: z.array(z.string()),
});

/** What was looked for in the stores of one cell, where, and what was found. */
export const residencyReportBody = z.strictObject({
  format: z.literal('entrepot-residency-report/1'),
  cell: z.string(),
  /** Revision of the source, with `+` where files differ from it. */
  commit: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** The other cells, whose people were looked for, and what each of them did and typed. */
  people: z.array(
    z.strictObject({
      home: z.string(),
      calls: z.int().positive(),
      fields: z.array(z.string()),
    }),
  ),
  stores: z.array(storeResult).min(1),
  isClean: z.boolean(),
});
export type ResidencyReportBody = z.infer<typeof residencyReportBody>;

const signature = z.strictObject({
  /** ECDSA P-256 over SHA-256; r and s, 64 bytes in base64url, as JWS has them. */
  alg: z.literal('ES256'),
  keyArn: z.string(),
  /** SubjectPublicKeyInfo, PEM. */
  publicKey: z.string(),
  value: z.base64url(),
});

/** One report for each cell, each signed with the evidence key of its cell. */
export const residencyReports = z
  .array(z.strictObject({ report: residencyReportBody, signature }))
  .min(1);
export type ResidencyReports = z.infer<typeof residencyReports>;
export type SignedResidencyReport = ResidencyReports[number];

/** Separates these signatures from any other use of the same key. */
const heading = 'entrepot residency report 1';

/** What is signed: KMS takes at most 4 KiB, so the digest of the canonical form (RFC 8785) stands for it. */
export function reportStatement(report: ResidencyReportBody): Buffer {
  const digest = createHash('sha256')
    .update(canonicalize(report) ?? '')
    .digest('hex');
  return Buffer.from(`${heading}\n${digest}\n`);
}

export interface ReportSeal {
  readonly signer: EvidenceSigner;
  /** The public half of a key, as the cell has published it. */
  readonly publicKeyOf: (keyArn: string) => string;
}

export async function sealReport(
  report: ResidencyReportBody,
  { signer, publicKeyOf }: ReportSeal,
): Promise<SignedResidencyReport> {
  const { keyArn, signature: value } = await signer.sign(reportStatement(report));
  return {
    report,
    signature: {
      alg: 'ES256',
      keyArn,
      publicKey: publicKeyOf(keyArn),
      value: value.toString('base64url'),
    },
  };
}

/** The scans of one cell as a report; finds are counted, and where in a file they lay stays out. */
export function reportOf(
  facts: Omit<ResidencyReportBody, 'format' | 'stores' | 'isClean'>,
  scans: readonly StoreScan[],
): ResidencyReportBody {
  return residencyReportBody.parse({
    format: 'entrepot-residency-report/1',
    ...facts,
    stores: scans.map(({ store, bytes, controls, missedControls, finds, problems }) => ({
      ...{ store, bytes, controls, missedControls, problems },
      finds: [...Map.groupBy(finds, (find) => find.label)]
        .map(([name, found]) => ({ label: name, count: found.length }))
        .toSorted((a, b) => a.label.localeCompare(b.label)),
    })),
    isClean: scans.length > 0 && scans.every(isClean),
  });
}

/** Whether a report says of itself what its stores say: a signer that signs anything would be worth nothing. */
export const isConsistent = ({ stores, isClean: claims }: ResidencyReportBody): boolean =>
  claims ===
  stores.every(
    ({ bytes, finds, missedControls, problems, controls }) =>
      bytes > 0 &&
      controls > 0 &&
      finds.length === 0 &&
      missedControls.length === 0 &&
      problems.length === 0,
  );
