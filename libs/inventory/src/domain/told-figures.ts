/**
 * The figures that cells tell each other as advice: bounded, and to two digits, so that no single order can
 * be read from how one changes. Up to 99 they are exact, as in the tail of a sale they have to be.
 */

/** Below this the border takes a number for a quantity, and not for somebody's. */
export const figureMax = 990_000_000;
const perSeconds = 1_000;
const digitsTold = 2;

/** Down to two digits; 0 for what is no number or is negative. */
export function twoDigits(figure: number): number {
  if (Number.isNaN(figure) || figure < 1) return 0;
  const bounded = Math.floor(Math.min(figure, figureMax));
  const step = 10 ** Math.max(0, String(bounded).length - digitsTold);
  return Math.floor(bounded / step) * step;
}

/** Units per second as units per 1,000 seconds. */
export const rateToTell = (unitsPerSecond: number): number =>
  twoDigits(Math.round(unitsPerSecond * perSeconds));

export const rateTold = (told: number): number => told / perSeconds;
