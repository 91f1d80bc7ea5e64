import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { SignJWT } from 'jose';

export const india = 'in-1' as CellId;
export const europe = 'eu-1' as CellId;

export interface TokenOptions {
  readonly issuer: CellId;
  readonly audience?: string;
  readonly typ?: string;
  readonly expires?: string;
  /** Signs with the key of this cell instead of the issuer's. */
  readonly signedBy?: CellId;
}

export interface TwoCells {
  readonly directory: CellDirectory;
  token(options: TokenOptions): Promise<string>;
}

/** A directory of two cells with real token keys, and tokens signed with them. */
export function twoCells(): TwoCells {
  const keys = new Map<CellId, KeyObject>();
  const entry = (id: CellId, countries: string[], isLeader: boolean) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    keys.set(id, privateKey);
    return {
      id,
      region: id.slice(0, 2),
      currency: isLeader ? 'INR' : 'EUR',
      countries,
      warehouses: [],
      catalogLeader: isLeader,
      origin: `http://${id}.localhost:8080`,
      apiOrigins: [`http://127.0.0.1:${isLeader ? 8081 : 8082}`],
      cellOrigin: `https://127.0.0.1:${isLeader ? 8441 : 8442}`,
      kafkaClusterId: `kafka-${id}`,
      envelopeKeys: [{ kid: 'e1', publicKeyPem: '-----BEGIN PUBLIC KEY-----\n' }],
      tokenKeys: [{ ...publicKey.export({ format: 'jwk' }), kid: 't1' }],
      cellCertificatePem: `-----BEGIN CERTIFICATE-----\n${id}`,
    };
  };
  const directory = CellDirectory.parse({
    cells: [entry(india, ['IN'], true), entry(europe, ['DE', 'NL'], false)],
  });
  const token = ({ issuer, audience, typ, expires, signedBy }: TokenOptions): Promise<string> => {
    const key = keys.get(signedBy ?? issuer);
    if (key === undefined) throw new TypeError(`no key of ${signedBy ?? issuer}`);
    return new SignJWT({ sid: 'ses_test' })
      .setProtectedHeader({ alg: 'ES256', kid: 't1', typ: typ ?? 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(audience ?? issuer)
      .setIssuedAt()
      .setExpirationTime(expires ?? '5 minutes')
      .sign(key);
  };
  return { directory, token };
}
