import type { SubjectId } from '@entrepot/kernel';
import type { FieldCipher } from '@entrepot/platform-crypto';
import type { ClearField } from '@entrepot/privacy';

/** Reads fields of a person where they are stored, whoever owns the table. */
export abstract class PersonalFields {
  /**
   * The fields of every row that the store has about the person, in the clear and in the order of the rows'
   * keys; what is empty is left out. Throws StepFailure for a store or a field that does not exist.
   */
  abstract read(
    place: {
      readonly store: string;
      readonly fields: readonly string[];
      readonly subject: SubjectId;
    },
    cipher: FieldCipher,
  ): Promise<readonly ClearField[]>;
}
