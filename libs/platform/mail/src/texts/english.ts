import type { LanguageTexts } from '../mail-text.ts';

export const english: LanguageTexts = {
  identity_code: {
    subject: 'Your confirmation code',
    paragraphs: [
      'Your code is {code}',
      'Somebody asked us something about your data and gave this address. If it was not you, do nothing: without the code nothing happens.',
    ],
  },
  export_ready: {
    subject: 'The copy of your data is ready',
    paragraphs: [
      'You can fetch the copy of your data here, once, until {date}:',
      '{link}',
      'After that it is deleted.',
    ],
  },
  erasure_received: {
    subject: 'We have received your request for erasure',
    paragraphs: ['We have your request to erase your data and answer it by {date} at the latest.'],
  },
  erasure_done: {
    subject: 'Your data are erased',
    paragraphs: [
      'Your data were erased on {date}. The key under which they were kept is destroyed, so that no copy can be read any more.',
      'What a law obliges us to keep, such as the amounts of invoices, stays until its time has passed.',
      'This is our last message; this address is erased with it.',
    ],
  },
  rectified: {
    subject: 'Your data are corrected',
    paragraphs: ['Your data were corrected on {date}, as you asked.'],
  },
  inactivity_notice: {
    subject: 'Your account will be erased',
    paragraphs: [
      'You have not used your account for a long time. It will be erased on {date}.',
      'To keep it, sign in before that day.',
    ],
  },
};
