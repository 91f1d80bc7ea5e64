import { bootstrapBorder } from '@entrepot/cell/border';
import { india } from '@entrepot/region-india';

await bootstrapBorder(india);
