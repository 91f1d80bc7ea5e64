import type { FieldCipher } from '@entrepot/platform-crypto';
import type { SubjectId } from '@entrepot/kernel';
import type {
  CountedValues,
  FormerValue,
  KeyedPerson,
  ResealedValue,
  ValuePlace,
} from '../domain/former-values.ts';
import { CiphertextVersions } from './drop-former-keys.ts';

/** The stored values that people's keys sealed, whoever owns the table. */
export abstract class SealedValues extends CiphertextVersions {
  /**
   * Values of these people under a version before their current one, in the order of their places and from after
   * one of them on: at most so many, and so many bytes unless the first is longer by itself. Leaves out who is not
   * active in the shop, and tables whose values stay as they are.
   */
  abstract formerOf(
    people: readonly KeyedPerson[],
    part: {
      readonly after: ValuePlace | undefined;
      readonly valuesMax: number;
      readonly bytesMax: number;
    },
  ): Promise<{ readonly values: readonly FormerValue[]; readonly isMore: boolean }>;

  /**
   * Puts each value in the place of the one that it was made from. Leaves out what was written meanwhile and who
   * is not active any more; answers how many were put.
   */
  abstract replace(values: readonly ResealedValue[]): Promise<number>;

  /** How many values of these people lie under former versions, and how many do not. */
  abstract count(people: readonly KeyedPerson[]): Promise<readonly CountedValues[]>;
}

/** Opens and seals for several people at once. */
export abstract class PageCiphers {
  /** With the keys as the vault has them now: it seals under nothing older than that. */
  abstract of(people: readonly SubjectId[]): Promise<FieldCipher>;
}
