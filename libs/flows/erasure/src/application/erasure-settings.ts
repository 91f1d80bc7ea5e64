import type { CellId } from '@entrepot/kernel';

export class ErasureSettings {
  constructor(readonly cell: CellId) {}
}
