export { PgSentMail } from './adapters/pg-sent-mail.ts';
export { SmtpMailer } from './adapters/smtp-mailer.ts';
export type { SmtpOptions } from './adapters/smtp-mailer.ts';
