import { DomainError, isCellId } from '@entrepot/kernel';
import type { CellId, Clock } from '@entrepot/kernel';
import type { CellDirectory, CellEntry } from '@entrepot/platform-config';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { TokenReader, TokenSigner } from '../application/token-signer.ts';
import type { IssuedToken, ReadToken } from '../application/token-signer.ts';
import { kindOfTyp, tokenKinds } from '../domain/token-kinds.ts';
import type { TokenKind } from '../domain/token-kinds.ts';
import type { SigningKey } from './token-key-file.ts';

const algorithm = 'ES256';
const clockToleranceSeconds = 5;
const handlePattern = /^[A-Za-z0-9_-]{1,80}$/;

/** Signs tokens as JWTs (RFC 7519) with ES256 and nothing else. */
export class JoseTokenSigner extends TokenSigner {
  readonly #cell: CellId;
  readonly #clock: Clock;
  readonly #key: SigningKey;

  constructor(cell: CellId, clock: Clock, key: SigningKey) {
    super();
    this.#cell = cell;
    this.#clock = clock;
    this.#key = key;
  }

  override async sign(kind: TokenKind, handle: string): Promise<IssuedToken> {
    const { typ, audience, lifetimeSeconds } = tokenKinds[kind];
    const issuedAt = Math.floor(this.#clock.now().getTime() / 1000);
    const token = await new SignJWT({ sid: handle })
      .setProtectedHeader({ alg: algorithm, kid: this.#key.kid, typ })
      .setIssuer(this.#cell)
      .setAudience([this.#cell, audience])
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(this.#key.key);
    return { token, expiresAt: new Date((issuedAt + lifetimeSeconds) * 1000) };
  }
}

/**
 * Reads tokens against the pinned public keys: the key is looked up under the issuer that the token
 * names, so that a key speaks for its own cell only.
 */
export class JoseTokenReader extends TokenReader {
  readonly #cell: CellId;
  readonly #clock: Clock;
  readonly #directory: CellDirectory;
  readonly #keys = new Map<string, Promise<CryptoKey | Uint8Array>>();

  constructor(cell: CellId, clock: Clock, directory: CellDirectory) {
    super();
    this.#cell = cell;
    this.#clock = clock;
    this.#directory = directory;
  }

  override async read(token: string, kinds: readonly TokenKind[]): Promise<ReadToken> {
    const claim = claimOf(token);
    const issuer = claim === undefined ? undefined : this.#directory.find(claim.issuer);
    if (claim === undefined || issuer === undefined) throw refused();
    const payload = await this.#verify(token, claim);
    if (issuer.id !== this.#cell) throw elsewhere(issuer);
    if (!kinds.includes(claim.kind)) throw refused();
    const { sid } = payload;
    if (typeof sid !== 'string' || !handlePattern.test(sid)) throw refused();
    return { kind: claim.kind, handle: sid };
  }

  async #verify(token: string, { kind, issuer, kid }: Claim): Promise<JWTPayload> {
    const key = this.#keyOf(issuer, kid);
    if (key === undefined) throw refused();
    const { typ, audience, lifetimeSeconds } = tokenKinds[kind];
    try {
      const { payload } = await jwtVerify(token, await key, {
        algorithms: [algorithm],
        typ,
        issuer,
        audience: issuer,
        currentDate: this.#clock.now(),
        clockTolerance: clockToleranceSeconds,
        maxTokenAge: lifetimeSeconds,
        requiredClaims: ['exp', 'iat', 'sid'],
      });
      if (!isExactly(payload.aud, [issuer, audience])) throw refused();
      return payload;
    } catch {
      throw refused();
    }
  }

  #keyOf(issuer: CellId, kid: string): Promise<CryptoKey | Uint8Array> | undefined {
    const jwk = this.#directory.tokenKey(issuer, kid);
    if (jwk === undefined) return undefined;
    const name = `${issuer} ${kid}`;
    const { kty, crv, x, y } = jwk;
    const key = this.#keys.get(name) ?? importJWK({ kty, crv, x, y }, algorithm);
    this.#keys.set(name, key);
    return key;
  }
}

interface Claim {
  readonly kind: TokenKind;
  readonly issuer: CellId;
  readonly kid: string;
}

/** What an unverified token says of itself; undefined where no cell can have signed it. */
function claimOf(token: string): Claim | undefined {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    const kind = kindOfTyp(typ);
    if (alg !== algorithm || kind === undefined || kid === undefined) return undefined;
    return iss !== undefined && isCellId(iss) ? { kind, issuer: iss, kid } : undefined;
  } catch {
    return undefined;
  }
}

const isExactly = (audience: unknown, wanted: readonly string[]): boolean =>
  Array.isArray(audience) &&
  audience.length === wanted.length &&
  wanted.every((entry, at) => audience[at] === entry);

const refused = () => new DomainError('UNAUTHENTICATED', 'the token is not valid here');

const elsewhere = (home: CellEntry) =>
  new DomainError('HOME_CELL_ELSEWHERE', `home is ${home.id}`, {
    details: { home: { cell: home.id, origin: home.origin } },
  });
