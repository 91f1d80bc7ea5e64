import { isCellId } from '@entrepot/kernel';
import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';
import { filePathText, portText } from '../schemas.ts';

/** Which cell this process is part of, and how strictly it judges its surroundings. */
export const processSlice = configSlice({
  title: 'Process',
  variables: {
    ENTREPOT_PROFILE: variable({
      schema: z.enum(['development', 'test', 'production'], {
        error: 'must be development, test or production',
      }),
      description: 'development, test or production; production refuses everything made for a demo',
      example: 'development',
    }),
    ENTREPOT_CELL: variable({
      schema: z.string().refine(isCellId, 'must be a cell id such as in-1'),
      description: 'The cell this process belongs to',
      example: 'in-1',
    }),
    ENTREPOT_CELLS: variable({
      schema: filePathText,
      description: 'Path of the cells file: every cell with its origins, countries and public keys',
      example: '.entrepot/cells.json',
    }),
    ENTREPOT_METRICS_PORT: variable({
      schema: portText,
      description: 'Port of the Prometheus metrics, on the loopback address',
      example: '9464',
    }),
    ENTREPOT_LOG_LEVEL: variable({
      schema: z
        .enum(['debug', 'info', 'warn', 'error'], {
          error: 'must be debug, info, warn or error',
        })
        .default('info'),
      description: 'Least level that is logged',
      example: 'info',
    }),
    ENTREPOT_TRANSPILE_CACHE: variable({
      schema: filePathText.optional(),
      description: 'Folder for transpiled sources, read by the loader; default .entrepot/cache',
    }),
  },
  build: (values) => ({
    profile: values.ENTREPOT_PROFILE,
    cell: values.ENTREPOT_CELL,
    cellsFile: values.ENTREPOT_CELLS,
    metricsPort: values.ENTREPOT_METRICS_PORT,
    logLevel: values.ENTREPOT_LOG_LEVEL,
  }),
});

export type ProcessConfig = ReturnType<typeof processSlice.build>;
export type Profile = ProcessConfig['profile'];
