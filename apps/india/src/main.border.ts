import { bootstrapBorder } from '@entrepot/cell';
import { india } from '@entrepot/region-india';

await bootstrapBorder(india);
