import { detectPersonal } from './value-detectors.ts';
import type { DetectorCode } from './value-detectors.ts';

/** Why something stays in its cell. */
export type CrossingFault =
  | DetectorCode
  | 'FREE_TEXT'
  | 'TOO_LONG'
  | 'TOO_RANDOM'
  | 'TOO_DEEP'
  | 'NOT_PLAIN'
  | 'HEADER_UNLISTED';

/** Something that must not leave its cell; says why, never what. */
export class CrossingRefusedError extends Error {
  override readonly name = 'CrossingRefusedError';

  constructor(readonly code: CrossingFault) {
    super(code);
  }
}

/** A member that is random by design, by its name at any depth, and the one form that it may have. */
export interface RandomMember {
  readonly name: string;
  readonly form: RegExp;
  /** Why it may cross. */
  readonly reason: string;
}

export interface Crossing {
  readonly random?: readonly RandomMember[];
  /** Members that hold sentences of ours, by name: only looked through for personal values. */
  readonly sentences?: readonly string[];
}

const depthMax = 8;
/** Two cells, a warehouse and an article number, with their slashes, are at most 112. */
const wordCharactersMax = 120;
const memberNameCharactersMax = 40;
/** Nobody writes a longer word into an article number; a hash or a token is one. */
const runCharactersMax = 32;
const mixedRunCharacters = 20;
const mixedRunSwitches = 5;
/** Below this a number is a quantity and not somebody's. */
const plainNumberMax = 999_999_999;
/** One word of letters, digits and joints: no sentence, no name with a space, no other alphabet. */
const word = /^[0-9A-Za-z._:/-]*$/;
const uuid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/**
 * Looks through what is about to leave the cell, names of members included, and throws
 * CrossingRefusedError at the first thing that may be personal. Last of three walls: an event's types and its schema
 * come before it, and it trusts neither.
 */
export function inspectCrossing(value: unknown, crossing: Crossing = {}): void {
  const { random = [], sentences = [] } = crossing;
  inspectValue(value, { random, sentences, depth: 0, seen: new Set() });
}

interface Place extends Required<Crossing> {
  /** Words that were looked at: the names of members come again with each item of a list. */
  readonly seen: Set<string>;
  readonly depth: number;
}

function inspectValue(value: unknown, place: Place): void {
  if (value === undefined || value === null || typeof value === 'boolean') return;
  if (place.depth > depthMax) refuse('TOO_DEEP');
  if (typeof value === 'string') inspectOnce(value, place);
  else if (typeof value === 'number') inspectNumber(value);
  else if (Array.isArray(value)) {
    for (const item of value) inspectValue(item, { ...place, depth: place.depth + 1 });
  } else if (isPlain(value)) inspectMembers(value, place);
  else refuse('NOT_PLAIN');
}

function inspectMembers(members: Readonly<Record<string, unknown>>, place: Place): void {
  for (const [name, member] of Object.entries(members)) {
    if (name.length > memberNameCharactersMax) refuse('TOO_LONG');
    inspectOnce(name, place);
    const random = place.random.find((listed) => listed.name === name);
    if (random !== undefined && typeof member === 'string' && random.form.test(member)) continue;
    if (place.sentences.includes(name) && typeof member === 'string') inspectSentence(member);
    else inspectValue(member, { ...place, depth: place.depth + 1 });
  }
}

function inspectOnce(text: string, { seen }: Place): void {
  if (seen.has(text)) return;
  inspectWord(text);
  seen.add(text);
}

/** The text of one member, record key or path. */
export function inspectWord(text: string): void {
  const found = detectPersonal(text);
  if (found !== undefined) refuse(found);
  if (text.length > wordCharactersMax) refuse('TOO_LONG');
  if (!word.test(text)) refuse('FREE_TEXT');
  if (uuid.test(text)) refuse('TOO_RANDOM');
  for (const [run] of text.matchAll(/[0-9A-Za-z]+/g)) inspectRun(run);
}

const sentenceCharactersMax = 200;

function inspectSentence(text: string): void {
  const found = detectPersonal(text);
  if (found !== undefined) refuse(found);
  if (text.length > sentenceCharactersMax) refuse('TOO_LONG');
}

/** Whether a name of ours, such as a pool's, could leave the cell: a list is asked for without those that could not. */
export function mayCross(name: string): boolean {
  try {
    inspectWord(name);
    return true;
  } catch (error) {
    if (error instanceof CrossingRefusedError) return false;
    throw error;
  }
}

/** Hashes, tokens and keys change between digits and letters all the time, in a long run without a joint. */
function inspectRun(run: string): void {
  if (run.length > runCharactersMax) refuse('TOO_RANDOM');
  if (run.length < mixedRunCharacters) return;
  const switches = (run.match(/\d+|\D+/g) ?? []).length - 1;
  if (switches >= mixedRunSwitches) refuse('TOO_RANDOM');
}

function inspectNumber(value: number): void {
  if (!Number.isFinite(value)) refuse('NOT_PLAIN');
  if (Math.abs(value) <= plainNumberMax) return;
  const found = detectPersonal(String(value));
  if (found !== undefined) refuse(found);
}

/** All that HTTP itself needs between two cells. */
const headersThatCross: ReadonlySet<string> = new Set([
  ...['accept', 'connection', 'content-length', 'content-type', 'date', 'host', 'keep-alive'],
  ...['allow', 'retry-after', 'transfer-encoding', 'www-authenticate'],
]);

export type CrossingHeaders = Readonly<
  Record<string, string | number | readonly string[] | undefined>
>;

/** Throws for a header that is not one of the few that HTTP itself needs, and for what its value holds. */
export function inspectHeaders(headers: CrossingHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    if (!headersThatCross.has(name.toLowerCase())) refuse('HEADER_UNLISTED');
    const found = detectPersonal([value].flat().join(' '));
    if (found !== undefined) refuse(found);
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(code: CrossingFault): never {
  throw new CrossingRefusedError(code);
}
