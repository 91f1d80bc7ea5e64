import { ofTheProtocol } from '@entrepot/platform-egress';
import type { EgressHost } from '@entrepot/platform-egress';
import type { Said } from './said.ts';

/** Something that went out and should not have: where it stood, and for what it is none. */
export interface Misplaced {
  readonly place: string;
  readonly fault: 'UNLISTED' | 'PERSONAL_OF_PROTOCOL';
}

/**
 * Holds what was said to a host against its entry: each place must be listed, and what belongs to a person may stand only
 * where the list says that something of a person stands.
 */
export function heldAgainst(
  { sends = {} }: Pick<EgressHost, 'sends'>,
  said: readonly Said[],
  personal: readonly string[],
): Misplaced[] {
  const meanings = new Map(
    Object.entries(sends).flatMap(([meaning, places]) =>
      places.map((place) => [place, meaning] as const),
    ),
  );
  const found = said.flatMap(({ place, value }): Misplaced[] => {
    const meaning = meanings.get(place);
    if (meaning === undefined) return [{ place, fault: 'UNLISTED' }];
    const isPersonal = personal.some((text) => value.includes(text));
    return isPersonal && meaning === ofTheProtocol
      ? [{ place, fault: 'PERSONAL_OF_PROTOCOL' }]
      : [];
  });
  return [...new Map(found.map((of) => [`${of.fault} ${of.place}`, of])).values()];
}
