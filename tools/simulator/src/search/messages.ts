import type { GrantMessage } from '@entrepot/inventory/model';
import type { CellId } from '@entrepot/kernel';

/** The wish of a cell as it left it: the level it wants the donor's total to reach, and what it had taken in. */
interface AskMessage {
  readonly kind: 'ask';
  readonly from: CellId;
  readonly to: CellId;
  readonly level: number;
  readonly acked: number;
}

export type Message = AskMessage | ({ readonly kind: 'grant' } & GrantMessage);

/**
 * Everything that was ever sent, by number, and the sets of it that links hold. Nothing leaves a link:
 * a message may arrive at any later time, any number of times or never.
 */
export class Messages {
  static readonly none = 0;
  private readonly messages: Message[] = [];
  private readonly numberOf = new Map<string, number>();
  private readonly sets: (readonly number[])[] = [[]];
  private readonly setOf = new Map<string, number>([['', Messages.none]]);
  private readonly joined = new Map<number, Map<number, number>>();

  number(message: Message): number {
    const key = JSON.stringify(message);
    const known = this.numberOf.get(key);
    if (known !== undefined) return known;
    this.numberOf.set(key, this.messages.length);
    this.messages.push(message);
    return this.messages.length - 1;
  }

  message(number: number): Message {
    const found = this.messages[number];
    if (found === undefined) throw new RangeError(`no message has the number ${number}`);
    return found;
  }

  membersOf(set: number): readonly number[] {
    return this.sets[set] ?? [];
  }

  /** The set that holds one message more. */
  with(set: number, message: number): number {
    const known = this.joined.get(set)?.get(message);
    if (known !== undefined) return known;
    const members = this.membersOf(set);
    const more = members.includes(message)
      ? members
      : [...members, message].toSorted((left, right) => left - right);
    const key = more.join();
    const found = this.setOf.get(key) ?? this.sets.length;
    if (found === this.sets.length) {
      this.sets.push(more);
      this.setOf.set(key, found);
    }
    const ofSet = this.joined.get(set) ?? new Map<number, number>();
    this.joined.set(set, ofSet.set(message, found));
    return found;
  }
}
