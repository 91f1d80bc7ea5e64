export { PgSentMail } from './adapters/pg-sent-mail.ts';
export { SmtpMailer } from './adapters/smtp-mailer.ts';
export type { SmtpOptions } from './adapters/smtp-mailer.ts';
export { languageOf, mailLanguages, mailTextOf, mailValues } from './mail-text.ts';
export type { MailLanguage, MailText } from './mail-text.ts';
export { MailNotSent, Mailer, mailKinds } from './mailer.ts';
export type { MailKind, MailMessage } from './mailer.ts';
export { SentMail } from './sent-mail.ts';
