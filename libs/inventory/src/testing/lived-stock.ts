import type fc from 'fast-check';
import type { CellState } from '../domain/cell-state.ts';
import { emptyStock, type CellStock } from '../domain/cell-stock.ts';
import type { DocumentId } from '../domain/commands.ts';
import { decideBatch } from '../domain/escrow.ts';
import { enter, homeCell, spells, uuidOf, type Spell } from './stock-commands.ts';

/** A cell after all these spells, from an empty one if no other is given. */
export const live = (lived: readonly Spell[], from = emptyStock(homeCell)): CellStock =>
  lived.reduce(
    (stock, spell) =>
      spell.batches.reduce(
        (now, commands) => decideBatch(now, commands, 0).stock,
        enter(stock, spell),
      ),
    from,
  );

/** The home cell after any life, in the given state now. */
export const livedStock = (state: CellState): fc.Arbitrary<CellStock> =>
  spells.map((lived) => ({ ...live(lived), state }));

/** A document that no random command names. */
export const newDocument = uuidOf(9, 1) as DocumentId;
