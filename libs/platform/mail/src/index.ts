export { languageOf, mailLanguages, mailTextOf, mailValues } from './mail-text.ts';
export type { MailLanguage, MailText } from './mail-text.ts';
export { MailNotSent, Mailer, mailKinds } from './mailer.ts';
export type { MailKind, MailMessage } from './mailer.ts';
export { letterFields } from './sent-fields.ts';
export { SentMail } from './sent-mail.ts';
