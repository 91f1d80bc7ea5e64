import type { ErasureRequestId } from '@entrepot/kernel';
import { ShopDatabase, statement, VaultDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { ErasureCertificates } from '../application/erasure-certificates.ts';
import type { ErasureCertificate, SigningKey } from '../application/erasure-certificates.ts';
import type { EvidenceSignature } from '../application/evidence-signer.ts';
import { KeyService } from '../application/key-service.ts';

const findCertificate = statement(
  'privacy.find_certificate',
  `SELECT body, signature, key_arn AS "keyArn", public_key AS "publicKey"
   FROM privacy.erasure_certificate WHERE request_id = $1`,
);
const insertCertificate = statement(
  'privacy.insert_certificate',
  `INSERT INTO privacy.erasure_certificate (request_id, body, made_at) VALUES ($1, $2, $3)
   ON CONFLICT (request_id) DO NOTHING`,
);
const keepSignature = statement(
  'privacy.keep_signature_of_certificate',
  `UPDATE privacy.erasure_certificate SET signature = $2, key_arn = $3, public_key = $4
   WHERE request_id = $1 AND signature IS NULL`,
);
const findSignature = statement(
  'vault.find_certificate_signature',
  `SELECT kms_key_arn AS "keyArn", signature FROM vault.certificate_signature WHERE request_id = $1`,
);
const findSigningKey = statement(
  'vault.find_signing_key',
  `SELECT kms_key_arn AS "keyArn", public_key AS "publicKey" FROM vault.signing_key
   WHERE purpose = 'evidence'`,
);
const insertSigningKey = statement(
  'vault.insert_signing_key',
  `INSERT INTO vault.signing_key (purpose, kms_key_arn, public_key) VALUES ('evidence', $1, $2)
   ON CONFLICT (purpose) DO NOTHING`,
);

interface CertificateRow {
  readonly body: string;
  readonly signature: Buffer | null;
  readonly keyArn: string | null;
  readonly publicKey: Buffer | null;
}

/** Bodies in shop, signatures and the key in the vault. */
@Injectable()
export class PgErasureCertificates extends ErasureCertificates {
  constructor(
    private readonly shop: ShopDatabase,
    private readonly vault: VaultDatabase,
    private readonly service: KeyService,
  ) {
    super();
  }

  override async find(request: ErasureRequestId): Promise<ErasureCertificate | undefined> {
    const [row] = await this.shop.query<CertificateRow>(findCertificate, [request]);
    return row && certificateOf(row);
  }

  override async insert(request: ErasureRequestId, body: string, madeAt: Date): Promise<string> {
    await this.shop.execute(insertCertificate, [request, body, madeAt]);
    return (await this.find(request))?.body ?? body;
  }

  override async signatureOf(request: ErasureRequestId): Promise<EvidenceSignature | undefined> {
    const [signature] = await this.vault.query<EvidenceSignature>(findSignature, [request]);
    return signature;
  }

  override async keepSignature(
    request: ErasureRequestId,
    { signature, keyArn, publicKey }: EvidenceSignature & Pick<SigningKey, 'publicKey'>,
  ): Promise<void> {
    await this.shop.execute(keepSignature, [request, signature, keyArn, publicKey]);
  }

  override async signingKey(): Promise<SigningKey> {
    const found = await this.findKey();
    if (found !== undefined) return found;
    // two workers may each make one; the first row counts, and the other key signs nothing
    const made = await this.service.createSigningKey();
    await this.vault.execute(insertSigningKey, [made.keyArn, made.publicKey]);
    return (await this.findKey()) ?? made;
  }

  private async findKey(): Promise<SigningKey | undefined> {
    const [key] = await this.vault.query<SigningKey>(findSigningKey);
    return key;
  }
}

function certificateOf({ body, signature, keyArn, publicKey }: CertificateRow): ErasureCertificate {
  const isSigned = signature !== null && keyArn !== null && publicKey !== null;
  return { body, signature: isSigned ? { signature, keyArn, publicKey } : undefined };
}
