/** What a cell writes to people about; each has a text in every language of the cell. */
export const mailKinds = [
  'identity_code',
  'export_ready',
  'erasure_received',
  'erasure_done',
  'rectified',
  'inactivity_notice',
] as const;
export type MailKind = (typeof mailKinds)[number];

/** One message to one person. Address and values are personal: they go to the region's mail provider only. */
export interface MailMessage {
  readonly kind: MailKind;
  readonly to: string;
  /** BCP 47; the nearest language that the cell has is taken. */
  readonly locale: string;
  /** What the text of the kind leaves open: a code, a link, a date. */
  readonly values: Readonly<Record<string, string>>;
  /** Opaque; the same reference is sent once, however often it is asked for. */
  readonly reference: string;
}

/** Sends mail through the region's provider. Throws MailNotSent, without the address in its message. */
export abstract class Mailer {
  abstract send(message: MailMessage): Promise<void>;
}

/** The provider did not take a message, or did not answer; sending it again under its reference is safe. */
export class MailNotSent extends Error {
  override readonly name = 'MailNotSent';
}
