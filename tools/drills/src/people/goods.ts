import type { NodeFetch } from '@entrepot/client/node';
import { EntrepotClient } from '@entrepot/client';
import type { AvailabilityView } from '@entrepot/contracts/api/inventory';
import type { DescribedCell } from '@entrepot/stack';

/** An article that the cell has enough of at the moment. */
export async function articleInStock(node: NodeFetch, home: DescribedCell): Promise<string> {
  const client = new EntrepotClient({
    homes: [{ cell: home.id, origin: home.origin }],
    fetch: node.fetch,
    timeoutMs: 20_000,
  });
  const { items } = await client.products({ limit: 50 });
  for (const { slug } of items) {
    const { variants } = await client.product(slug);
    const query = variants.map(({ sku }) => `sku=${encodeURIComponent(sku)}`).join('&');
    const answer = await node.fetch(`${home.origin}/v1/availability?${query}`);
    const found = ((await answer.json()) as AvailabilityView).items;
    const article = found.find(({ availability }) => availability === 'OK');
    if (article !== undefined) return article.sku;
  }
  throw new Error(
    `${home.id} has nothing left to sell; \`npm start -- --fresh\` fills the shelves`,
  );
}
