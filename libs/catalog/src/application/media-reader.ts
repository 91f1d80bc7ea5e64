export interface MediaObject {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export abstract class MediaReader {
  abstract find(contentHash: string): Promise<MediaObject | undefined>;
}
