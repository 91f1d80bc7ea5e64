import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { relocationContent } from '@entrepot/contracts/api/relocation';
import { DomainError } from '@entrepot/kernel';
import type { CellDirectory, SealingKey } from '@entrepot/platform-config';
import { compactDecrypt, CompactEncrypt, importJWK } from 'jose';
import type { CompactDecryptResult } from 'jose';
import { Packets } from '../application/packets.ts';
import type { PacketFacts, ReadPacket } from '../application/packets.ts';
import { packetLifetimeMs } from '../domain/relocation.ts';
import type { RelocationContent } from '../domain/relocation-content.ts';
import { SignatureRefusedError } from './cell-signatures.ts';
import type { CellSignatures, DocumentKind, Refusal } from './cell-signatures.ts';

const keyAgreement = 'ECDH-ES';
const encryption = 'A256GCM';
const packetKind: DocumentKind = { typ: 'relocation-packet+jwt', lifetimeMs: packetLifetimeMs };
const separator = '~';

/** The private half of a cell's sealing key. */
export abstract class OpeningKey {
  abstract readonly kid: string;
  /** Throws UNAVAILABLE where the KMS does not answer. */
  abstract key(): Promise<KeyObject>;
}

export interface PacketParts {
  readonly signatures: CellSignatures;
  readonly directory: CellDirectory;
  /** Undefined at a cell that takes nobody in. */
  readonly openingKey: OpeningKey | undefined;
}

/**
 * A packet is a JWT (ES256, RFC 7519) of the old home and a JWE (ECDH-ES with A256GCM, RFC 7516) for the new
 * one, with a `~` between them. The JWT names the digest of the JWE; the JWE repeats who sealed it, for whom and
 * under which id (RFC 7519 §5.3): neither can be had with another one's other half.
 */
export class JosePackets extends Packets {
  readonly #parts: PacketParts;

  constructor(parts: PacketParts) {
    super();
    this.#parts = parts;
  }

  override async write(facts: PacketFacts, content: RelocationContent): Promise<string> {
    const { directory, signatures } = this.#parts;
    const { to, ...of } = facts;
    const sealingKey = directory.find(to)?.sealingKeys[0];
    if (sealingKey === undefined) throw new DomainError('RELOCATION_CLOSED', `${to} has no key`);
    const sealed = await seal(facts, content, sealingKey);
    const signed = await signatures.sign(
      packetKind,
      { ...of, audience: to },
      { sealed: digestOf(sealed) },
    );
    return `${signed}${separator}${sealed}`;
  }

  override async read(packet: string): Promise<ReadPacket> {
    const [signed = '', sealed = '', ...more] = packet.split(separator);
    if (sealed === '' || more.length > 0) throw refused('malformed');
    try {
      const of = await this.#parts.signatures.verify(signed, packetKind);
      if (of.payload['sealed'] !== digestOf(sealed)) throw refused('forged');
      const { id, issuer, audience, issuedAt, expiresAt } = of;
      return { id, from: issuer, to: audience, issuedAt, expiresAt, sealed };
    } catch (error) {
      if (error instanceof SignatureRefusedError) throw refused(error.refusal);
      throw error;
    }
  }

  override async open(packet: ReadPacket): Promise<RelocationContent> {
    const { openingKey } = this.#parts;
    if (openingKey === undefined) throw new DomainError('RELOCATION_CLOSED', 'nobody is taken in');
    const key = await openingKey.key();
    const { protectedHeader, plaintext } = await decrypt(packet.sealed, key);
    const said = [protectedHeader['iss'], protectedHeader['aud'], protectedHeader['jti']];
    const wanted = [packet.from, packet.to, packet.id];
    if (!wanted.every((value, at) => said[at] === value)) throw refused('forged');
    if (protectedHeader.kid !== openingKey.kid) throw refused('forged');
    return contentIn(plaintext);
  }
}

async function seal(
  { id, from, to }: PacketFacts,
  content: RelocationContent,
  { kid, kty, crv, x, y }: SealingKey,
): Promise<string> {
  const plaintext = Buffer.from(JSON.stringify(content), 'utf8');
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: keyAgreement, enc: encryption, kid, iss: from, aud: to, jti: id })
    .encrypt(await importJWK({ kty, crv, x, y }, keyAgreement));
}

async function decrypt(sealed: string, key: KeyObject): Promise<CompactDecryptResult> {
  try {
    return await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [keyAgreement],
      contentEncryptionAlgorithms: [encryption],
    });
  } catch {
    throw refused('forged');
  }
}

/** Nothing of what was opened gets into an error: it is somebody's name and address. */
function contentIn(plaintext: Uint8Array): RelocationContent {
  try {
    return relocationContent.parse(JSON.parse(Buffer.from(plaintext).toString('utf8')));
  } catch {
    throw refused('forged');
  }
}

const digestOf = (sealed: string): string =>
  createHash('sha256').update(sealed).digest('base64url');

const codes = {
  malformed: 'RELOCATION_PACKET_MALFORMED',
  'unknown-issuer': 'RELOCATION_ORIGIN_UNKNOWN',
  forged: 'RELOCATION_PACKET_FORGED',
  elsewhere: 'RELOCATION_PACKET_ELSEWHERE',
  expired: 'RELOCATION_PACKET_EXPIRED',
} as const satisfies Record<Refusal, string>;

const refused = (refusal: Refusal) => new DomainError(codes[refusal], `the packet is ${refusal}`);
