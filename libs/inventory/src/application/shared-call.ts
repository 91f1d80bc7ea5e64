/**
 * One call is under way at a time, and what is asked for meanwhile goes together in the next. So an answer
 * comes from a call that began after it was asked for, and many who ask at once cost two calls.
 */
export class SharedCall<Item, Answer> {
  private last: Promise<unknown> = Promise.resolve();
  private next: { readonly items: Item[]; readonly answer: Promise<Answer> } | undefined;

  constructor(private readonly call: (items: readonly Item[]) => Promise<Answer>) {}

  /** Rejects with what the call that carried the items failed with; the one behind it is made anyway. */
  with(...items: readonly Item[]): Promise<Answer> {
    this.next ??= this.open();
    this.next.items.push(...items);
    return this.next.answer;
  }

  private open() {
    const items: Item[] = [];
    const answer = this.last.then(() => {
      this.next = undefined;
      return this.call(items);
    });
    // told to those whose items it carried
    this.last = answer.catch(() => undefined);
    return { items, answer };
  }
}
