import { bootstrapEraser } from '@entrepot/cell/eraser';
import { eu } from '@entrepot/region-eu';

await bootstrapEraser(eu);
