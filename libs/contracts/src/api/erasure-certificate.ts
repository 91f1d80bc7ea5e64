import { z } from 'zod';
import { erasurePlanEntryView, erasureStepView } from './privacy.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const erasureVerificationPart = z.strictObject({
  part: z.enum(['key-trial', 'owners', 'store-scan', 'restore-drill']),
  /** Of which kind of process, for the trial of the key. */
  login: z.string().nullable(),
  /** `in_no_backup`: none was made while the person was there, so that none could be tried. */
  result: z.enum(['run', 'not_run', 'in_no_backup']),
  /** Attempts, sections, forms or values that were tried, and how many of them gave something. */
  tried: z.int(),
  found: z.int(),
  /** SHA-256 of what the operator's tool signed, which the cell keeps. */
  evidenceDigest: digest.nullable(),
});

/**
 * What was done to erase one person. Two claims that are never merged: from one instant on nobody could
 * use the key, from another its bytes existed no more. It holds no word and no reference of the person.
 */
export const erasureCertificateBody = z.strictObject({
  format: z.literal('entrepot-erasure-certificate/1'),
  requestId: z.string(),
  cell: z.string(),
  country: z.string(),
  claims: z.strictObject({
    unusable: z.strictObject({ since: z.iso.datetime() }),
    destroyed: z.strictObject({ at: z.iso.datetime() }),
  }),
  /** Which plan two persons approved, and when. */
  approval: z.strictObject({ persons: z.literal(2), planDigest: digest, at: z.iso.datetime() }),
  stores: z.array(erasureStepView),
  /** Categories of which something stays: facts that name nobody, or fields under a law to a date. */
  retained: z.array(
    erasurePlanEntryView.pick({ category: true, leaves: true, law: true, until: true }),
  ),
  /** Objections that outlive their person, as a keyed digest that names nobody. Older certificates say nothing of it. */
  suppressions: z
    .array(
      z.strictObject({
        list: z.literal('direct_marketing'),
        entries: z.int(),
        keptAs: z.literal('keyed_digest'),
      }),
    )
    .optional(),
  /** Processors outside of the cell that knew the person, and what each signed when it had erased. */
  recipients: z.array(
    z.strictObject({
      processor: z.string(),
      /** How many identities it was told. */
      identities: z.int(),
      /** More than one where it gave up what it was asked before. */
      attempts: z.int(),
      acknowledgedAt: z.iso.datetime(),
      /** SHA-256 of its signed answer, which the cell keeps, and of the certificate that signed it. */
      answerDigest: digest,
      signerDigest: digest,
    }),
  ),
  /**
   * How it was tried to read the person afterwards: with the login of each kind of process, by asking every owner of
   * data, by a scan of every store, in a restored backup. Older certificates say it among the stores.
   */
  verification: z.array(erasureVerificationPart).optional(),
  /** Codes of what was not done. */
  notDone: z.array(z.string()),
  /** The last link of the request's chain of events before this certificate. */
  evidence: z.strictObject({ events: z.int(), chainHead: digest }),
});
export type ErasureCertificateBody = z.infer<typeof erasureCertificateBody>;

/** GET /admin/v1/erasure-requests/{requestId}/certificate: what can be checked offline. */
export const erasureCertificateView = z.strictObject({
  certificate: erasureCertificateBody,
  signature: z.strictObject({
    /** ECDSA P-256 over SHA-256; r and s, 64 bytes in base64url, as JWS has them. */
    alg: z.literal('ES256'),
    keyArn: z.string(),
    /** SubjectPublicKeyInfo, PEM. */
    publicKey: z.string(),
    value: z.base64url(),
  }),
});
export type ErasureCertificateView = z.infer<typeof erasureCertificateView>;
