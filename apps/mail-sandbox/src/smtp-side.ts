import { SMTPServer } from 'smtp-server';
import type {
  SMTPServerAuthentication,
  SMTPServerAuthenticationResponse,
  SMTPServerDataStream,
  SMTPServerSession,
} from 'smtp-server';
import type { Letters } from './letters.ts';
import { readableLetterOf } from './letter-text.ts';
import { isSameSecret } from './same-secret.ts';
import type { SmtpFault, SmtpFaults } from './smtp-faults.ts';

const letterBytesMax = 256 * 1024;

interface SmtpSideOptions {
  readonly letters: Letters;
  readonly faults: SmtpFaults;
  readonly user: string;
  readonly password: string;
}

class SmtpRefusal extends Error {
  override readonly name = 'SmtpRefusal';
  readonly responseCode: number;

  constructor(responseCode: number) {
    super('the letter was not taken');
    this.responseCode = responseCode;
  }
}

const codes: Partial<Record<SmtpFault['kind'], number>> = { defers: 451, refuses: 550 };

/** Takes letters of one sender, who signs in, and keeps them. */
export function smtpSide({ letters, faults, user, password }: SmtpSideOptions): SMTPServer {
  const take = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> => {
    const raw = await textOf(stream);
    const fault = faults.take();
    const code = fault && codes[fault.kind];
    if (code !== undefined) throw new SmtpRefusal(code);
    const { headers } = readableLetterOf(raw);
    const messageId = headers['message-id'];
    if (stream.sizeExceeded || messageId === undefined) throw new SmtpRefusal(552);
    const to = session.envelope.rcptTo.map(({ address }) => address);
    await letters.take({ messageId, to, receivedAt: new Date().toISOString(), raw });
    await held(fault);
  };
  return new SMTPServer({
    name: 'mail-sandbox',
    banner: 'mail sandbox',
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    size: letterBytesMax,
    disableReverseLookup: true,
    onAuth: (
      auth: SMTPServerAuthentication,
      _session: SMTPServerSession,
      callback: (error: Error | null, response?: SMTPServerAuthenticationResponse) => void,
    ) => {
      const isKnown = auth.username === user && isSameSecret(auth.password ?? '', password);
      callback(isKnown ? null : new Error('the sender is not known'), { user });
    },
    onData: (stream, session, callback) => {
      take(stream, session).then(
        () => callback(null),
        (error: unknown) => callback(error instanceof Error ? error : new Error('not taken')),
      );
    },
  });
}

/** Resolves when the sender is to be answered: never, for a provider that stays silent. */
async function held(fault: SmtpFault | undefined): Promise<void> {
  if (fault?.kind === 'silent') await new Promise(() => undefined);
  if (fault?.kind === 'late') await new Promise((wake) => setTimeout(wake, fault.delayMs));
}

async function textOf(stream: SMTPServerDataStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
