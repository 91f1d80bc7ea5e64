import type { ConsentText } from '@entrepot/consents';

/**
 * What shoppers of the region are asked: each purpose apart, as section 6 of the DPDP Act has it. Drafts by
 * engineers, which no counsel and no translator has read.
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
    ...{ purpose: 'marketing_mail', version: 1, locale: 'hi' },
    text: 'आप मुझे अपने सामान और ऑफ़र के बारे में ईमेल भेज सकते हैं। मैं यह सहमति कभी भी उतनी ही आसानी से वापस ले सकता/सकती हूँ जितनी आसानी से यहाँ दे रहा/रही हूँ।',
  },
  {
    ...{ purpose: 'recommendations', version: 1, locale: 'hi' },
    text: 'आप मेरे देखे और खरीदे हुए सामान के आधार पर मुझे सुझाव दे सकते हैं। मैं यह सहमति कभी भी उतनी ही आसानी से वापस ले सकता/सकती हूँ जितनी आसानी से यहाँ दे रहा/रही हूँ।',
  },
];
