import { allSlices, loadConfig } from '@entrepot/platform-config';
import { sandboxSlice } from './config.ts';
import { startSandbox } from './start-sandbox.ts';

const { sandbox: config } = loadConfig({
  environment: process.env,
  slices: { sandbox: sandboxSlice },
  foreign: allSlices,
});
const sandbox = await startSandbox(config);
process.stdout.write(`psp-sandbox ready ${sandbox.origin}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close());
}
