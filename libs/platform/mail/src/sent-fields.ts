import { ofTheProtocol } from '@entrepot/platform-egress';
import type { SentFields } from '@entrepot/platform-egress';

/** All that a letter says to the mail provider. */
export const letterFields: SentFields = {
  'e-mail address': ['command RCPT TO', 'letter to'],
  language: ['letter content-language'],
  'text of the letter': ['letter subject', 'letter text'],
  [ofTheProtocol]: [
    ...['command EHLO', 'command AUTH', 'command MAIL FROM', 'command DATA', 'command QUIT'],
    ...['letter from', 'letter message-id', 'letter date', 'letter auto-submitted'],
    ...['letter mime-version', 'letter content-type', 'letter content-transfer-encoding'],
  ],
};
