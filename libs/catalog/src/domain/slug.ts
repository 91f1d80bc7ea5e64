const slugLengthMax = 120;
const transliterations: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  '&': ' and ',
};

export const isSlug = (text: string): boolean =>
  text.length <= slugLengthMax && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/**
 * A name as it stands in an address: lower-case ASCII words joined by hyphens. German umlauts are
 * spelt out, other accents dropped. Undefined when nothing readable is left, as for Devanagari.
 */
export function slugOf(name: string): string | undefined {
  const spelt = name
    .toLowerCase()
    .replace(/[äöüßæø&]/g, (letter) => transliterations[letter] ?? '');
  const ascii = spelt.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  const words = ascii.match(/[a-z0-9]+/g) ?? [];
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word : `${slug}-${word}`;
    if (longer.length > slugLengthMax) break;
    slug = longer;
  }
  return slug === '' ? undefined : slug;
}
