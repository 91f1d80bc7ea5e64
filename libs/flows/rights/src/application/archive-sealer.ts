/** Packs files and encrypts them so that only the passphrase opens them, with a tool that anybody has. */
export abstract class ArchiveSealer {
  abstract seal(files: ReadonlyMap<string, string>, passphrase: string): Promise<Buffer>;
}
