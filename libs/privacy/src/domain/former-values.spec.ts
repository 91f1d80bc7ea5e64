import { describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { nextPlace, reportOf } from './former-values.ts';

const person = () => ({ subject: newCellId('subject', 'in-1' as CellId), version: 2 });
const people = [person(), person()];
const [first, second] = people.map(({ subject }) => subject);
const last = { subject: first ?? newCellId('subject', 'in-1' as CellId), table: 'a.b' };
const place = { ...last, column: 'c', rowId: 'r' };

describe('A round through everybody with a former key', () => {
  it('stays with a page while its people have values that were not looked at', () => {
    const at = { after: second ?? last.subject };
    const seen = { people, isFullPage: true, last: place, isMore: true };
    expect(nextPlace(at, seen)).toEqual({ ...at, within: place });
  });

  it('goes on behind the last person of a full page, whatever became of their values', () => {
    const seen = { people, isFullPage: true, last: place, isMore: false };
    expect(nextPlace({ within: place }, seen)).toEqual({ after: second });
  });

  it('ends with a page that is not full', () => {
    const seen = { people, isFullPage: false, last: undefined, isMore: false };
    expect(nextPlace({}, seen)).toBeUndefined();
    expect(nextPlace({}, { ...seen, people: [] })).toBeUndefined();
  });
});

describe('The report on former keys', () => {
  it('says what is left by table and reason', () => {
    const of = (table: string, status: string | undefined, values: number, isFormer = true) => ({
      ...{ table, status, values, isFormer },
    });
    const report = reportOf(3, [
      of('identity.address', 'active', 4, false),
      of('identity.address', 'active', 2),
      of('identity.address', 'restricted', 1),
      of('identity.address', undefined, 1),
      of('idempotency.request', 'active', 5),
      of('idempotency.request', 'restricted', 1),
      of('idempotency.request', 'restricted', 1, false),
    ]);
    expect(report).toEqual({
      people: 3,
      current: 5,
      left: [
        { table: 'idempotency.request', why: 'for-good', values: 6 },
        { table: 'identity.address', why: 'restricted', values: 2 },
        { table: 'identity.address', why: 'waits', values: 2 },
      ],
    });
  });
});
