import type { CellId } from '@entrepot/kernel';
import { WrappingKey } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { createHash, randomBytes } from 'node:crypto';
import type { KeyEpochs } from '../application/key-epochs.ts';
import { shardsPerEpoch } from '../application/key-places.ts';
import type { ShardPlace } from '../application/key-places.ts';
import { KeyGoneError } from '../application/key-service.ts';
import { RequestKeys } from '../application/request-keys.ts';
import type { ShardKeys } from '../application/shard-keys.ts';

const keyBytes = 32;
const rowsPerMove = 100;

const insert = statement(
  'vault.insert_request_key',
  `INSERT INTO vault.request_key (request_id, epoch, shard, wrapped_key) VALUES ($1, $2, $3, $4)
   ON CONFLICT DO NOTHING`,
);
const exists = statement(
  'vault.has_request_key',
  'SELECT EXISTS (SELECT FROM vault.request_key WHERE request_id = $1) AS "exists"',
);
const find = statement(
  'vault.find_request_key',
  `SELECT epoch, shard, wrapped_key AS "wrapped" FROM vault.request_key
   WHERE request_id = $1 AND destroyed_at IS NULL`,
);
const destroy = statement(
  'vault.destroy_request_key',
  `UPDATE vault.request_key SET epoch = NULL, wrapped_key = NULL, destroyed_at = now()
   WHERE request_id = $1 AND destroyed_at IS NULL`,
);
const underClosedEpochs = statement(
  'vault.request_keys_to_move',
  `SELECT request_id AS "requestId", epoch, shard, wrapped_key AS "wrapped" FROM vault.request_key
   WHERE epoch < $1 ORDER BY request_id LIMIT $2`,
);
const move = statement(
  'vault.move_request_key',
  `UPDATE vault.request_key SET epoch = $3, wrapped_key = $4 WHERE request_id = $1 AND epoch = $2`,
);

interface StoredRequestKey extends ShardPlace {
  readonly wrapped: Buffer;
}

/** Keys of requests in the vault, each under a shard key under the root of an epoch. */
export class VaultRequestKeys extends RequestKeys {
  readonly #cell: CellId;
  readonly #vault: VaultDatabase;
  readonly #epochs: KeyEpochs;
  readonly #shardKeys: ShardKeys;

  constructor(
    cell: CellId,
    parts: {
      readonly vault: VaultDatabase;
      readonly epochs: KeyEpochs;
      readonly shardKeys: ShardKeys;
    },
  ) {
    super();
    this.#cell = cell;
    this.#vault = parts.vault;
    this.#epochs = parts.epochs;
    this.#shardKeys = parts.shardKeys;
  }

  override async make(requestId: string): Promise<void> {
    const [row] = await this.#vault.query<{ exists: boolean }>(exists, [requestId]);
    if (row?.exists === true) return;
    const { epoch } = await this.#openEpoch();
    const at = { epoch, shard: shardOf(requestId) };
    const wrapped = await this.#shardKeys.use(at, (shardKey) => {
      const key = randomBytes(keyBytes);
      const sealed = shardKey.wrap(key, this.#placeOf(at, requestId));
      key.fill(0);
      return sealed;
    });
    await this.#vault.execute(insert, [requestId, epoch, at.shard, wrapped]);
  }

  override async seal(requestId: string, place: string, plaintext: Buffer): Promise<Buffer> {
    const sealed = await this.#withKey(requestId, (key) =>
      key.wrap(plaintext, sealedPlace(requestId, place)),
    );
    if (sealed === undefined) throw new KeyGoneError(`the key of ${requestId} is destroyed`);
    return sealed;
  }

  override open(requestId: string, place: string, sealed: Buffer): Promise<Buffer | undefined> {
    return this.#withKey(requestId, (key) => key.unwrap(sealed, sealedPlace(requestId, place)));
  }

  override async destroy(requestId: string): Promise<void> {
    // of one that was never made there would be no sign: who seals a moment later would make it
    await this.make(requestId);
    await this.#vault.execute(destroy, [requestId]);
  }

  override async moveToOpenEpoch(): Promise<number> {
    const { epoch } = await this.#openEpoch();
    const rows = await this.#vault.query<StoredRequestKey & { readonly requestId: string }>(
      underClosedEpochs,
      [epoch, rowsPerMove],
    );
    let moved = 0;
    for (const { requestId, wrapped, ...from } of rows) {
      const to = { epoch, shard: from.shard };
      const rewrapped = await this.#shardKeys.useBoth(from, to, (old, next) => {
        const key = old.unwrap(wrapped, this.#placeOf(from, requestId));
        const again = next.wrap(key, this.#placeOf(to, requestId));
        key.fill(0);
        return again;
      });
      moved += await this.#vault.execute(move, [requestId, from.epoch, epoch, rewrapped]);
    }
    return moved;
  }

  async #withKey<T>(requestId: string, work: (key: WrappingKey) => T): Promise<T | undefined> {
    const [stored] = await this.#vault.query<StoredRequestKey>(find, [requestId]);
    if (stored === undefined) return undefined;
    return this.#shardKeys.use({ epoch: stored.epoch, shard: stored.shard }, (shardKey) => {
      const place = this.#placeOf(stored, requestId);
      const key = new WrappingKey(shardKey.unwrap(stored.wrapped, place));
      try {
        return work(key);
      } finally {
        key.close();
      }
    });
  }

  /** Read anew: the vault refuses a key under an epoch that was closed since. */
  #openEpoch(): Promise<{ readonly epoch: number }> {
    this.#epochs.forget();
    return this.#epochs.open();
  }

  #placeOf({ epoch, shard }: ShardPlace, requestId: string): string {
    return `request|${this.#cell}|${epoch}|${shard}|${requestId}`;
  }
}

const sealedPlace = (requestId: string, place: string): string => `sealed|${requestId}|${place}`;

const shardOf = (requestId: string): number =>
  createHash('sha256').update(requestId, 'utf8').digest().readUInt8(0) % shardsPerEpoch;
