// The X.509 library keeps its registry in reflected metadata, which must exist before it is loaded.
import 'reflect-metadata';

import { createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface CellUnderTest {
  readonly id: string;
  readonly tls: { readonly key: string; readonly certificate: string };
  readonly files: {
    readonly envelopeKey: string;
    readonly tokenKey: string;
    readonly tlsKey: string;
    readonly tlsCertificate: string;
  };
}

export interface CellsUnderTest {
  readonly file: string;
  readonly india: CellUnderTest;
  readonly europe: CellUnderTest;
}

/** A cells file of two cells with real keys and certificates, in a folder of its own. */
export async function makeCells(options: {
  readonly kafkaClusterId: string;
  readonly cellPorts: { readonly india: number; readonly europe: number };
}): Promise<CellsUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-cells-'));
  const india = await makeCell(folder, 'in-1');
  const europe = await makeCell(folder, 'eu-1');
  const entry = (made: typeof india, own: Record<string, unknown>) => ({
    id: made.cell.id,
    region: made.cell.id.slice(0, 2),
    warehouses: [],
    origin: `http://${made.cell.id}.localhost:8080`,
    apiOrigins: [`http://${made.cell.id}.localhost:8080`],
    ...made.publicParts,
    ...own,
  });
  const file = join(folder, 'cells.json');
  const cells = [
    entry(india, {
      currency: 'INR',
      countries: ['IN'],
      catalogLeader: true,
      kafkaClusterId: options.kafkaClusterId,
      cellOrigin: `https://127.0.0.1:${options.cellPorts.india}`,
    }),
    entry(europe, {
      currency: 'EUR',
      countries: ['DE'],
      catalogLeader: false,
      kafkaClusterId: 'another-cluster',
      cellOrigin: `https://127.0.0.1:${options.cellPorts.europe}`,
    }),
  ];
  writeFileSync(file, JSON.stringify({ cells }));
  return { file, india: india.cell, europe: europe.cell };
}

async function makeCell(folder: string, id: string) {
  const envelope = generateKeyPairSync('ed25519');
  const token = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tls = await makeCertificate(id);
  const write = (name: string, content: string): string => {
    const path = join(folder, `${id}-${name}`);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const cell: CellUnderTest = {
    id,
    tls,
    files: {
      envelopeKey: write('envelope.pem', pemOf(envelope.privateKey)),
      tokenKey: write(
        'token.json',
        JSON.stringify({ ...token.privateKey.export({ format: 'jwk' }), kid: 't1', alg: 'ES256' }),
      ),
      tlsKey: write('tls-key.pem', tls.key),
      tlsCertificate: write('tls-certificate.pem', tls.certificate),
    },
  };
  const publicKeyPem = createPublicKey(envelope.privateKey)
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const publicParts = {
    envelopeKeys: [{ kid: 'e1', publicKeyPem }],
    tokenKeys: [{ ...token.publicKey.export({ format: 'jwk' }), kid: 't1' }],
    cellCertificatePem: tls.certificate,
  };
  return { cell, publicParts };
}

const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A self-signed certificate, as a cell pins them. */
export async function makeCertificate(name: string): Promise<CellUnderTest['tls']> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  cryptoProvider.set(webcrypto);
  const notBefore = new Date();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore,
    notAfter: new Date(notBefore.getTime() + 24 * 3_600_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(false, undefined, true)],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: PemConverter.encode(key, 'PRIVATE KEY'), certificate: certificate.toString('pem') };
}
