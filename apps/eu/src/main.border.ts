import { bootstrapBorder } from '@entrepot/cell/border';
import { eu } from '@entrepot/region-eu';

await bootstrapBorder(eu);
