import type { ProcessContext } from '../process-context.ts';
import type { Readiness } from '../readiness.ts';
import type { CellRoute } from './cell-server.ts';

/** What every cell tells its peers: its public keys, and whether it is well. */
export function commonCellRoutes(context: ProcessContext, readiness: Readiness): CellRoute[] {
  const { id, envelopeKeys, tokenKeys } = context.cell;
  return [
    {
      method: 'GET',
      path: '/cell/v1/keys',
      answer: () => Promise.resolve({ cell: id, envelopeKeys, tokenKeys }),
    },
    {
      method: 'GET',
      path: '/cell/v1/health',
      answer: async () => ({ cell: id, status: (await readiness.view()).status }),
    },
  ];
}
