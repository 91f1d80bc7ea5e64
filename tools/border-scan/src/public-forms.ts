import { formsOf, writtenBytesMin } from '@entrepot/privacy';
import type { ByteMatcher } from './needle-matcher.ts';

/** Labels of what a matcher finds in the values of a row, in any form in which a store may write them. */
export function labelsInRow(row: unknown, matchers: readonly ByteMatcher[]): ReadonlySet<string> {
  const labels = new Set<string>();
  for (const bytes of writtenIn(row)) {
    for (const matcher of matchers) {
      for (const { label } of matcher.search(bytes)) labels.add(label);
    }
  }
  return labels;
}

/** Of a text that is shorter than what is looked for nothing is written. */
function* writtenIn(value: unknown): Generator<Buffer> {
  if (typeof value === 'string') {
    if (Buffer.byteLength(value, 'utf8') < writtenBytesMin) return;
    for (const { bytes } of formsOf(value)) yield bytes;
  } else if (Buffer.isBuffer(value)) {
    yield value;
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* writtenIn(inner);
  }
}
