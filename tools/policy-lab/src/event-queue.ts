/** Things to be done at instants; what is due at one instant is done in the order in which it was added. */
export class EventQueue {
  private readonly heap: {
    readonly at: number;
    readonly turn: number;
    readonly run: () => void;
  }[] = [];
  private turn = 0;
  now = 0;

  add(at: number, run: () => void): void {
    this.turn += 1;
    const { heap } = this;
    heap.push({ at: Math.max(at, this.now), turn: this.turn, run });
    for (let child = heap.length - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.isBefore(child, parent)) break;
      this.swap(child, parent);
      child = parent;
    }
  }

  /** Does all that is due up to and including `until`, and what that adds. */
  runUntil(until: number): void {
    for (let first = this.heap[0]; first !== undefined && first.at <= until; first = this.heap[0]) {
      this.removeFirst();
      this.now = first.at;
      first.run();
    }
    if (Number.isFinite(until)) this.now = Math.max(this.now, until);
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let parent = 0; ;) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let least = parent;
      if (left < heap.length && this.isBefore(left, least)) least = left;
      if (right < heap.length && this.isBefore(right, least)) least = right;
      if (least === parent) return;
      this.swap(least, parent);
      parent = least;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [left, right] = [this.heap[one], this.heap[other]];
    if (left === undefined || right === undefined) return false;
    return left.at < right.at || (left.at === right.at && left.turn < right.turn);
  }

  private swap(one: number, other: number): void {
    const { heap } = this;
    const [left, right] = [heap[one], heap[other]];
    if (left === undefined || right === undefined) return;
    heap[one] = right;
    heap[other] = left;
  }
}
