import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** A letter as it was taken. */
export interface Letter {
  readonly messageId: string;
  readonly to: readonly string[];
  readonly receivedAt: string;
  /** As it came over the wire. */
  readonly raw: string;
}

const lettersMax = 10_000;

/**
 * The provider's letters: JSON lines in a file of their own. A letter is answered for once it is on disk; a
 * purge writes the file anew without what it purges, so that nothing of it is left behind.
 */
export class Letters {
  readonly #file: string;
  #all: readonly Letter[];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(file: string, all: readonly Letter[]) {
    this.#file = file;
    this.#all = all;
  }

  static open(folder: string): Letters {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'letters.jsonl');
    return new Letters(file, readLetters(file));
  }

  /** False for one whose Message-ID was taken before, which is dropped. */
  take(letter: Letter): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#all.some(({ messageId }) => messageId === letter.messageId)) return false;
      await this.#write([...this.#all, letter].slice(-lettersMax));
      return true;
    });
  }

  /** Oldest first. */
  to(address: string): readonly Letter[] {
    return this.#all.filter((letter) => isTo(letter, [address]));
  }

  /** Answers how many there were. */
  purge(addresses: readonly string[]): Promise<number> {
    return this.#inTurn(async () => {
      const kept = this.#all.filter((letter) => !isTo(letter, addresses));
      const purged = this.#all.length - kept.length;
      if (purged > 0) await this.#write(kept);
      return purged;
    });
  }

  async #write(letters: readonly Letter[]): Promise<void> {
    const next = await open(`${this.#file}.new`, 'w', 0o600);
    await next.writeFile(letters.map((letter) => `${JSON.stringify(letter)}\n`).join(''));
    await next.datasync();
    await next.close();
    await rename(`${this.#file}.new`, this.#file);
    this.#all = letters;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

const isTo = ({ to }: Letter, addresses: readonly string[]): boolean =>
  to.some((address) => addresses.some((asked) => asked.toLowerCase() === address.toLowerCase()));

function readLetters(file: string): Letter[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Letter);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
