import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import type { RotateSubjectKey } from './rotate-subject-key.ts';

/** People who have a usable key. */
export abstract class KeyedSubjects {
  abstract count(after: SubjectId | undefined): Promise<number>;
  /** In the order of their references, from after one of them on. */
  abstract next(after: SubjectId | undefined, limit: number): Promise<readonly SubjectId[]>;
}

export interface RotationProgress {
  readonly rotated: number;
  /** Who was fenced before it was their turn. */
  readonly passedOver: number;
  readonly of: number;
  /** From after whom a run that is broken off goes on. */
  readonly last: SubjectId;
}

const subjectsPerPortion = 100;

/** Gives everybody a new data key, one after the other. A run that is broken off goes on where it was. */
export class RotateKeys {
  readonly #subjects: KeyedSubjects;
  readonly #rotate: Pick<RotateSubjectKey, 'execute'>;

  constructor(subjects: KeyedSubjects, rotate: Pick<RotateSubjectKey, 'execute'>) {
    this.#subjects = subjects;
    this.#rotate = rotate;
  }

  /** Tells after each person how far it is; the last word where there was anybody. */
  async execute(
    after: SubjectId | undefined,
    tell: (progress: RotationProgress) => void,
  ): Promise<RotationProgress | undefined> {
    const of = await this.#subjects.count(after);
    let [rotated, passedOver] = [0, 0];
    let progress: RotationProgress | undefined;
    for (;;) {
      const portion = await this.#subjects.next(progress?.last ?? after, subjectsPerPortion);
      for (const subject of portion) {
        const isRotated = await this.#isRotated(subject);
        rotated += isRotated ? 1 : 0;
        passedOver += isRotated ? 0 : 1;
        progress = { rotated, passedOver, of, last: subject };
        tell(progress);
      }
      if (portion.length < subjectsPerPortion) return progress;
    }
  }

  async #isRotated(subject: SubjectId): Promise<boolean> {
    try {
      await this.#rotate.execute(subject);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'SUBJECT_ERASED') return false;
      throw error;
    }
  }
}
