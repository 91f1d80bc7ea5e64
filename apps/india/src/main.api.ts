import { bootstrapApi } from '@entrepot/cell/api';
import { india } from '@entrepot/region-india';

await bootstrapApi(india);
