import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import type { ErasureRequest, ErasureStore } from '@entrepot/privacy';
import { describe, expect, it } from '@jest/globals';
import type { AcknowledgementLetter } from '../src/application/acknowledgement-letter.ts';
import type { OwedAcknowledgements } from '../src/application/owed-acknowledgements.ts';
import { SendOwedAcknowledgements } from '../src/application/send-owed-acknowledgements.ts';

const now = new Date('2026-11-28T10:00:00Z');
const owed = ['ers_a', 'ers_b', 'ers_c'].map((id) => ({
  ...{ id: id as ErasureRequestId, subject: `sub of ${id}` as SubjectId, dueAt: now, since: now },
}));

/** A worker that finds three letters owed; what came of them. */
function workerWith(of: {
  readonly contactOf?: (subject: SubjectId) => Promise<unknown>;
  readonly find?: (id: ErasureRequestId) => Partial<ErasureRequest>;
}) {
  const sent: string[] = [];
  const { contactOf = () => Promise.resolve({ email: 'a@people.example', locale: 'en' }) } = of;
  const letter = { contactOf, send: ({ id }: { id: string }) => Promise.resolve(sent.push(id)) };
  const worker = new SendOwedAcknowledgements(
    { after: () => Promise.resolve(owed) } as unknown as OwedAcknowledgements,
    letter as unknown as AcknowledgementLetter,
    {
      find: (id: ErasureRequestId) => Promise.resolve(of.find?.(id) ?? {}),
    } as unknown as ErasureStore,
    { now: () => now },
    new Log({ level: 'silent' as never, bound: {} }),
  );
  return { sent, worker };
}

describe('letters that are owed', () => {
  it('go out behind one whose address no key opens', async () => {
    const { sent, worker } = workerWith({
      contactOf: (subject) =>
        subject === owed[0]?.subject
          ? Promise.reject(new Error('no key opens it'))
          : Promise.resolve({ email: 'a@people.example', locale: 'en' }),
    });
    await expect(worker.execute()).rejects.toThrow('no key opens it');
    expect(sent).toEqual(['ers_b', 'ers_c']);
  });

  it('go to nobody who took the request back, or is fenced, while those before were tried', async () => {
    const { sent, worker } = workerWith({
      find: (id) => ({
        ...(id === 'ers_b' && { closedAt: now }),
        ...(id === 'ers_c' && { fencedAt: now }),
      }),
    });
    expect(await worker.execute()).toBe(1);
    expect(sent).toEqual(['ers_a']);
  });
});
