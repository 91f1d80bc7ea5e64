import { isCellId, isIdOf } from '@entrepot/kernel';
import type { CellId, Clock, RelocationId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { decodeJwt, decodeProtectedHeader, errors, importJWK, jwtVerify, SignJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';

const algorithm = 'ES256';
const clockToleranceSeconds = 30;

/** What a kind of document is called, so that none passes for another nor for an access token (RFC 8725 §3.11). */
export interface DocumentKind {
  readonly typ: string;
  readonly lifetimeMs: number;
}

/** What every document between two homes says. */
export interface SignedFacts {
  readonly id: RelocationId;
  readonly issuer: CellId;
  readonly audience: CellId;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface CellSigningKey {
  readonly kid: string;
  readonly key: CryptoKey | Uint8Array;
}

export type Refusal = 'malformed' | 'unknown-issuer' | 'forged' | 'elsewhere' | 'expired';

/** A document is not to be believed. */
export class SignatureRefusedError extends Error {
  override readonly name = 'SignatureRefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`the document is ${refusal}`);
    this.refusal = refusal;
  }
}

interface SignaturesParts {
  readonly cell: CellId;
  readonly clock: Clock;
  readonly directory: CellDirectory;
  /** ES256; its public half is pinned in the cells file of every other cell. */
  readonly key: CellSigningKey;
}

/** Signs for this cell, and checks what another one signed against the keys pinned for that one. */
export class CellSignatures {
  readonly #parts: SignaturesParts;

  constructor(parts: SignaturesParts) {
    this.#parts = parts;
  }

  get cell(): CellId {
    return this.#parts.cell;
  }

  now(): Date {
    return this.#parts.clock.now();
  }

  /** `beside` is what this kind of document says more. */
  sign(
    { typ }: DocumentKind,
    { id, audience, issuedAt, expiresAt }: Omit<SignedFacts, 'issuer'>,
    beside: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { cell, key } = this.#parts;
    return new SignJWT(beside)
      .setProtectedHeader({ alg: algorithm, kid: key.kid, typ })
      .setIssuer(cell)
      .setAudience(audience)
      .setJti(id)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(key.key);
  }

  /** Throws `SignatureRefusedError`. Whoever signed is looked up in the document and believed for itself only. */
  async verify(
    document: string,
    kind: DocumentKind,
  ): Promise<SignedFacts & { readonly payload: JWTPayload }> {
    const claim = claimOf(document, kind);
    const key = await this.#keyOf(claim);
    const payload = await this.#verified(document, { kind, key, issuer: claim.issuer });
    const { jti, iat, exp } = payload;
    if (jti === undefined || !isIdOf('relocation', jti)) throw new SignatureRefusedError('forged');
    return {
      ...{ id: jti, issuer: claim.issuer, audience: this.#parts.cell, payload },
      issuedAt: new Date((iat ?? 0) * 1000),
      expiresAt: new Date((exp ?? 0) * 1000),
    };
  }

  async #keyOf({ issuer, kid }: Claim): Promise<CryptoKey | Uint8Array> {
    const { directory } = this.#parts;
    if (directory.find(issuer) === undefined) throw new SignatureRefusedError('unknown-issuer');
    const jwk = directory.tokenKey(issuer, kid);
    if (jwk === undefined) throw new SignatureRefusedError('forged');
    const { kty, crv, x, y } = jwk;
    return importJWK({ kty, crv, x, y }, algorithm);
  }

  async #verified(
    document: string,
    { kind, key, issuer }: { kind: DocumentKind; key: CryptoKey | Uint8Array; issuer: CellId },
  ): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(document, key, {
        ...{ algorithms: [algorithm], typ: kind.typ, issuer, audience: this.#parts.cell },
        ...{ currentDate: this.now(), clockTolerance: clockToleranceSeconds },
        maxTokenAge: kind.lifetimeMs / 1000,
        requiredClaims: ['exp', 'iat', 'jti', 'aud'],
      });
      if (typeof payload.aud !== 'string') throw new SignatureRefusedError('forged');
      return payload;
    } catch (error) {
      throw new SignatureRefusedError(refusalOf(error));
    }
  }
}

interface Claim {
  readonly issuer: CellId;
  readonly kid: string;
}

/** What a document says of itself before anybody has checked it. */
function claimOf(document: string, { typ }: DocumentKind): Claim {
  try {
    const header = decodeProtectedHeader(document);
    const { iss = '' } = decodeJwt(document);
    if (header.alg === algorithm && header.typ === typ && isCellId(iss)) {
      return { issuer: iss, kid: header.kid ?? '' };
    }
  } catch {
    throw new SignatureRefusedError('malformed');
  }
  throw new SignatureRefusedError('malformed');
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return 'expired';
  const isForAnother = error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud';
  return isForAnother ? 'elsewhere' : 'forged';
}
