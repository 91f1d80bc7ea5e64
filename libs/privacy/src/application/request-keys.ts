/**
 * One data key per request about privacy. What a request has to keep of a person after the person's own key
 * is gone is sealed under it: to whom its last letter goes, what processors know the person by. It is
 * destroyed when the request is closed; copies in backups die with the root of their epoch.
 */
export abstract class RequestKeys {
  /** Makes the key of a request, unless it has or had one. */
  abstract make(requestId: string): Promise<void>;
  /** Seals bytes for one place, such as `contact`. Throws `KeyGoneError` where there is no key. */
  abstract seal(requestId: string, place: string, plaintext: Buffer): Promise<Buffer>;
  /** Undefined once the key is destroyed. Throws `CiphertextRejectedError` for what was sealed elsewhere. */
  abstract open(requestId: string, place: string, sealed: Buffer): Promise<Buffer | undefined>;
  /** For good, also before it was made; doing it again changes nothing. */
  abstract destroy(requestId: string): Promise<void>;
  /** Wraps what lies under a closed epoch under the open one; answers how many moved. */
  abstract moveToOpenEpoch(): Promise<number>;
}
