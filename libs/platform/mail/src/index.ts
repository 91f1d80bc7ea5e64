export { MailNotSent, Mailer, mailKinds } from './mailer.ts';
export type { MailKind, MailMessage } from './mailer.ts';
