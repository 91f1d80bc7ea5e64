import { configSlice, variable } from '../config-slice.ts';
import { filePathText } from '../schemas.ts';

/** Where it is kept how far the journal of stock had come, outside of every database. */
export const stockWitnessSlice = configSlice({
  title: 'Witness of stock',
  variables: {
    ENTREPOT_STOCK_WITNESS_FILE: variable({
      schema: filePathText,
      description:
        'File with the highest place of the journal of stock that was told; every process of a cell has the same one, and no restore touches it',
      example: '.entrepot/data/in-1/stock-witness/highest.json',
    }),
  },
  build: (values) => ({ file: values.ENTREPOT_STOCK_WITNESS_FILE }),
});
export type StockWitnessConfig = ReturnType<typeof stockWitnessSlice.build>;
