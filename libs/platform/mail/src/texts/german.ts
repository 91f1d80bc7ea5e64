import type { LanguageTexts } from '../mail-text.ts';

export const german: LanguageTexts = {
  identity_code: {
    subject: 'Ihr Bestätigungscode',
    paragraphs: [
      'Ihr Code lautet {code}',
      'Jemand hat eine Anfrage zu Ihren Daten gestellt und diese Adresse angegeben. Waren Sie es nicht, müssen Sie nichts tun: Ohne den Code geschieht nichts.',
    ],
  },
  export_ready: {
    subject: 'Die Kopie Ihrer Daten liegt bereit',
    paragraphs: [
      'Hier können Sie die Kopie Ihrer Daten bis {date} einmal abholen:',
      '{link}',
      'Danach wird sie gelöscht.',
    ],
  },
  erasure_received: {
    subject: 'Ihr Antrag auf Löschung ist eingegangen',
    paragraphs: [
      'Ihr Antrag auf Löschung Ihrer Daten liegt uns vor. Wir beantworten ihn spätestens am {date}.',
    ],
  },
  erasure_done: {
    subject: 'Ihre Daten sind gelöscht',
    paragraphs: [
      'Ihre Daten wurden am {date} gelöscht. Der Schlüssel, unter dem sie lagen, ist vernichtet, so dass keine Kopie mehr lesbar ist.',
      'Was wir nach dem Gesetz aufbewahren müssen, etwa die Beträge von Rechnungen, bleibt bis zum Ende der Frist.',
      'Dies ist unsere letzte Nachricht; mit ihr wird auch diese Adresse gelöscht.',
    ],
  },
  rectified: {
    subject: 'Ihre Daten sind berichtigt',
    paragraphs: ['Ihre Daten wurden am {date} berichtigt, wie Sie es verlangt haben.'],
  },
  inactivity_notice: {
    subject: 'Ihr Konto wird gelöscht',
    paragraphs: [
      'Sie haben Ihr Konto lange nicht benutzt. Es wird am {date} gelöscht.',
      'Wenn Sie es behalten möchten, melden Sie sich vorher an.',
    ],
  },
};
