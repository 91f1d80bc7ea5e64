import { skuOf, smallBenchmark } from '../benchmark-catalog.ts';
import { CheckoutShoppers } from '../checkout-load.ts';
import { measureInTurns, pairedFigure, roundsOfPairs } from '../paired-figure.ts';
import type { PairedFigure } from '../paired-figure.ts';
import type { MeasuredCell } from '../smoke.ts';
import type { StockBenchOptions } from './stock-figures.ts';

const shoppers = 32;

/** Confirmed orders of one line, all for one SKU, beside the same for any of many; needs a stack. */
export async function measureOrdersOnOneSku(
  { url, country, approveAtOnce }: Pick<MeasuredCell, 'url' | 'country' | 'approveAtOnce'>,
  { seconds, print }: StockBenchOptions,
): Promise<readonly PairedFigure[]> {
  const failures: Record<string, number> = {};
  let variant = 0;
  const any = (): string => skuOf(Math.floor(Math.random() * smallBenchmark.variants)).sku;
  const one = (): string => skuOf(variant).sku;
  const open = (nextSku: () => string): CheckoutShoppers =>
    new CheckoutShoppers({ url, country, shoppers, who: 'accounts', nextSkus: () => [nextSku()] });
  const [onOne, onMany] = [open(one), open(any)];
  const rateOf = async (shop: CheckoutShoppers): Promise<number> => {
    const round = await shop.shopFor(seconds);
    for (const [code, count] of Object.entries(round.failures)) {
      failures[code] = (failures[code] ?? 0) + count;
    }
    return round.perSecond;
  };
  const work = {
    measured: () => {
      // another each time, as a single one would sell out
      variant += 1;
      print(`  all order ${one()}`);
      return rateOf(onOne);
    },
    baseline: () => rateOf(onMany),
  };
  await approveAtOnce(true);
  try {
    await measureInTurns(1, work);
    return [
      pairedFigure(
        {
          ...{ name: 'orders of one SKU', unit: `a second, ${shoppers} shoppers` },
          baseline: `the same of any of ${smallBenchmark.variants} SKUs`,
          aim: { of: 'ratio', bound: 'at least', value: 0.9 },
        },
        await measureInTurns(roundsOfPairs, work),
        Object.entries(failures).map(([code, count]) => `failed with ${code}: ${count}`),
      ),
    ];
  } finally {
    await approveAtOnce(false);
    await Promise.all([onOne.close(), onMany.close()]);
  }
}
