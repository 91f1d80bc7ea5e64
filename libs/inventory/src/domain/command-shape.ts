import { DomainError, isCellId } from '@entrepot/kernel';
import type { Command } from './commands.ts';
import { isPoolId } from './pool.ts';

type Field = { [Kind in Command['kind']]: keyof Extract<Command, { kind: Kind }> }[Command['kind']];
type Check = (value: unknown) => boolean;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Of a cell: what the store demands. */
const orderId = /^ord_[a-z]{2}-[1-9][0-9]{0,2}_[0-9a-z]{26}$/;
const int32Max = 2 ** 31 - 1;

const isText = (value: unknown): value is string => typeof value === 'string';
const isUuid: Check = (value) => isText(value) && uuid.test(value);
const isCell: Check = (value) => isText(value) && isCellId(value);
const from =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

/** By the name of a field, which means the same in every command. Units and totals are whole and exact. */
const checks: Partial<Record<Field, Check>> = {
  pool: (value) => isText(value) && isPoolId(value),
  home: isCell,
  peer: isCell,
  reservation: isUuid,
  document: isUuid,
  order: (value) => isText(value) && orderId.test(value),
  // PostgreSQL keeps no such character in a text
  group: (value) => isText(value) && !value.includes('\0'),
  quantity: from(1),
  holdSeconds: from(0, int32Max),
  epoch: from(1, int32Max),
  level: from(0),
  ceiling: from(0),
  acked: from(0),
  total: from(0),
  counted: from(0),
  position: from(0),
  granted: from(0),
  applied: from(0),
};

/**
 * Refuses what the store would refuse with an error: in a batch that would be everybody's.
 * @throws DomainError VALIDATION_FAILED, with the path of each field, `commands/0/quantity`
 */
export function assertWellFormed(commands: readonly Command[]): void {
  const wrong = commands.flatMap((command, at) =>
    isWellFormed(command) ? [] : malformedFields(command).map((field) => `commands/${at}/${field}`),
  );
  if (wrong.length === 0) return;
  throw new DomainError('VALIDATION_FAILED', 'a stock command is malformed', {
    fieldProblems: wrong.map((path) => ({
      ...{ path, code: 'MALFORMED' },
      message: 'not what this field of a stock command holds',
    })),
  });
}

const isWellFormed = (command: Command): boolean =>
  Object.keys(command).every(
    (field) => checks[field as Field]?.(command[field as keyof Command]) !== false,
  );

const malformedFields = (command: Command): string[] =>
  Object.entries(command).flatMap(([field, value]) =>
    checks[field as Field]?.(value) === false ? [field] : [],
  );
