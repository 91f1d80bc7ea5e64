// Restores as it is told and kills itself after so many lines; without a number it goes to its end.
import { evidenceClient, readPinnedKeys } from '@entrepot/privacy';
import { StackPaths } from '@entrepot/stack';
import { restoreCell } from '../../src/index.ts';

export interface RestoreOrder {
  readonly home: string;
  readonly set: string;
  readonly kms: Parameters<typeof evidenceClient>[0];
  readonly linesMax?: number;
}

const order = JSON.parse(process.argv[2] ?? '') as RestoreOrder;
const paths = new StackPaths(order.home);
let lines = 0;

await restoreCell({
  ...{ paths, cell: 'in-1', region: 'in', clusters: ['shop', 'vault'], set: order.set },
  keys: await readPinnedKeys(paths.journalOf('in-1').witness),
  withKms: async (work) => {
    const client = evidenceClient(order.kms);
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  },
  tell: () => {
    lines += 1;
    if (lines === order.linesMax) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write('restored\n');
