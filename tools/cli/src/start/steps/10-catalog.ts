import { leaderCatalogUrl, seedDemonstrationCatalog } from '../../verbs/seed.ts';
import type { StartStep } from '../start-steps.ts';

/** The demonstration shop, once: a catalog that has it already stays as it is. */
const step: StartStep = {
  title: 'Fill the catalog',
  run: async (_description, say) => {
    const { added } = await seedDemonstrationCatalog(leaderCatalogUrl());
    say(`${added} products added`);
  },
};
export default step;
