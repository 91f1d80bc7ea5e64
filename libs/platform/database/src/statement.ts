/** One SQL statement, prepared once per connection under its name. */
export interface Statement {
  /** `carts.find_by_id`: the owner, then what it does. Unique among the statements of a process. */
  readonly name: string;
  readonly text: string;
}

/** PostgreSQL cuts longer names off, so that two could become one. */
const nameLengthMax = 63;
const namePattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

const textsByName = new Map<string, string>();

/** Two texts under one name would be refused by the driver in the middle of a request; refused here. */
export function statement(name: string, text: string): Statement {
  if (name.length > nameLengthMax || !namePattern.test(name)) {
    throw new TypeError(`"${name}" cannot name a statement: write owner.what_it_does`);
  }
  if ((textsByName.get(name) ?? text) !== text) {
    throw new TypeError(`two statements are called "${name}"`);
  }
  textsByName.set(name, text);
  return { name, text: text.trim() };
}
