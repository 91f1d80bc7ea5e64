import { createHash } from 'node:crypto';

export const exportFileName = 'your-data.zip.age';

interface PageWords {
  readonly title: string;
  readonly what: string;
  readonly fetch: string;
  readonly fetched: string;
  readonly refused: string;
  readonly unknown: string;
}

type PageLanguage = 'en' | 'de' | 'fr' | 'hi';

const words: Readonly<Record<PageLanguage, PageWords>> = {
  en: {
    title: 'The copy of your data',
    what: 'You can fetch the copy once. The passphrase that you were shown when you asked for it opens it.',
    fetch: 'Fetch the copy',
    fetched: 'The copy was handed out. Nothing is behind this link any more.',
    refused:
      'Nothing is behind this link, or not yet: it is good once, for a few days, and once the copy is ready.',
    unknown:
      'The answer did not arrive, so the copy may be used up. Try once more; if nothing comes, ask for a new copy.',
  },
  de: {
    title: 'Die Kopie Ihrer Daten',
    what: 'Sie können die Kopie einmal abholen. Das Kennwort, das Ihnen bei der Anfrage gezeigt wurde, öffnet sie.',
    fetch: 'Kopie abholen',
    fetched: 'Die Kopie wurde ausgegeben. Hinter diesem Link ist nun nichts mehr.',
    refused:
      'Hinter diesem Link ist nichts, oder noch nichts: Er gilt einmal, einige Tage lang, sobald die Kopie bereitliegt.',
    unknown:
      'Die Antwort ist nicht angekommen, die Kopie kann verbraucht sein. Versuchen Sie es noch einmal, sonst bitten Sie um eine neue.',
  },
  fr: {
    title: 'La copie de vos données',
    what: 'Vous pouvez retirer la copie une seule fois. La phrase secrète affichée lors de votre demande permet de l’ouvrir.',
    fetch: 'Retirer la copie',
    fetched: 'La copie a été remise. Il n’y a plus rien derrière ce lien.',
    refused:
      'Il n’y a rien derrière ce lien, ou pas encore : il sert une seule fois, pendant quelques jours, dès que la copie est prête.',
    unknown:
      'La réponse n’est pas arrivée ; la copie est peut-être déjà remise. Réessayez, sinon demandez-en une nouvelle.',
  },
  hi: {
    title: 'आपके डेटा की प्रति',
    what: 'आप प्रति एक बार ले सकते हैं। अनुरोध के समय दिखाया गया पासफ़्रेज़ उसे खोलता है।',
    fetch: 'प्रति लें',
    fetched: 'प्रति दे दी गई है। अब इस लिंक पर कुछ नहीं है।',
    refused:
      'इस लिंक पर कुछ नहीं है, या अभी नहीं है: यह एक बार, कुछ दिनों तक, और प्रति तैयार होने पर ही चलता है।',
    unknown: 'उत्तर नहीं पहुँचा; प्रति शायद दी जा चुकी है। एक बार फिर कोशिश करें, नहीं तो नई प्रति माँगें।',
  },
};

/** The link is good for one POST; nothing that only follows links makes one. */
const script = `
const button = document.querySelector('button');
button.addEventListener('click', async () => {
  button.disabled = true;
  const show = (id) => {
    for (const said of document.querySelectorAll('p[id]')) said.hidden = said.id !== id;
  };
  let copy;
  try {
    const answer = await fetch(location.href, { method: 'POST' });
    copy = answer.ok ? await answer.blob() : undefined;
  } catch {
    // the copy may have been handed out to nobody: only a second try tells
    show('unknown');
    button.disabled = false;
    return;
  }
  show(copy === undefined ? 'refused' : 'fetched');
  button.disabled = copy !== undefined;
  if (copy === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(copy);
  link.download = '${exportFileName}';
  link.click();
});
`;

/** What the page may do: run its own script, and ask the cell it comes from. */
export const exportLinkPolicy = [
  "default-src 'none'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The first language of an Accept-Language header that the page speaks, or English. */
function languageOf(header: string): PageLanguage {
  const asked = header.split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return asked.find((tag): tag is PageLanguage => Object.hasOwn(words, tag)) ?? 'en';
}

/** The same page for every link, whether something is behind it or not. */
export function exportLinkPage(acceptLanguage = ''): string {
  const language = languageOf(acceptLanguage);
  const { title, what, fetch, fetched, refused, unknown } = words[language];
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${title}</title>
<h1>${title}</h1>
<p>${what}</p>
<button type="button">${fetch}</button>
<p id="fetched" role="status" hidden>${fetched}</p>
<p id="refused" role="alert" hidden>${refused}</p>
<p id="unknown" role="alert" hidden>${unknown}</p>
<script>${script}</script>
</html>
`;
}
