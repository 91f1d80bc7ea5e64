import { bootstrapBorder } from '@entrepot/cell';
import { eu } from '@entrepot/region-eu';

await bootstrapBorder(eu);
