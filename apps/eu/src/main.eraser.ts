import { bootstrapEraser } from '@entrepot/cell';
import { eu } from '@entrepot/region-eu';

await bootstrapEraser(eu);
