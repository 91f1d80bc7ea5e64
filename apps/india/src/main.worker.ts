import { bootstrapWorker } from '@entrepot/cell';
import { india } from '@entrepot/region-india';

await bootstrapWorker(india);
