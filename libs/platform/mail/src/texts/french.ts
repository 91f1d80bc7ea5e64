import type { LanguageTexts } from '../mail-text.ts';

export const french: LanguageTexts = {
  identity_code: {
    subject: 'Votre code de confirmation',
    paragraphs: [
      'Votre code est {code}',
      'Une demande concernant vos données a été faite avec cette adresse. Si elle ne vient pas de vous, ne faites rien : sans le code, rien ne se passe.',
    ],
  },
  export_ready: {
    subject: 'La copie de vos données est prête',
    paragraphs: [
      'Vous pouvez retirer la copie de vos données ici, une seule fois, jusqu’au {date} :',
      '{link}',
      'Elle sera ensuite effacée.',
    ],
  },
  erasure_received: {
    subject: 'Nous avons reçu votre demande d’effacement',
    paragraphs: [
      'Nous avons reçu votre demande d’effacement de vos données et y répondrons au plus tard le {date}.',
    ],
  },
  erasure_done: {
    subject: 'Vos données sont effacées',
    paragraphs: [
      'Vos données ont été effacées le {date}. La clé qui les protégeait est détruite : aucune copie ne peut plus être lue.',
      'Ce que la loi nous oblige à conserver, comme les montants des factures, reste jusqu’au terme prévu.',
      'Ceci est notre dernier message ; cette adresse est effacée avec lui.',
    ],
  },
  rectified: {
    subject: 'Vos données sont rectifiées',
    paragraphs: ['Vos données ont été rectifiées le {date}, comme vous l’avez demandé.'],
  },
  inactivity_notice: {
    subject: 'Votre compte sera effacé',
    paragraphs: [
      'Vous n’avez pas utilisé votre compte depuis longtemps. Il sera effacé le {date}.',
      'Pour le conserver, connectez-vous avant cette date.',
    ],
  },
};
