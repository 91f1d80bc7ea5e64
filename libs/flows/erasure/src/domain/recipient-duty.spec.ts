import { describe, expect, it } from '@jest/globals';
import type { NoticeProof, RecipientNotice } from '@entrepot/privacy';
import fc from 'fast-check';
import {
  atWork,
  completed,
  dutyOf,
  givenUp,
  isOverdue,
  renewed,
  taken,
  unanswered,
  unknownThere,
} from './recipient-duty.ts';

const start = new Date('2026-11-28T10:00:00Z');
const later = (seconds: number): Date => new Date(start.getTime() + seconds * 1_000);
const proof: NoticeProof = {
  ...{ answer: Buffer.from('a'), signature: Buffer.alloc(64), signerDigest: 'a'.repeat(64) },
};
const prepared: RecipientNotice = {
  ...{ requestId: 'ers', processor: 'psp', attempt: 1, reference: 'r1', state: 'prepared' },
  ...{ identities: 2, sealed: Buffer.from('sealed'), preparedAt: start, dueAt: later(1_209_600) },
  ...{ tries: 0, nextTryAt: start, completedAt: undefined, proof: undefined },
};

const moves = {
  taken,
  atWork: (notice: RecipientNotice, at: Date) => atWork(notice, 'in_progress', at),
  unanswered,
  unknownThere,
  givenUp,
  completed: (notice: RecipientNotice, at: Date) => completed(notice, proof, at),
  renewed: (notice: RecipientNotice, at: Date) => renewed(notice, `r${notice.attempt + 1}`, at),
};
/** Which moves what duty may come to. */
const movesFor = {
  send: ['taken', 'unanswered'],
  ask: ['atWork', 'unanswered', 'unknownThere', 'givenUp', 'completed'],
  renew: ['renewed'],
} as const;

describe('a notice to a processor', () => {
  it('is sent, then asked about, then done', () => {
    expect(dutyOf(prepared, start)).toBe('send');
    const sent = taken(prepared, start);
    expect(dutyOf(sent, start)).toBe('ask');
    const done = completed(sent, proof, later(1));
    expect(dutyOf(done, later(2))).toBe('nothing');
    expect(done).toMatchObject({ sealed: undefined, proof, completedAt: later(1) });
  });

  it('begins anew under another name where the processor gave it up', () => {
    const up = givenUp(taken(prepared, start));
    expect(dutyOf(up, start)).toBe('renew');
    expect(renewed(up, 'r2', start)).toMatchObject({
      state: 'prepared',
      attempt: 2,
      reference: 'r2',
    });
  });

  it('is asked about less and less often, yet never less than every quarter of an hour', () => {
    let notice = prepared;
    let at = start;
    let pause = 0;
    for (let tries = 0; tries < 40; tries += 1) {
      notice = unanswered(notice, at);
      const next = notice.nextTryAt.getTime() - at.getTime();
      expect(next).toBeGreaterThanOrEqual(pause);
      expect(next).toBeLessThanOrEqual(900_000);
      expect(dutyOf(notice, at)).toBe('wait');
      pause = next;
      at = notice.nextTryAt;
    }
  });

  it('counts every try, keeps its seal until there is proof, and is late from its day on', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 2_000 }))), (choices) => {
        let notice = prepared;
        let at = start;
        for (const [choice, pause] of choices) {
          at = new Date(at.getTime() + pause * 1_000);
          const duty = dutyOf(notice, at);
          if (duty === 'nothing' || duty === 'wait') continue;
          const open = movesFor[duty];
          const next = moves[open[choice % open.length] ?? 'unanswered'](notice, at);
          expect(next.tries).toBe(notice.tries + 1);
          expect(next.sealed === undefined).toBe(next.state === 'completed');
          expect(next.proof !== undefined).toBe(next.state === 'completed');
          expect(next.reference === notice.reference).toBe(next.attempt === notice.attempt);
          notice = next;
        }
        expect(isOverdue(notice, notice.dueAt)).toBe(false);
        expect(isOverdue(notice, later(1_209_601))).toBe(notice.state !== 'completed');
      }),
    );
  });
});
