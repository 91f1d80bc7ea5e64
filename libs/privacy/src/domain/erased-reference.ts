import { randomLocalPart } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';

/** The reference of an erased person as a keyed hash of 32 bytes makes it: 130 bits of it. */
export const erasedReference = (cell: CellId, hash: Uint8Array): SubjectId =>
  `sub_${cell}_${randomLocalPart((size) => hash.subarray(0, size))}` as SubjectId;
