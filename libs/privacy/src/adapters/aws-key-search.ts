import { paginateListKeys } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { createHash } from 'node:crypto';
import { KeySearch } from '../application/key-search.ts';

const keysPerPage = 1_000;

/**
 * Looks through all keys of the account and region, once, and only when asked. KMS lists a key until its
 * bytes are gone, also one that waits for its end.
 */
export class AwsKeySearch extends KeySearch {
  readonly #client: KMSClient;
  #found: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(client: KMSClient) {
    super();
    this.#client = client;
  }

  override async arnOf(digest: string): Promise<string | undefined> {
    this.#found ??= this.#list();
    return (await this.#found).get(digest);
  }

  async #list(): Promise<ReadonlyMap<string, string>> {
    const byDigest = new Map<string, string>();
    const pages = paginateListKeys({ client: this.#client, pageSize: keysPerPage }, {});
    for await (const { Keys = [] } of pages) {
      for (const { KeyArn } of Keys) {
        if (KeyArn !== undefined) byDigest.set(digestOf(KeyArn), KeyArn);
      }
    }
    return byDigest;
  }
}

const digestOf = (keyArn: string): string => createHash('sha256').update(keyArn).digest('hex');
