import type { NodeFetch } from '@entrepot/client/node';
import { EntrepotClient } from '@entrepot/client';
import type { AvailabilityView } from '@entrepot/contracts/api/inventory';
import type { DescribedCell } from '@entrepot/stack';

export interface Article {
  readonly sku: string;
  /** In minor units of the cell's currency, tax included. */
  readonly priceMinor: number;
}

/** An article that the cell has enough of at the moment. */
export const articleInStock = async (node: NodeFetch, home: DescribedCell): Promise<string> =>
  (await findInStock(node, home, 'featured')).sku;

/** One of the dearest of them. */
export const dearArticleInStock = (node: NodeFetch, home: DescribedCell): Promise<Article> =>
  findInStock(node, home, 'priceDesc');

async function findInStock(
  node: NodeFetch,
  home: DescribedCell,
  sort: 'featured' | 'priceDesc',
): Promise<Article> {
  const client = new EntrepotClient({
    homes: [{ cell: home.id, origin: home.origin }],
    fetch: node.fetch,
    timeoutMs: 20_000,
  });
  const { items } = await client.products({ limit: 50, sort });
  for (const { slug } of items) {
    const { variants } = await client.product(slug);
    const query = variants.map(({ sku }) => `sku=${encodeURIComponent(sku)}`).join('&');
    const answer = await node.fetch(`${home.origin}/v1/availability?${query}`);
    const found = ((await answer.json()) as AvailabilityView).items;
    const article = found.find(({ availability }) => availability === 'OK');
    const variant = variants.find(({ sku }) => sku === article?.sku);
    if (variant !== undefined) return { sku: variant.sku, priceMinor: variant.price.amountMinor };
  }
  throw new Error(
    `${home.id} has nothing left to sell; \`npm start -- --fresh\` fills the shelves`,
  );
}
