// A supervisor with one service, for suites that kill it: `supervise.ts <folder>`. Says the service's pid.
import { join } from 'node:path';

import { ProcessRecord, startSpawnedService, Supervisor, markSupervision } from '@entrepot/stack';

const folder = process.argv[2] ?? '';
markSupervision(folder);
const record = new ProcessRecord(join(folder, 'processes.json'));
const supervisor = new Supervisor(record, () => undefined);
await supervisor.start({
  name: 'sleeper',
  rank: 1,
  start: () =>
    startSpawnedService({
      name: 'sleeper',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      env: {},
      cwd: folder,
      logFile: join(folder, 'sleeper.log'),
      isReady: () => Promise.resolve(true),
      readyTimeoutMs: 5_000,
    }),
});
process.stdout.write(`${supervisor.status()[0]?.pid}\n`);
setInterval(() => undefined, 1_000);
