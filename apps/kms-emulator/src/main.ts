import { allSlices, loadConfig } from '@entrepot/platform-config';
import { emulatorSlice } from './config.ts';
import { startEmulator } from './start-emulator.ts';

const { emulator: config } = loadConfig({
  environment: process.env,
  slices: { emulator: emulatorSlice },
  foreign: allSlices,
});
const emulator = await startEmulator(config);
process.stdout.write(`kms-emulator ready ${emulator.endpoint} ${config.awsRegion}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void emulator.close());
}
