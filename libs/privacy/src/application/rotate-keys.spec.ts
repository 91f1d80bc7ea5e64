import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { KeyedSubjects, RotateKeys } from './rotate-keys.ts';
import type { RotationProgress } from './rotate-keys.ts';

const people = Array.from({ length: 250 }, (_, at) => `sub_${1_000 + at}` as SubjectId);

class Everybody extends KeyedSubjects {
  override count(after: SubjectId | undefined): Promise<number> {
    return Promise.resolve(this.#from(after).length);
  }

  override next(after: SubjectId | undefined, limit: number): Promise<readonly SubjectId[]> {
    return Promise.resolve(this.#from(after).slice(0, limit));
  }

  #from(after: SubjectId | undefined): SubjectId[] {
    return people.filter((of) => after === undefined || of > after);
  }
}

function rotationWith(refusal: (of: SubjectId) => Error | undefined = () => undefined) {
  const rotated: SubjectId[] = [];
  const execute = (of: SubjectId): Promise<number> => {
    const refused = refusal(of);
    if (refused !== undefined) return Promise.reject(refused);
    rotated.push(of);
    return Promise.resolve(2);
  };
  return { rotated, keys: new RotateKeys(new Everybody(), { execute }) };
}

describe('the rotation of everybody’s key', () => {
  it('comes to each person once, and says after each how far it is', async () => {
    const { rotated, keys } = rotationWith();
    const told: RotationProgress[] = [];
    const end = await keys.execute(undefined, (progress) => told.push(progress));
    expect(rotated).toEqual(people);
    expect(told.map((of) => of.rotated)).toEqual(people.map((_, at) => at + 1));
    expect(end).toEqual({ rotated: 250, passedOver: 0, of: 250, last: people.at(-1) });
  });

  it('goes on after whom it was broken off', async () => {
    const broken = rotationWith((of) => (of === people[120] ? new Error('no KMS') : undefined));
    let last: SubjectId | undefined;
    const run = broken.keys.execute(undefined, (progress) => (last = progress.last));
    await expect(run).rejects.toThrow('no KMS');
    const { rotated, keys } = rotationWith();
    await keys.execute(last, () => undefined);
    expect([...broken.rotated, ...rotated]).toEqual(people);
  });

  it('passes over who is erased meanwhile', async () => {
    const { keys } = rotationWith((of) =>
      of === people[7] ? new DomainError('SUBJECT_ERASED', 'gone') : undefined,
    );
    expect(await keys.execute(undefined, () => undefined)).toMatchObject({
      ...{ rotated: 249, passedOver: 1 },
    });
  });
});
