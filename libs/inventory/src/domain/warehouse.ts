import type { Movement } from './accounts.ts';
import {
  accept,
  book,
  bookInTurn,
  booksOf,
  open,
  refuse,
  withBooks,
  type Decision,
} from './bookkeeping.ts';
import { allows } from './cell-state.ts';
import {
  emptyBooks,
  shelfOf,
  type CellStock,
  type PoolBooks,
  type StockDocument,
} from './cell-stock.ts';
import type { DocumentCommand, Outcome } from './commands.ts';

/** What a document does to the books: the refusal, or the state after it. */
type Effect = Outcome | CellStock;

const outcomes = {
  mint: 'MINTED',
  writeOff: 'WRITTEN_OFF',
  setAside: 'SET_ASIDE',
  clear: 'CLEARED',
  keepSafe: 'KEPT_SAFE',
  transfer: 'TRANSFERRED',
  count: 'COUNTED',
  dispatch: 'DISPATCHED',
  resolve: 'RESOLVED',
} as const satisfies Record<DocumentCommand['kind'], Outcome>;

const lost = ['WRITE_OFF', 'WRITE_OFF_FROM_SAFETY', 'WRITE_OFF_FROM_DEFICIT'] as const;

/** Carries out one document, once. */
export function carryOut(stock: CellStock, command: DocumentCommand): Decision {
  const { pool, kind } = command;
  const books = stock.pools.get(pool) ?? emptyBooks(command.home);
  const refused = (outcome: Outcome) => refuse(stock, command, outcome, books.documents);
  const document = documentOf(command);
  const seen = stock.documents.get(command.document);
  if (seen !== undefined) return refused(isSame(seen, document) ? outcomes[kind] : 'CONFLICT');
  if (kind !== 'resolve' && books.home !== stock.cell) return refused('NOT_HOME');
  if (!allows(stock.state, kind)) return refused('NOT_ACTIVE');
  const after = effectOf(stock, command, books);
  if (typeof after === 'string') return refused(after);
  const documents = new Map(stock.documents).set(command.document, document);
  return accept(
    raisePosition({ ...after, documents }, command),
    command,
    outcomes[kind],
    books.documents + 1,
  );
}

function effectOf(stock: CellStock, command: DocumentCommand, books: PoolBooks): Effect {
  const { balances } = books;
  switch (command.kind) {
    case 'mint': {
      const movement = command.into === 'FREE' ? 'MINT' : 'MINT_TO_QUARANTINE';
      return book(open(stock, command), entryOf(command, movement, command.quantity));
    }
    case 'count':
      return settleCount(stock, command, books);
    case 'writeOff':
      if (command.from === 'FREE') return takeOffShelf(stock, command, books, lost);
      return take(stock, command, balances.QUARANTINE, 'WRITE_OFF_FROM_QUARANTINE');
    case 'setAside':
      return takeOffShelf(stock, command, books, ['SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT']);
    case 'clear':
      return take(stock, command, balances.QUARANTINE, 'CLEAR');
    case 'transfer':
      return take(stock, command, balances.FREE, 'TRANSFER');
    case 'resolve':
      return take(stock, command, balances.SUSPENSE, 'RESOLVE');
    case 'keepSafe': {
      if (balances.SUPPLY === 0) return 'UNKNOWN_POOL';
      const missing = command.level - balances.SAFETY;
      const movement = missing > 0 ? 'KEEP_SAFE' : 'FREE_SAFETY';
      return bookInTurn(stock, entryOf(command, movement, Math.abs(missing)), [movement]);
    }
    case 'dispatch': {
      if (balances.SUPPLY === 0) return 'UNKNOWN_POOL';
      const dispatched = books.dispatched + command.quantity;
      return withBooks(stock, command.pool, { ...books, dispatched });
    }
  }
}

type Quantified = Extract<DocumentCommand, { readonly quantity: number }>;

function take(stock: CellStock, command: Quantified, there: number, movement: Movement): Effect {
  if (there < command.quantity) return 'SHORT';
  return book(stock, entryOf(command, movement, command.quantity));
}

/** A unit that is not there can be taken from nowhere, but one that was promised can: it is owed. */
function takeOffShelf(
  stock: CellStock,
  command: Quantified,
  books: PoolBooks,
  ways: readonly [Movement, ...Movement[]],
): Effect {
  if (shelfOf(books) < command.quantity) return 'SHORT';
  return bookInTurn(stock, entryOf(command, ways[0], command.quantity), ways);
}

function settleCount(
  stock: CellStock,
  command: Extract<DocumentCommand, { readonly kind: 'count' }>,
  books: PoolBooks,
): Effect {
  if (command.position !== books.documents) return 'STALE_POSITION';
  const surplus = command.counted - shelfOf(books);
  const opened = open(stock, command);
  if (surplus > 0) return book(opened, entryOf(command, 'MINT', surplus));
  return bookInTurn(opened, entryOf(command, 'WRITE_OFF', -surplus), lost);
}

function entryOf({ pool, document }: DocumentCommand, movement: Movement, quantity: number) {
  return { pool, movement, quantity, reference: document };
}

function raisePosition(stock: CellStock, { pool }: DocumentCommand): CellStock {
  const books = booksOf(stock, pool);
  return withBooks(stock, pool, { ...books, documents: books.documents + 1 });
}

function documentOf(command: DocumentCommand): StockDocument {
  const { kind, pool } = command;
  return {
    kind,
    pool,
    quantity:
      kind === 'count' ? command.counted : kind === 'keepSafe' ? command.level : command.quantity,
    place: kind === 'mint' ? command.into : kind === 'writeOff' ? command.from : undefined,
    position: kind === 'count' ? command.position : undefined,
  };
}

const isSame = (left: StockDocument, right: StockDocument): boolean =>
  left.kind === right.kind &&
  left.pool === right.pool &&
  left.quantity === right.quantity &&
  left.place === right.place &&
  left.position === right.position;
