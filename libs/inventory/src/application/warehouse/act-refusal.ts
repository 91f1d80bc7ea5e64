import { DomainError } from '@entrepot/kernel';
import type { Outcome, Verdict } from '../../domain/commands.ts';
import type { ActStep } from './warehouse-act.ts';

const refusals: Partial<Record<Outcome, { readonly code: string; readonly message: string }>> = {
  CONFLICT: { code: 'DOCUMENT_CONTRADICTED', message: 'was carried out with another content' },
  UNKNOWN_POOL: { code: 'STOCK_POOL_UNKNOWN', message: 'an article that this warehouse had' },
  SHORT: { code: 'STOCK_ACCOUNT_SHORT', message: 'more units than there are' },
  STALE_POSITION: { code: 'STALE_POSITION', message: 'counted at a position that has passed' },
  NOT_HOME: { code: 'WAREHOUSE_ELSEWHERE', message: 'a warehouse of this cell' },
  NOT_ACTIVE: { code: 'STOCK_NOT_ACTIVE', message: 'this cell changes no stock at the moment' },
};

/**
 * What to tell whoever sent an act of which a line was refused; undefined when all were carried out.
 * The code is that of the first refused line, with the fields of all lines refused for the same reason,
 * and where those pools stand that were counted at a position that has passed.
 */
export function refusalOf(
  steps: readonly ActStep[],
  verdicts: readonly Verdict[],
): DomainError | undefined {
  const refused = steps.flatMap((step, at) => {
    const verdict = verdicts[at];
    if (verdict === undefined) return [];
    const refusal = refusals[verdict.outcome];
    return refusal === undefined ? [] : [{ ...step, ...refusal, position: verdict.total }];
  });
  const [first] = refused;
  if (first === undefined) return undefined;
  const alike = refused.filter(({ code }) => code === first.code);
  const isStale = first.code === 'STALE_POSITION';
  return new DomainError(first.code, 'a line of the document was refused', {
    fieldProblems: alike.map(({ line, field, code, message }) => ({
      path: `lines/${line}/${field}`,
      ...{ code, message },
    })),
    ...(isStale && {
      details: { positions: alike.map(({ line, position }) => ({ line, position })) },
    }),
  });
}
