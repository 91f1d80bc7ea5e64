import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A cells file of two cells, with the private halves of their token keys. */
export interface TwoCells {
  readonly directory: CellDirectory;
  readonly home: CellId;
  readonly other: CellId;
  readonly keys: ReadonlyMap<CellId, { readonly kid: string; readonly key: CryptoKey }>;
  /** What opens the packets of people who move to the cell. */
  readonly openingKeys: ReadonlyMap<CellId, { readonly kid: string; readonly key: KeyObject }>;
}

/** Fresh token keys every time; certificates and envelope keys are placeholders. */
export async function twoCells(): Promise<TwoCells> {
  const [home, other] = ['in-1' as CellId, 'eu-1' as CellId];
  const topology = [
    { id: home, region: 'in', countries: ['IN'], catalogLeader: true },
    { id: other, region: 'eu', countries: ['DE', 'FR'], catalogLeader: false },
  ];
  const keys = new Map<CellId, { kid: string; key: CryptoKey }>();
  const openingKeys = new Map<CellId, { kid: string; key: KeyObject }>();
  const cells = await Promise.all(
    topology.map(async (cell, at) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      const kid = `${cell.id}-token-1`;
      keys.set(cell.id, { kid, key: privateKey });
      const sealing = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const sealingKid = `${cell.id}-sealing-1`;
      openingKeys.set(cell.id, { kid: sealingKid, key: sealing.privateKey });
      return {
        ...cell,
        currency: cell.region === 'in' ? 'INR' : 'EUR',
        warehouses: [],
        origin: `http://${cell.id}.localhost:808${at}`,
        apiOrigins: [`http://${cell.id}.localhost:808${at}`],
        cellOrigin: `https://127.0.0.1:908${at}`,
        kafkaClusterId: `kafka-${cell.id}`,
        envelopeKeys: [{ kid: 'e1', publicKeyPem: '-----BEGIN PUBLIC KEY-----' }],
        tokenKeys: [{ ...(await exportJWK(publicKey)), kid }],
        sealingKeys: [{ ...sealing.publicKey.export({ format: 'jwk' }), kid: sealingKid }],
        cellCertificatePem: `-----BEGIN CERTIFICATE----- ${cell.id}`,
      };
    }),
  );
  return { directory: CellDirectory.parse({ cells }), home, other, keys, openingKeys };
}
