export { mailSandboxSlice } from './config.ts';
export type { MailSandboxConfig } from './config.ts';
export { startMailSandbox } from './start-mail-sandbox.ts';
export type { RunningMailSandbox } from './start-mail-sandbox.ts';
