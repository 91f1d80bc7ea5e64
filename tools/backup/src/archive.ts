import { Decrypter, Encrypter } from 'age-encryption';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { StackError } from '@entrepot/stack';

export interface WrittenArchive {
  readonly bytes: number;
  readonly sha256: string;
}

export interface PackOptions {
  /** Arguments of `tar --create`: what to pack and what to leave out. */
  readonly tar: readonly string[];
  /** An age recipient, `age1…`. */
  readonly recipient: string;
  readonly file: string;
  /** Told how many bytes of the source have gone in so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** A server goes on writing while its files are packed; its log makes good what changed meanwhile. */
const packOptions = [
  '--create',
  '--file=-',
  '--warning=no-file-changed',
  '--warning=no-file-removed',
  '--warning=no-file-shrank',
];

/** Packs, compresses and encrypts in one stream: nothing lies on disk in the clear on the way. */
export async function packArchive(options: PackOptions): Promise<WrittenArchive> {
  const tar = startTar([...packOptions, ...options.tar]);
  tar.child.stdin.end();
  const encrypter = new Encrypter();
  encrypter.addRecipient(options.recipient);
  const compressed = createZstdCompress();
  const progress = counted((_, total) => options.onProgress?.(total));
  const packed = heardLater(pipeline(tar.child.stdout, progress, compressed));
  const encrypted = await encrypter.encrypt(webStreamOf(compressed));
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(options.file, 'wx', 0o600);
  const write = async () => {
    for await (const chunk of encrypted) {
      hash.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    }
  };
  try {
    await Promise.all([write(), packed, tar.ended]);
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Unpacks into a folder that exists. The identity is an age identity, `AGE-SECRET-KEY-1…`. */
export async function unpackArchive(
  file: string,
  { identity, folder }: { readonly identity: string; readonly folder: string },
): Promise<void> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plain = await decrypter.decrypt(webStreamOf(createReadStream(file)));
  // without it tar goes at the mark of the end and breaks the stream that still has to be checked to its own
  const toTheEnd = '--ignore-zeros';
  const tar = startTar(['--extract', '--file=-', toTheEnd, `--directory=${folder}`]);
  tar.child.stdout.resume();
  const unpacked = pipeline(Readable.from(plain), createZstdDecompress(), tar.child.stdin);
  await Promise.all([unpacked, tar.ended]);
}

export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function counted(see: (chunk: Buffer, total: number) => void): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      total += chunk.length;
      see(chunk, total);
      done(undefined, chunk);
    },
  });
}

/** Node's types of a web stream and the DOM's differ in name only. */
const webStreamOf = (stream: Readable): ReadableStream<Uint8Array> =>
  Readable.toWeb(stream) as ReadableStream<Uint8Array>;

/** `ended` rejects unless tar is content; when it packs, 1 says that a file changed while it was read. */
function startTar(args: readonly string[]) {
  const child = spawn('tar', args, { env: { ...process.env, LC_ALL: 'C' } });
  const ended = heardLater(
    new Promise<void>((resolve, reject) => {
      let complaint = '';
      child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0 || (code === 1 && args[0] === '--create')) resolve();
        else reject(new StackError(`tar failed: ${complaint.trim().slice(-500)}`));
      });
    }),
  );
  return { child, ended };
}

/** What may fail before it is awaited must not count as heard by nobody; whoever awaits it hears it all the same. */
function heardLater(work: Promise<void>): Promise<void> {
  work.catch(() => undefined);
  return work;
}
