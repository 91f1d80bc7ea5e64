import { bootstrapApi } from '@entrepot/cell';
import { eu } from '@entrepot/region-eu';

await bootstrapApi(eu);
