export { MailSandbox } from './mail-sandbox.ts';
export type { SandboxLetter } from './mail-sandbox.ts';
