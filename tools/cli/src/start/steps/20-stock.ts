import { seedArticles } from '@entrepot/catalog/seed';

import { seedStock } from '../../stock-seeding.ts';
import type { StartStep } from '../start-steps.ts';

const unitsPerArticle = 200;

/** A first delivery of everything the demonstration shop sells, split evenly between the cells. */
const step: StartStep = {
  title: 'Fill the warehouses',
  run: async (description, say) => {
    const deliveries = seedArticles.map((article) => ({ ...article, quantity: unitsPerArticle }));
    await seedStock(description, 'demonstration', deliveries);
    say(`delivered once: ${unitsPerArticle} units of each of ${deliveries.length} articles`);
  },
};
export default step;
