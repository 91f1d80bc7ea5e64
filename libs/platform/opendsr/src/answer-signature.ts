import { createHash, createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

const dsaEncoding = 'ieee-p1363';
export const signatureBytes = 64;

/** A processor's side: ECDSA P-256 over SHA-256 of the body, r and s. */
export class AnswerSigner {
  readonly certificatePem: string;
  readonly #key: KeyObject;

  constructor(identity: { readonly privateKeyPem: string; readonly certificatePem: string }) {
    this.certificatePem = identity.certificatePem;
    this.#key = createPrivateKey(identity.privateKeyPem);
  }

  sign(body: string): string {
    return sign('sha256', Buffer.from(body, 'utf8'), { key: this.#key, dsaEncoding }).toString(
      'base64',
    );
  }
}

/** An answer as it came. */
export interface SignedAnswer {
  readonly body: Buffer;
  readonly domain: string | undefined;
  /** Base64. */
  readonly signature: string | undefined;
}

export type SignatureFault =
  | 'UNSIGNED'
  | 'OTHER_DOMAIN'
  | 'CERTIFICATE_NOT_VALID_NOW'
  | 'CERTIFICATE_OF_OTHER_HOST'
  | 'SIGNATURE_WRONG';

/**
 * The certificate of one processor, pinned by whoever runs the cell: the specification fetches it from the
 * processor itself, and would then prove no more than the connection does.
 */
export class PinnedSigner {
  readonly #certificate: X509Certificate;
  readonly #host: string;

  /** Throws where the PEM is no certificate. */
  constructor(pem: string, host: string) {
    this.#certificate = new X509Certificate(pem);
    this.#host = host;
  }

  /** SHA-256 of the certificate, in hexadecimal. */
  get digest(): string {
    return createHash('sha256').update(this.#certificate.raw).digest('hex');
  }

  /** What is wrong with an answer, or the bytes of its signature. */
  judge({ body, domain, signature }: SignedAnswer, at: Date): SignatureFault | Buffer {
    if (domain === undefined || signature === undefined) return 'UNSIGNED';
    if (domain !== this.#host) return 'OTHER_DOMAIN';
    const { validFromDate, validToDate } = this.#certificate;
    if (at < validFromDate || at > validToDate) return 'CERTIFICATE_NOT_VALID_NOW';
    if (!this.#isOfHost()) return 'CERTIFICATE_OF_OTHER_HOST';
    const bytes = Buffer.from(signature, 'base64');
    const key = this.#certificate.publicKey;
    const isSigned =
      key.asymmetricKeyDetails?.namedCurve === 'prime256v1' &&
      bytes.length === signatureBytes &&
      verify('sha256', body, { key, dsaEncoding }, bytes);
    return isSigned ? bytes : 'SIGNATURE_WRONG';
  }

  #isOfHost(): boolean {
    const of = isIP(this.#host) === 0 ? 'checkHost' : 'checkIP';
    return this.#certificate[of](this.#host) !== undefined;
  }
}
