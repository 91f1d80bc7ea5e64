import { bootstrapEraser } from '@entrepot/cell';
import { india } from '@entrepot/region-india';

await bootstrapEraser(india);
