export const locales = ['en', 'hi', 'de'] as const;
export type Locale = (typeof locales)[number];

export const isLocale = (text: string): text is Locale =>
  (locales as readonly string[]).includes(text);

/** Texts of one thing by language; any language may be absent. */
export type ByLocale<T> = Readonly<Partial<Record<Locale, T>>>;

/** The text in the language asked for, else in English, else in any; with the language it is in. */
export function inLocale<T>(
  texts: ByLocale<T>,
  wanted: Locale,
): { readonly locale: Locale; readonly text: T } | undefined {
  for (const locale of [wanted, ...locales]) {
    const text = texts[locale];
    if (text !== undefined) return { locale, text };
  }
  return undefined;
}

/** Quality of one range of an Accept-Language header, `de-AT;q=0.8` → 0.8. */
function qualityOf(parameters: readonly string[]): number {
  const weight = parameters.map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(text)?.[1]);
  const given = weight.find((text) => text !== undefined);
  return given === undefined ? 1 : Number(given);
}

/**
 * The best of our languages for an Accept-Language header (RFC 9110 §12.5.4), by the primary subtag;
 * undefined if the header names none of them.
 */
export function negotiateLocale(acceptLanguage: string | undefined): Locale | undefined {
  if (acceptLanguage === undefined) return undefined;
  let best: { locale: Locale; quality: number } | undefined;
  for (const range of acceptLanguage.split(',').slice(0, 20)) {
    const [tag = '', ...parameters] = range.split(';');
    const primary = tag.trim().toLowerCase().split('-')[0] ?? '';
    const quality = qualityOf(parameters);
    if (!isLocale(primary) || quality === 0) continue;
    if (best === undefined || quality > best.quality) best = { locale: primary, quality };
  }
  return best?.locale;
}
