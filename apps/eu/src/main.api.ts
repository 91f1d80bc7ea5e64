import { bootstrapApi } from '@entrepot/cell/api';
import { eu } from '@entrepot/region-eu';

await bootstrapApi(eu);
