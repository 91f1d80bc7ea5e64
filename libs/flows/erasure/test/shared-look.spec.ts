import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { describe, expect, it } from '@jest/globals';
import { SharedLook } from '../src/adapters/shared-look.ts';

const newSubject = (): SubjectId => newCellId('subject', 'in-1' as CellId);

/** Looks and rests that end when told to, and what each look was asked. */
function looksOnCall() {
  const rests: (() => void)[] = [];
  const rest = (): Promise<void> => new Promise((resolve) => rests.push(resolve));
  const looks: {
    readonly subjects: readonly SubjectId[];
    readonly end: (error?: Error) => void;
  }[] = [];
  const shared = new SharedLook((subjects: readonly SubjectId[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<SubjectId, string>>();
    const answers = new Map(subjects.map((subject) => [subject, `of ${subject}`]));
    looks.push({
      subjects,
      end: (error) => (error === undefined ? resolve(answers) : reject(error)),
    });
    return promise;
  }, rest);
  return { shared, looks, rests };
}

const untilIdle = () => new Promise((resolve) => setImmediate(resolve));

describe('a shared look', () => {
  it('takes together whoever asked while another was under way, and nobody who asked after it began', async () => {
    const { shared, looks, rests } = looksOnCall();
    const [a, b, c] = [newSubject(), newSubject(), newSubject()];
    const first = shared.of(a);
    const rest = [shared.of(b), shared.of(c), shared.of(b)];
    expect(looks.map(({ subjects }) => subjects)).toEqual([[a]]);
    looks[0]?.end();
    expect(await first).toBe(`of ${a}`);
    await untilIdle();
    rests.shift()?.();
    await untilIdle();
    expect(looks.map(({ subjects }) => subjects)).toEqual([[a], [b, c]]);
    looks[1]?.end();
    expect(await Promise.all(rest)).toEqual([`of ${b}`, `of ${c}`, `of ${b}`]);
  });

  it('that fails fails for those alone who were part of it', async () => {
    const { shared, looks, rests } = looksOnCall();
    const first = shared.of(newSubject());
    const second = shared.of(newSubject());
    looks[0]?.end(new Error('the broker is away'));
    await expect(first).rejects.toThrow('the broker is away');
    await untilIdle();
    rests.shift()?.();
    await untilIdle();
    looks[1]?.end();
    expect(await second).toMatch(/^of /);
  });

  it('rests before the next one, which takes whoever asked meanwhile', async () => {
    const { shared, looks, rests } = looksOnCall();
    const [a, b, c] = [newSubject(), newSubject(), newSubject()];
    const first = shared.of(a);
    looks[0]?.end();
    expect(await first).toBe(`of ${a}`);
    await untilIdle();
    const second = [shared.of(b), shared.of(c)];
    await untilIdle();
    expect(looks).toHaveLength(1);
    rests.shift()?.();
    await untilIdle();
    expect(looks.map(({ subjects }) => subjects)).toEqual([[a], [b, c]]);
    looks[1]?.end();
    expect(await Promise.all(second)).toEqual([`of ${b}`, `of ${c}`]);
  });
});
