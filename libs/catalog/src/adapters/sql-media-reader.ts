import { Injectable } from '@nestjs/common';
import { CatalogDatabase, statement } from '@entrepot/platform-database';

import type { MediaObject } from '../application/media-reader.ts';
import { MediaReader } from '../application/media-reader.ts';

const findObject = statement(
  'catalog.find_media_object',
  `SELECT media_type AS "mediaType", bytes FROM catalog.media_object WHERE content_hash = $1`,
);

@Injectable()
export class SqlMediaReader extends MediaReader {
  constructor(private readonly database: CatalogDatabase) {
    super();
  }

  async find(contentHash: string): Promise<MediaObject | undefined> {
    const [found] = await this.database.query<MediaObject>(findObject, [contentHash]);
    return found;
  }
}
