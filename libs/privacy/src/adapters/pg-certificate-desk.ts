import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import type { KnownEvidence } from '../application/certified-verification.ts';
import type { SigningKey } from '../application/erasure-certificates.ts';
import type { ErasureEvidence } from '../application/erasure-evidence.ts';
import type { EvidenceSignature } from '../application/evidence-signer.ts';
import { CertificateDesk } from '../application/sign-certificates.ts';
import type { KeyEnd, UnsignedCertificate } from '../application/sign-certificates.ts';
import { requestColumns, requestOf } from './erasure-request-row.ts';
import type { ErasureRequestRow } from './erasure-request-row.ts';

const unsigned = statement(
  'privacy.unsigned_certificates',
  `SELECT ${requestColumns.map((column) => `r.${column}`).join(', ')}, c.body
   FROM privacy.erasure_certificate c JOIN privacy.erasure_request r USING (request_id)
   WHERE c.signature IS NULL ORDER BY c.made_at, c.request_id LIMIT $1`,
);
const keyEnd = statement(
  'vault.end_of_key',
  `SELECT key_unusable_at AS "unusableAt", key_destroyed_at AS "destroyedAt"
   FROM vault.erasure_ledger
   WHERE subject_id = $1 AND key_unusable_at IS NOT NULL AND key_destroyed_at IS NOT NULL`,
);
const signingKey = statement(
  'vault.key_of_evidence',
  `SELECT kms_key_arn AS "keyArn", public_key AS "publicKey" FROM vault.signing_key
   WHERE purpose = 'evidence'`,
);
const isSigned = statement(
  'vault.is_certificate_signed',
  'SELECT 1 FROM vault.certificate_signature WHERE request_id = $1',
);
const keep = statement(
  'vault.keep_certificate_signature',
  `INSERT INTO vault.certificate_signature (request_id, body_digest, kms_key_arn, signature)
   VALUES ($1, $2, $3, $4) ON CONFLICT (request_id) DO NOTHING`,
);

/** Reads the shop with a login that writes nothing, writes the vault with that of the eraser. */
export class PgCertificateDesk extends CertificateDesk {
  constructor(
    private readonly shop: ShopDatabase,
    private readonly vault: VaultDatabase,
    private readonly evidence: ErasureEvidence,
  ) {
    super();
  }

  override async unsigned(rowsMax: number): Promise<UnsignedCertificate[]> {
    const rows = await this.shop.query<ErasureRequestRow & { readonly body: string }>(unsigned, [
      rowsMax,
    ]);
    return rows.map(({ body, ...row }) => ({ body, request: requestOf(row) }));
  }

  override async endOf(subject: SubjectId): Promise<KeyEnd | undefined> {
    const [end] = await this.vault.query<KeyEnd>(keyEnd, [subject]);
    return end;
  }

  override async evidenceOf(
    request: ErasureRequestId,
  ): Promise<Omit<KnownEvidence, 'mayLackParts'> | undefined> {
    const [key] = await this.vault.query<SigningKey>(signingKey);
    return key && { given: await this.evidence.of(request), signingKey: key };
  }

  override async isSigned(request: ErasureRequestId): Promise<boolean> {
    return (await this.vault.query(isSigned, [request])).length === 1;
  }

  override async keep(
    request: ErasureRequestId,
    of: EvidenceSignature & { readonly bodyDigest: Buffer },
  ): Promise<void> {
    await this.vault.execute(keep, [request, of.bodyDigest, of.keyArn, of.signature]);
  }
}
