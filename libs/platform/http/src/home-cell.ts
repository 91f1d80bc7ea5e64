import { DomainError, isCellId, isCountryCode } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import type { CellDirectory, CellEntry } from '@entrepot/platform-config';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import type { CryptoKey } from 'jose';

export interface HomeCellQuestion {
  /** The header Entrepot-Residence as it came, undefined where it is missing. */
  readonly residence: string | readonly string[] | undefined;
  readonly requiresResidence: boolean;
  readonly token: string | undefined;
}

/**
 * Decides, from headers alone, whether a request belongs to this cell. It reads nothing of the person
 * and keeps nothing: a shopper of another cell is told where home is.
 */
export class HomeCellGuard {
  private readonly cell: CellId;
  private readonly directory: CellDirectory;
  private readonly keys = new Map<string, Promise<CryptoKey | Uint8Array>>();

  constructor(cell: CellId, directory: CellDirectory) {
    this.cell = cell;
    this.directory = directory;
  }

  /** Throws RESIDENCE_REQUIRED, COUNTRY_NOT_SERVED, HOME_CELL_ELSEWHERE or UNAUTHENTICATED. */
  async judge(question: HomeCellQuestion): Promise<void> {
    this.judgeResidence(question);
    if (question.token !== undefined) await this.judgeToken(question.token);
  }

  private judgeResidence({ residence, requiresResidence }: HomeCellQuestion): void {
    if (residence === undefined && !requiresResidence) return;
    if (typeof residence !== 'string' || !isCountryCode(residence)) {
      throw new DomainError('RESIDENCE_REQUIRED', 'the residence is missing or no country code');
    }
    const home = this.directory.cellFor(residence);
    if (home === undefined) throw new DomainError('COUNTRY_NOT_SERVED', 'no cell serves it');
    if (home.id !== this.cell) throw homeElsewhere(home);
  }

  /** A valid token of another cell tells where home is; a forged one is nobody's. */
  private async judgeToken(token: string): Promise<void> {
    const claimed = claimedIssuer(token);
    if (claimed === undefined || claimed.issuer === this.cell) return;
    const home = this.directory.find(claimed.issuer);
    const key = await this.keyOf(claimed);
    if (home === undefined || key === undefined || !(await isSigned(token, key, claimed.issuer))) {
      throw new DomainError('UNAUTHENTICATED', 'the token is not valid');
    }
    throw homeElsewhere(home);
  }

  private keyOf({ issuer, kid }: ClaimedIssuer): Promise<CryptoKey | Uint8Array> | undefined {
    const jwk = this.directory.tokenKey(issuer, kid);
    if (jwk === undefined) return undefined;
    const name = `${issuer} ${kid}`;
    const known =
      this.keys.get(name) ?? importJWK({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, 'ES256');
    this.keys.set(name, known);
    return known;
  }
}

const homeElsewhere = (home: CellEntry): DomainError =>
  new DomainError('HOME_CELL_ELSEWHERE', `home is ${home.id}`, {
    details: { home: { cell: home.id, origin: home.origin } },
  });

interface ClaimedIssuer {
  readonly issuer: CellId;
  readonly kid: string;
}

/** What an unverified token says about its origin; undefined where it is no token of any cell. */
function claimedIssuer(token: string): ClaimedIssuer | undefined {
  try {
    const { iss } = decodeJwt(token);
    const { kid } = decodeProtectedHeader(token);
    return iss !== undefined && isCellId(iss) ? { issuer: iss, kid: kid ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

async function isSigned(
  token: string,
  key: CryptoKey | Uint8Array,
  issuer: CellId,
): Promise<boolean> {
  try {
    await jwtVerify(token, key, { algorithms: ['ES256'], issuer, audience: issuer });
    return true;
  } catch {
    return false;
  }
}
