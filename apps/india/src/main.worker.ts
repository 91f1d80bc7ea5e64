import { bootstrapWorker } from '@entrepot/cell/worker';
import { india } from '@entrepot/region-india';

await bootstrapWorker(india);
