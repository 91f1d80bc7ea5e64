import { bootstrapWorker } from '@entrepot/cell';
import { eu } from '@entrepot/region-eu';

await bootstrapWorker(eu);
