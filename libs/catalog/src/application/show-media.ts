import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';

import type { MediaObject } from './media-reader.ts';
import { MediaReader } from './media-reader.ts';

/** A picture by the hash of its bytes. Throws NOT_FOUND. */
@Injectable()
export class ShowMedia {
  constructor(private readonly media: MediaReader) {}

  async execute(contentHash: string): Promise<MediaObject> {
    const found = await this.media.find(contentHash);
    if (found === undefined) throw new DomainError('NOT_FOUND', 'there is no such picture');
    return found;
  }
}
