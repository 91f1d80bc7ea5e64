import type { ConsentText } from '@entrepot/consents';

/**
 * What shoppers of the region are asked (GDPR Article 7). Drafts by engineers, which no counsel has read.
 * A text that was shown is never changed: a new wording is a new row with the next version.
 */
export const consentTexts: readonly ConsentText[] = [
  {
    ...{ purpose: 'marketing_mail', version: 1, locale: 'en' },
    text: 'You may write to me by e-mail about your goods and offers. I can take this back at any time, as easily as I give it here.',
  },
  {
    ...{ purpose: 'recommendations', version: 1, locale: 'en' },
    text: 'You may use what I looked at and bought to suggest goods to me. I can take this back at any time, as easily as I give it here.',
  },
  {
    ...{ purpose: 'marketing_mail', version: 1, locale: 'de' },
    text: 'Sie dürfen mir per E-Mail über Ihre Waren und Angebote schreiben. Ich kann das jederzeit so einfach widerrufen, wie ich es hier erteile.',
  },
  {
    ...{ purpose: 'recommendations', version: 1, locale: 'de' },
    text: 'Sie dürfen aus dem, was ich angesehen und gekauft habe, Vorschläge für mich ableiten. Ich kann das jederzeit so einfach widerrufen, wie ich es hier erteile.',
  },
];
