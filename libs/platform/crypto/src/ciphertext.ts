import type { Branded, SubjectId } from '@entrepot/kernel';
import { isIdOf } from '@entrepot/kernel';

/**
 * A value encrypted under its subject's key: `v1|A256GCM|<subject>|<key version>|<iv>|<tag>|<data>`,
 * the last three in base64url. A personal column takes nothing else.
 */
export type Ciphertext = Branded<'Ciphertext'>;

export interface CiphertextParts {
  readonly subject: SubjectId;
  readonly keyVersion: number;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly data: Buffer;
}

const formatVersion = 'v1';
const algorithm = 'A256GCM';
/** 12 bytes are 16 characters of base64url, 16 bytes are 22. */
const form = new RegExp(
  `^${formatVersion}\\|${algorithm}\\|(?<subject>[^|]+)\\|(?<keyVersion>[1-9]\\d{0,8})` +
    '\\|(?<iv>[\\w-]{16})\\|(?<tag>[\\w-]{22})\\|(?<data>[\\w-]*)$',
);

/** The stored value is not one this library wrote, or was changed or moved since. */
export class CiphertextRejectedError extends Error {
  override readonly name = 'CiphertextRejectedError';
}

/** What the work answers, or nothing where it met something that this library did not write. */
export function unlessRejected<T>(work: () => T): T[] {
  try {
    return [work()];
  } catch (error) {
    if (error instanceof CiphertextRejectedError) return [];
    throw error;
  }
}

export function writeCiphertext(parts: CiphertextParts): Ciphertext {
  const bytes = [parts.iv, parts.tag, parts.data].map((part) => part.toString('base64url'));
  return [formatVersion, algorithm, parts.subject, parts.keyVersion, ...bytes].join(
    '|',
  ) as Ciphertext;
}

/** Throws `CiphertextRejectedError` for anything that `writeCiphertext` cannot have written. */
export function readCiphertext(text: string): CiphertextParts {
  const groups = form.exec(text)?.groups;
  const subject = groups?.['subject'] ?? '';
  if (groups === undefined || !isIdOf('subject', subject)) throw unreadable();
  const bytesOf = (name: string) => Buffer.from(groups[name] ?? '', 'base64url');
  return {
    subject,
    keyVersion: Number(groups['keyVersion']),
    iv: bytesOf('iv'),
    tag: bytesOf('tag'),
    data: bytesOf('data'),
  };
}

/** Marks a column's value as ciphertext when it is read from the database; its form is checked. */
export function ciphertextOf(text: string): Ciphertext {
  readCiphertext(text);
  return text as Ciphertext;
}

const unreadable = () => new CiphertextRejectedError('the value has not the form of a ciphertext');
