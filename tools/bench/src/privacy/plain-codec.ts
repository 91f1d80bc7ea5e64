import type { SubjectId } from '@entrepot/kernel';
import type { Ciphertext, FieldCipher } from '@entrepot/platform-crypto';
import { readCiphertext } from '@entrepot/platform-crypto';

/**
 * What stands in the place of the field cipher where encryption is to be measured against none: values are
 * written as they are, in the form and of the length that the columns demand. It asks no key, and so
 * neither the vault nor KMS, and no fence.
 */
export class PlainCodec implements Pick<FieldCipher, 'encrypt' | 'decrypt'> {
  encrypt: FieldCipher['encrypt'] = ({ subject }, fields) =>
    Promise.resolve(mapped(fields, (text) => plainText(subject, text)) as never);

  decrypt: FieldCipher['decrypt'] = (_place, fields) =>
    Promise.resolve(mapped(fields, (text) => textIn(text)) as never);
}

/** The lengths of an initialisation vector and a tag in base64url. */
const [iv, tag] = ['A'.repeat(16), 'A'.repeat(22)];

const plainText = (subject: SubjectId, text: string): Ciphertext =>
  ['v1', 'A256GCM', subject, 1, iv, tag, Buffer.from(text, 'utf8').toString('base64url')].join(
    '|',
  ) as Ciphertext;

const textIn = (text: string): string => readCiphertext(text).data.toString('utf8');

const mapped = (
  fields: Readonly<Record<string, string>>,
  map: (text: string) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([column, text]) => [column, map(text)]));
