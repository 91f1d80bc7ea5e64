import { bootstrapApi } from '@entrepot/cell';
import { india } from '@entrepot/region-india';

await bootstrapApi(india);
