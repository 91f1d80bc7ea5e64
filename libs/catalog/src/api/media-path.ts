const extensions: Readonly<Record<string, string>> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/avif': 'avif',
};

/** Where a picture is served: its name is the hash of its bytes, so it never changes. */
export const mediaPathOf = (image: {
  readonly contentHash: string;
  readonly mediaType: string;
}): string => `/v1/media/${image.contentHash}.${extensions[image.mediaType] ?? 'bin'}`;

/** Whether the ending of the name says what the picture is. */
export const isNameOf = (file: string, mediaType: string): boolean =>
  file.endsWith(`.${extensions[mediaType] ?? 'bin'}`);
