import { createHash } from 'node:crypto';

export const worldNames = ['first', 'second'] as const;
export type WorldName = (typeof worldNames)[number];

/** Somebody who lives in one world only; their double in the other buys the same at the same moment. */
export interface WorldPerson {
  readonly email: string;
  readonly password: string;
  readonly fullName: string;
  readonly address: {
    readonly recipient: string;
    readonly line1: string;
    readonly city: string;
    readonly postalCode: string;
  };
}

const letters = 'abcdefghjkmnpqrstuvwxyz';

/** So many letters, decided by the world, the person and the field, and by nothing else. */
function lettersOf(world: WorldName, person: number, field: string): (count: number) => string {
  const digest = createHash('sha512').update(`${world} ${person} ${field}`).digest();
  return (count) =>
    Array.from(digest.subarray(0, count), (byte) => letters[byte % letters.length]).join('');
}

const titled = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** The same number of bytes in each field in both worlds, and no field the same. */
export function worldPerson(world: WorldName, person: number): WorldPerson {
  const of = (field: string, count: number) => lettersOf(world, person, field)(count);
  const fullName = `${titled(of('given', 5))} ${titled(of('family', 8))}`;
  return {
    email: `${of('mailbox', 10)}@${of('domain', 7)}.example`,
    password: `${of('password', 14)}-A7`,
    fullName,
    address: {
      recipient: fullName,
      line1: `${titled(of('street', 9))} Road ${of('house', 3)}`,
      city: titled(of('city', 8)),
      postalCode: '560001',
    },
  };
}
