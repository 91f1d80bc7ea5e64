import { bootstrapEraser } from '@entrepot/cell/eraser';
import { india } from '@entrepot/region-india';

await bootstrapEraser(india);
