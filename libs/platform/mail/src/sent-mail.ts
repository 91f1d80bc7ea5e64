import type { MailKind } from './mailer.ts';

/** Which references were sent: nothing about to whom, or what. */
export abstract class SentMail {
  abstract has(reference: string): Promise<boolean>;
  /** Doing it again changes nothing. */
  abstract note(reference: string, kind: MailKind): Promise<void>;
}
