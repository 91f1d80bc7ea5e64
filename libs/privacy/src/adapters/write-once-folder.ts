import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const unfinishedForm = /^\..+\.new$/;

/**
 * Files that are written whole, once, and never again. A file gets its name only when its bytes are on disk,
 * and a name that is taken is not given a second time.
 */
export class WriteOnceFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder where there is none. What a killed writer left unfinished has no name yet, and goes. */
  static async open(path: string): Promise<WriteOnceFolder> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (const name of await readdir(path)) {
      if (unfinishedForm.test(name)) await rm(join(path, name), { force: true });
    }
    return new WriteOnceFolder(path);
  }

  /** Answers false, and changes nothing, where the name is taken. */
  async write(name: string, text: string): Promise<boolean> {
    const unfinished = join(this.path, `.${name}.${randomBytes(6).toString('hex')}.new`);
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(unfinished, join(this.path, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(unfinished, { force: true });
    }
    await this.#sync();
    return true;
  }

  /** Takes a name away from bytes that nobody can read; the file stays, under another name. */
  async setAside(name: string): Promise<void> {
    const aside = `unreadable-${randomBytes(6).toString('hex')}-${name}`;
    await rename(join(this.path, name), join(this.path, aside));
    await this.#sync();
  }

  async #sync(): Promise<void> {
    const folder = await open(this.path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

/** Names of this form, sorted; none where there is no such folder. */
export async function namesIn(folder: string, form: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => form.test(name)).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined where there is no such file. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
