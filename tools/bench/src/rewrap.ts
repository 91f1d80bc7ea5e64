import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { WrappingKey } from '@entrepot/platform-crypto';
import { median } from './figure.ts';

const keyBytes = 32;
const rounds = 5;
const place = 'kek|in-1|1|1|sub_in-1_00000000000000000000000000';

export interface RewrapReport {
  readonly keysPerRound: number;
  /** Keys unwrapped and wrapped again in a second by one core, without the vault. */
  readonly keysPerSecond: number;
  /** AES-256-GCM out and in of the same bytes, with nothing around it. */
  readonly plainPerSecond: number;
  readonly ratio: number;
}

/** How fast one core moves keys to another epoch, held against the cipher alone. Asks no service. */
export function measureRewrap(keysPerRound: number): RewrapReport {
  const rates = rewrapRounds(keysPerRound);
  const keysPerSecond = median(rates.map((rate) => rate.ours));
  const plainPerSecond = median(rates.map((rate) => rate.plain));
  return { keysPerRound, keysPerSecond, plainPerSecond, ratio: keysPerSecond / plainPerSecond };
}

/** Keys in a second of the processor, by us and by the cipher alone, round by round. */
export function rewrapRounds(
  keysPerRound: number,
): readonly { readonly ours: number; readonly plain: number }[] {
  const keys = Array.from({ length: keysPerRound }, () => randomBytes(keyBytes));
  const [ours, plain] = [ourRound(keys), plainRound(keys)];
  // in turns, so that what else the machine does meets both
  return Array.from({ length: rounds }, () => ({ ours: ours(), plain: plain() }));
}

function ourRound(keys: readonly Buffer[]): () => number {
  const [from, to] = [
    new WrappingKey(randomBytes(keyBytes)),
    new WrappingKey(randomBytes(keyBytes)),
  ];
  const wrapped = keys.map((key) => from.wrap(key, place));
  return () =>
    perSecond(wrapped, (each) => {
      const key = from.unwrap(each, place);
      to.wrap(key, place);
      key.fill(0);
    });
}

function plainRound(keys: readonly Buffer[]): () => number {
  const [from, to, iv] = [randomBytes(keyBytes), randomBytes(keyBytes), randomBytes(12)];
  const sealed = keys.map((key) => {
    const cipher = createCipheriv('aes-256-gcm', from, iv);
    const data = Buffer.concat([cipher.update(key), cipher.final()]);
    return { data, tag: cipher.getAuthTag() };
  });
  return () =>
    perSecond(sealed, ({ data, tag }) => {
      const decipher = createDecipheriv('aes-256-gcm', from, iv);
      decipher.setAuthTag(tag);
      const key = decipher.update(data);
      decipher.final();
      const cipher = createCipheriv('aes-256-gcm', to, iv);
      cipher.update(key);
      cipher.final();
      cipher.getAuthTag();
    });
}

function perSecond<T>(items: readonly T[], work: (item: T) => void): number {
  const before = process.cpuUsage();
  for (const item of items) work(item);
  const { user, system } = process.cpuUsage(before);
  return (items.length * 1_000_000) / (user + system);
}

/** The report as a person reads it. */
export const rewrapLine = (report: RewrapReport): string =>
  `re-wrap: ${Math.round(report.keysPerSecond)} keys/s per core; ` +
  `AES alone ${Math.round(report.plainPerSecond)}/s; ratio ${report.ratio.toFixed(3)}`;
