import type { LoadedCategory } from '../adapters/catalog-loader.ts';

type Words = readonly [name: string, description: string];

const category = (
  slug: string,
  parentSlug: string | undefined,
  texts: { readonly en: Words; readonly hi: Words; readonly de: Words },
): Omit<LoadedCategory, 'position'> => ({
  slug,
  parentSlug,
  texts: {
    en: { name: texts.en[0], description: texts.en[1] },
    hi: { name: texts.hi[0], description: texts.hi[1] },
    de: { name: texts.de[0], description: texts.de[1] },
  },
});

/** Parents before their children, in the order of the shop. */
export const seedCategories: readonly LoadedCategory[] = [
  category('kitchen', undefined, {
    en: ['Kitchen', 'Everything between the market and the table.'],
    hi: ['रसोई', 'बाज़ार से थाली तक सब कुछ।'],
    de: ['Küche', 'Alles zwischen Markt und Tisch.'],
  }),
  category('tea-and-spices', 'kitchen', {
    en: ['Tea and spices', 'Leaves, pods and powders from named gardens.'],
    hi: ['चाय और मसाले', 'पहचाने बाग़ानों की पत्तियाँ, फलियाँ और चूर्ण।'],
    de: ['Tee und Gewürze', 'Blätter, Kapseln und Pulver aus benannten Gärten.'],
  }),
  category('cookware', 'kitchen', {
    en: ['Cookware', 'Pans and pots that outlive their recipes.'],
    hi: ['पकाने के बर्तन', 'कड़ाही और बर्तन जो पीढ़ियों चलें।'],
    de: ['Kochgeschirr', 'Pfannen und Töpfe, die ihre Rezepte überleben.'],
  }),
  category('tableware', 'kitchen', {
    en: ['Tableware', 'Bowls, plates and cups, thrown and glazed by hand.'],
    hi: ['परोसने के बर्तन', 'हाथ से गढ़े और रंगे कटोरे, थालियाँ और प्याले।'],
    de: ['Geschirr', 'Schalen, Teller und Becher, von Hand gedreht und glasiert.'],
  }),
  category('home', undefined, {
    en: ['Home', 'Light, cloth and green for every room.'],
    hi: ['घर', 'हर कमरे के लिए रोशनी, कपड़ा और हरियाली।'],
    de: ['Zuhause', 'Licht, Stoff und Grün für jedes Zimmer.'],
  }),
  category('lighting', 'home', {
    en: ['Lighting', 'Lanterns and lamps for long evenings.'],
    hi: ['रोशनी', 'लंबी शामों के लिए लालटेन और दीपक।'],
    de: ['Leuchten', 'Laternen und Lampen für lange Abende.'],
  }),
  category('textiles', 'home', {
    en: ['Home textiles', 'Block-printed, woven and washed soft.'],
    hi: ['घरेलू वस्त्र', 'ठप्पा-छपे, बुने और मुलायम धुले।'],
    de: ['Heimtextilien', 'Mit Holzmodeln bedruckt, gewebt und weich gewaschen.'],
  }),
  category('garden', 'home', {
    en: ['Garden', 'For balconies, window sills and real gardens.'],
    hi: ['बाग़वानी', 'बालकनी, खिड़की और असली बाग़ के लिए।'],
    de: ['Garten', 'Für Balkon, Fensterbank und richtige Gärten.'],
  }),
  category('wear', undefined, {
    en: ['Wear', 'Cotton, linen and wool to live in.'],
    hi: ['पहनावा', 'रोज़ पहनने के लिए सूती, लिनन और ऊन।'],
    de: ['Kleidung', 'Baumwolle, Leinen und Wolle für jeden Tag.'],
  }),
  category('bags', 'wear', {
    en: ['Bags', 'Carried daily, mended for life.'],
    hi: ['थैले', 'रोज़ साथ, उम्र भर मरम्मत।'],
    de: ['Taschen', 'Täglich getragen, ein Leben lang geflickt.'],
  }),
  category('stationery', undefined, {
    en: ['Stationery', 'Paper and ink for people who still write.'],
    hi: ['लेखन सामग्री', 'जो अब भी लिखते हैं उनके लिए काग़ज़ और स्याही।'],
    de: ['Schreibwaren', 'Papier und Tinte für alle, die noch schreiben.'],
  }),
  category('toys', undefined, {
    en: ['Toys', 'Wood, paint without lead, and ideas.'],
    hi: ['खिलौने', 'लकड़ी, सीसा-रहित रंग और कल्पना।'],
    de: ['Spielzeug', 'Holz, bleifreie Farbe und Ideen.'],
  }),
].map((entry, position) => ({ ...entry, position }));
