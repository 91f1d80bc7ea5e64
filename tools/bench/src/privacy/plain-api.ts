// An API process of an app as it is, but for what encrypts personal columns: nothing does. Only the bench
// starts it, to have something to hold encryption against. BENCH_APP_MAIN is the URL of the app's entry.
import type { SubjectId } from '@entrepot/kernel';
import { FieldCipher } from '@entrepot/platform-crypto';
import { PlainCodec } from './plain-codec.ts';

const codec = new PlainCodec();
const cipher = Object.getOwnPropertyDescriptor(FieldCipher.prototype, 'encrypt')
  ?.value as FieldCipher['encrypt'];
const known = new Set<SubjectId>();

/** The first time as ever: the vault completes no registration of somebody whose key was never used. */
const encrypt = async function (this: FieldCipher, place, fields) {
  if (!known.has(place.subject)) {
    await cipher.call(this, place, fields);
    known.add(place.subject);
  }
  return codec.encrypt(place, fields);
} as FieldCipher['encrypt'];
Object.assign(FieldCipher.prototype, { encrypt, decrypt: codec.decrypt });

const entry = process.env['BENCH_APP_MAIN'];
if (entry === undefined) throw new Error('BENCH_APP_MAIN names no app');
await import(entry);
