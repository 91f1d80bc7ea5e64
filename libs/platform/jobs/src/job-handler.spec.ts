import { describe, expect, it } from '@jest/globals';
import { field } from '@entrepot/contracts/events/event-fields';

import { defineJob } from './define-job.ts';
import { assertHandlers } from './job-handler.ts';

const settleDeclaration = {
  name: 'payments.settle-attempt',
  fields: { attemptId: field.reference() },
  atOnceMax: 12,
  rederiveEverySeconds: 30,
};
const settle = defineJob(settleDeclaration);

describe('Jobs', () => {
  it('carry references and codes, nothing else', () => {
    expect(() => settle.schema.parse({ attemptId: 'pay_in-1_1', email: 'x' })).toThrow();
    const declare = () =>
      defineJob({
        name: 'orders.tell-shopper',
        // @ts-expect-error ciphertext is about a person
        fields: { text: field.ciphertext() },
        atOnceMax: 12,
        rederiveEverySeconds: 30,
      });
    expect(declare).toThrow('field text (ciphertext) may not be in a payload');
  });

  it('are worked at one by one at least', () => {
    for (const atOnceMax of [0, -1, 1.5, Number.NaN]) {
      const declare = () => defineJob({ ...settleDeclaration, atOnceMax });
      expect(declare).toThrow('atOnceMax is a whole number from 1');
    }
  });

  it('stop the start when one has no handler, or two, or was not declared', () => {
    const handler = { job: settle };
    expect(() => assertHandlers([settle], [handler])).not.toThrow();
    expect(() => assertHandlers([settle], [])).toThrow('it has no handler');
    expect(() => assertHandlers([settle], [handler, handler])).toThrow('it has two handlers');
    expect(() => assertHandlers([], [handler])).toThrow('it is handled but not declared');
    expect(() => assertHandlers([settle, settle], [handler])).toThrow('it is declared twice');
  });
});
