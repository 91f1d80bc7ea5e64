import { bootstrapWorker } from '@entrepot/cell/worker';
import { eu } from '@entrepot/region-eu';

await bootstrapWorker(eu);
