import { borderDefects } from './border-defects.ts';
import { erasureDefects } from './erasure-defects.ts';
import { keyDefects } from './key-defects.ts';
import type { PlantedDefect } from './planted-defect.ts';

/** At least one for each number, in their order. */
export const plantedDefects: readonly PlantedDefect[] = [
  ...keyDefects,
  ...erasureDefects,
  ...borderDefects,
];
