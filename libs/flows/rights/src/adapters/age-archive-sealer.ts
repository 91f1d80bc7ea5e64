import { Encrypter } from 'age-encryption';
import { strToU8, zipSync } from 'fflate';
import { Injectable } from '@nestjs/common';
import { ArchiveSealer } from '../application/archive-sealer.ts';

/**
 * 2^8 rounds of scrypt. The rounds protect words that people make up; ours have 130 random bits, which nobody
 * guesses, so that more would only cost time where many copies are made, and memory where one is opened.
 */
const scryptWorkFactor = 8;

/** One ZIP in the format of age (age-encryption.org/v1), which every `age` opens. */
@Injectable()
export class AgeArchiveSealer extends ArchiveSealer {
  override async seal(files: ReadonlyMap<string, string>, passphrase: string): Promise<Buffer> {
    const entries = [...files].map(([name, text]) => [name, strToU8(text)] as const);
    const packed = zipSync(Object.fromEntries(entries), { level: 6 });
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(scryptWorkFactor);
    encrypter.setPassphrase(passphrase);
    return Buffer.from(await encrypter.encrypt(packed));
  }
}
