import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Bundle } from './bundle.ts';
import { bytesOf, innerHash, loginDigest, normalisedLogin } from './formats.ts';
import type { IndexedLogin, KeyRing } from './key-hunt.ts';

/** A word of the dictionary that a store was seen to hold, and how. */
export interface Guess {
  readonly store: string;
  readonly word: string;
  /** Whom it tells about, where that is known. */
  readonly subject: string | undefined;
  readonly by: 'login digest' | 'inner hash' | 'plain hash' | 'plain text';
}

const audiences = ['shopper', 'staff'] as const;
const plainHashes = ['md5', 'sha1', 'sha256', 'sha512'] as const;

/** Tries every word on the login index, on whatever may be a hash of it, and as it is. */
export class DictionaryAttack {
  readonly #bundle: Bundle;
  readonly #ring: KeyRing;

  constructor(bundle: Bundle, ring: KeyRing) {
    this.#bundle = bundle;
    this.#ring = ring;
  }

  run(): Guess[] {
    const { emails, phones } = this.#bundle.dictionary;
    const words = [...emails, ...phones];
    const found = [...this.#onLoginIndex(emails), ...this.#onHashes(words), ...this.#asText(words)];
    return [...new Map(found.map((guess) => [Object.values(guess).join('|'), guess])).values()];
  }

  #onLoginIndex(words: readonly string[]): Guess[] {
    const { innerIndexKeys, indexKeys, logins } = this.#ring;
    return words.flatMap((word) =>
      audiences.flatMap((audience) =>
        innerIndexKeys.flatMap((innerKey) => {
          const inner = innerHash(innerKey, audience, word);
          const tried = logins.filter((login) => login.audience === audience);
          return tried.flatMap((login) => guessOf(login, { word, inner, indexKeys }));
        }),
      ),
    );
  }

  /** A keyless hash is found wherever it lies, whatever the column is called. */
  #onHashes(words: readonly string[]): Guess[] {
    const hashes = new Map(
      words.flatMap((word) =>
        [word, normalisedLogin(word)].flatMap((form) =>
          plainHashes.map((hash) => [createHash(hash).update(form).digest('hex'), word] as const),
        ),
      ),
    );
    return this.#bundle.tables.flatMap(({ take, cluster, rows }) =>
      rows.flatMap((row) =>
        Object.values(row).flatMap((value) => {
          const text = bytesOf(value)?.toString('hex') ?? value;
          const word = typeof text === 'string' ? hashes.get(text.toLowerCase()) : undefined;
          if (word === undefined) return [];
          const subject = typeof row['subject_id'] === 'string' ? row['subject_id'] : undefined;
          return [{ store: `${take}: ${cluster} rows`, word, subject, by: 'plain hash' as const }];
        }),
      ),
    );
  }

  #asText(words: readonly string[]): Guess[] {
    const forms = words.flatMap((word) => textForms(word).map((form) => ({ word, form })));
    const inBytes = this.#bundle.bytes.flatMap(({ take, name, files }) =>
      files.flatMap((file) => {
        const content = readFileSync(file);
        return forms
          .filter(({ form }) => content.includes(form))
          .map(({ word }) => ({ store: `${take}: ${name}`, word }));
      }),
    );
    const inRows = this.#bundle.tables.flatMap(({ take, cluster, rows }) => {
      const content = Buffer.from(JSON.stringify(rows));
      return forms
        .filter(({ form }) => content.includes(form))
        .map(({ word }) => ({ store: `${take}: ${cluster} rows`, word }));
    });
    return [...inBytes, ...inRows].map((found) => ({
      ...found,
      subject: undefined,
      by: 'plain text' as const,
    }));
  }
}

function guessOf(
  { store, subject, epoch, digest, inner: unwrapped }: IndexedLogin,
  tried: {
    readonly word: string;
    readonly inner: Buffer;
    readonly indexKeys: ReadonlyMap<number, Buffer>;
  },
): Guess[] {
  const { word, inner } = tried;
  const key = tried.indexKeys.get(epoch);
  const isDigest = key !== undefined && loginDigest(key, inner).equals(digest);
  const isInner = unwrapped?.equals(inner) === true;
  return [
    ...(isDigest ? [{ store, word, subject, by: 'login digest' as const }] : []),
    ...(isInner ? [{ store, word, subject, by: 'inner hash' as const }] : []),
  ];
}

/** As typed, in lower case, in hexadecimal, and in base64 wherever it may begin in a longer text. */
function textForms(word: string): Buffer[] {
  const bytes = Buffer.from(word, 'utf8');
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // what depends on the bytes around the word is left out
    const start = Math.ceil((shift * 8) / 6);
    return encoded.slice(start, Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const forms = [word, word.toLowerCase(), bytes.toString('hex'), ...base64];
  return [...new Set(forms)].map((form) => Buffer.from(form, 'utf8'));
}
