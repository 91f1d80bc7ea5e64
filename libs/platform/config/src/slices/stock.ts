import { configSlice, variable } from '../config-slice.ts';
import { switchText } from '../schemas.ts';

/** How cells share their stock. */
export const stockSlice = configSlice({
  title: 'Stock',
  variables: {
    ENTREPOT_STOCK_REBALANCING: variable({
      schema: switchText.default(true),
      description:
        'on (default): stock moves ahead of demand, and cells tell each other how fast it sells; off: what an order lacks is borrowed',
      example: 'on',
    }),
  },
  build: (values) => ({ rebalancing: values.ENTREPOT_STOCK_REBALANCING }),
});
export type StockConfig = ReturnType<typeof stockSlice.build>;
