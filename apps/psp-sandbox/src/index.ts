export { sandboxSlice } from './config.ts';
export type { SandboxConfig } from './config.ts';
export type { FaultKind, FaultOrder } from './faults.ts';
export { startSandbox } from './start-sandbox.ts';
export type { RunningSandbox } from './start-sandbox.ts';
