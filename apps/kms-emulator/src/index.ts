export { startEmulator } from './start-emulator.ts';
export type { RunningEmulator } from './start-emulator.ts';
export type { EmulatorConfig } from './config.ts';
