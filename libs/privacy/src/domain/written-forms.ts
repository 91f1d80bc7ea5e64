/** A way in which a text may be written down. */
export interface WrittenForm {
  readonly form: string;
  readonly bytes: Buffer;
}

/**
 * Every way in which a store, a log or a wire format may write a text. Short forms are refused: what is
 * looked for must not occur by chance.
 */
export function formsOf(text: string): readonly WrittenForm[] {
  const plain = Buffer.from(text, 'utf8');
  if (plain.length < writtenBytesMin) {
    throw new RangeError(`what is looked for has at least ${writtenBytesMin} bytes`);
  }
  const hex = plain.toString('hex');
  const written: [string, string][] = [
    ['plain', text],
    ['lower', text.toLowerCase()],
    ['upper', text.toUpperCase()],
    ['url', encodeURIComponent(text)],
    ['form', new URLSearchParams({ v: text }).toString().slice(2)],
    ['json', JSON.stringify(text).slice(1, -1)],
    ['json-ascii', asciiJson(text)],
    ['hex', hex],
    ['hex-upper', hex.toUpperCase()],
    ...alignments.flatMap((shift): [string, string][] => {
      const base64 = innerBase64(plain, shift);
      const url = base64.replaceAll('+', '-').replaceAll('/', '_');
      return [
        [`base64-${shift}`, base64],
        [`base64url-${shift}`, url],
      ];
    }),
  ];
  const utf16 = Buffer.from(text, 'utf16le');
  return [
    ...written.map(([form, value]) => ({ form, bytes: Buffer.from(value, 'utf8') })),
    { form: 'utf16-le', bytes: utf16 },
    { form: 'utf16-be', bytes: Buffer.from(utf16).swap16() },
  ];
}

/** The shortest text that can be looked for, in bytes of UTF-8. */
export const writtenBytesMin = 12;
/** How many bytes stand before the text in its group of three. */
const alignments = [0, 1, 2] as const;

/** The characters of base64 that the text alone decides, whatever stands before and after it. */
function innerBase64(text: Buffer, shift: number): string {
  const padded = Buffer.concat([Buffer.alloc(shift), text]);
  const decidedFrom = Math.ceil((shift * 8) / 6);
  const decidedTo = Math.floor((padded.length * 8) / 6);
  return padded.toString('base64').slice(decidedFrom, decidedTo);
}

const asciiJson = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
