import { describe, expect, it } from '@jest/globals';
import { isTraceOf, prefixHash, traceDigestsOf } from './trace-digests.ts';
import { formsOf } from './written-forms.ts';

const secrets = { base: Buffer.from('a1b2c3d4', 'hex'), key: Buffer.alloc(32, 7) };
const text = 'asha.rao@people.example';
const traces = traceDigestsOf([{ field: 'identity.account.email', text }], secrets);

describe('what a scan is told of a person', () => {
  it('holds no form of what they typed', () => {
    const said = Buffer.from(JSON.stringify(traces));
    for (const { bytes } of formsOf(text)) expect(said.includes(bytes)).toBe(false);
  });

  it('tells each form, and nothing that differs from it by a byte', () => {
    for (const { bytes } of formsOf(text)) {
      const found = traces.digests.filter(
        ({ prefix }) => prefix === prefixHash(bytes, 0, traces.base),
      );
      expect(found.some((of) => isTraceOf(bytes, of, secrets.key))).toBe(true);
      const other = Buffer.from(bytes);
      other.writeUInt8(other.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      expect(traces.digests.some((of) => isTraceOf(other, of, secrets.key))).toBe(false);
    }
  });

  it('has nothing of a text that others may write by chance, and each form once', () => {
    expect(traceDigestsOf([{ field: 'f', text: 'Asha Rao' }], secrets).digests).toEqual([]);
    const twice = [
      { field: 'f', text },
      { field: 'g', text },
    ];
    expect(traceDigestsOf(twice, secrets).digests).toHaveLength(traces.digests.length);
  });

  it('is another with another key', () => {
    const key = Buffer.alloc(32, 8);
    const others = traceDigestsOf([{ field: 'f', text }], { ...secrets, key });
    expect(others.digests.map(({ digest }) => digest)).not.toEqual(
      traces.digests.map(({ digest }) => digest),
    );
  });
});
