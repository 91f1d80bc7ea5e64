import type { Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { Transporter } from 'nodemailer';
import { Mailer, MailNotSent } from '../mailer.ts';
import type { MailMessage } from '../mailer.ts';
import { languageOf, mailTextOf } from '../mail-text.ts';
import type { SentMail } from '../sent-mail.ts';

const connectMsMax = 5_000;
const answerMsMax = 10_000;
const referenceForm = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,119}$/;

type GetSocketCallback = (error: Error | null, socket?: { readonly connection: Socket }) => void;

export interface SmtpOptions {
  /** `smtps://host:465`, or `smtp://host:587`, which becomes TLS before anything is said. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The address that the region's mail comes from. */
  readonly from: string;
  /** Only for a sandbox on this machine: without TLS. */
  readonly plain: boolean;
  /** The way out of the process; a connection of its own without it. */
  readonly connect?: (to: SmtpServer) => Promise<Socket>;
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly deadlineMs: number;
}

/**
 * Mail over SMTP. A reference that was sent is not sent again; where a process dies between the provider's
 * yes and the note of it, the second message has the Message-ID of the first, by which the provider drops
 * it. There is no queue of letters: who asks for one asks again from what it stands for in the database, so
 * that an address lies nowhere twice.
 */
export class SmtpMailer extends Mailer {
  readonly #options: SmtpOptions;
  readonly #sent: SentMail;
  readonly #transport: Transporter;

  constructor(options: SmtpOptions, sent: SentMail) {
    super();
    const { hostname: host, port: given, protocol } = new URL(options.url);
    const secure = protocol === 'smtps:';
    const port = Number(given === '' ? (secure ? 465 : 587) : given);
    const { connect } = options;
    this.#options = options;
    this.#sent = sent;
    this.#transport = createTransport({
      ...{ host, port, secure },
      ...(connect && {
        getSocket: (_options: unknown, done: GetSocketCallback) => {
          connect({ host, port, deadlineMs: connectMsMax }).then(
            (connection) => done(null, { connection }),
            (error: unknown) => done(error as Error),
          );
        },
      }),
      requireTLS: !options.plain,
      ignoreTLS: options.plain,
      auth: { user: options.user, pass: options.password },
      connectionTimeout: connectMsMax,
      greetingTimeout: answerMsMax,
      socketTimeout: answerMsMax,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  override async send({ kind, to, locale, values, reference }: MailMessage): Promise<void> {
    if (!referenceForm.test(reference))
      throw new TypeError('a reference is letters, digits and _ . : -');
    if (await this.#sent.has(reference)) return;
    const { subject, text } = mailTextOf(kind, locale, values);
    const { from } = this.#options;
    try {
      await this.#transport.sendMail({
        ...{ from, to: { name: '', address: to }, subject, text },
        messageId: `<${reference.replaceAll(':', '.')}@${domainOf(from)}>`,
        textEncoding: 'base64',
        // RFC 3834: nobody's holiday note answers
        headers: { 'auto-submitted': 'auto-generated', 'content-language': languageOf(locale) },
      });
    } catch (error) {
      // its message holds the address
      throw new MailNotSent(`the provider did not take ${reference}: ${codeOf(error)}`);
    }
    await this.#sent.note(reference, kind);
  }

  close(): void {
    this.#transport.close();
  }
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'UNKNOWN';
}
