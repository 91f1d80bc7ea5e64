// An API process of an app as it is, but for what encrypts personal columns: nothing does. Only the bench
// starts it, to have something to hold encryption against. BENCH_APP_MAIN is the URL of the app's entry.
import { FieldCipher } from '@entrepot/platform-crypto';
import { PlainCodec } from './plain-codec.ts';

const { encrypt, decrypt } = new PlainCodec();
Object.assign(FieldCipher.prototype, { encrypt, decrypt });

const entry = process.env['BENCH_APP_MAIN'];
if (entry === undefined) throw new Error('BENCH_APP_MAIN names no app');
await import(entry);
