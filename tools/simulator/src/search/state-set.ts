const emptySlot = -1;
const firstCapacity = 1 << 12;

/**
 * Distinct vectors of whole numbers, each kept whole (a digest could take two states for one) with the
 * vector it was first reached from. Vectors are named by the order in which they came.
 */
export class StateSet {
  private slots = new Int32Array(firstCapacity * 2).fill(emptySlot);
  private words: Int32Array;
  private parents = new Int32Array(firstCapacity);
  private count = 0;

  /** @param width numbers per vector. */
  constructor(private readonly width: number) {
    this.words = new Int32Array(firstCapacity * width);
  }

  get size(): number {
    return this.count;
  }

  /** The name of a vector that was not there before; undefined when it was. */
  add(vector: Int32Array, parent: number): number | undefined {
    let slot = this.slotOf(vector);
    for (;;) {
      const at = this.slots[slot] ?? emptySlot;
      if (at === emptySlot) break;
      if (this.isSame(at, vector)) return undefined;
      slot = (slot + 1) & (this.slots.length - 1);
    }
    if (this.count === this.parents.length) {
      this.grow();
      return this.add(vector, parent);
    }
    const name = this.count;
    this.slots[slot] = name;
    this.words.set(vector, name * this.width);
    this.parents[name] = parent;
    this.count += 1;
    return name;
  }

  copyInto(vector: Int32Array, name: number): void {
    const start = name * this.width;
    for (let at = 0; at < this.width; at += 1) vector[at] = this.words[start + at] ?? 0;
  }

  parentOf(name: number): number {
    return this.parents[name] ?? emptySlot;
  }

  private isSame(name: number, vector: Int32Array): boolean {
    const start = name * this.width;
    for (let at = 0; at < this.width; at += 1) {
      if (this.words[start + at] !== vector[at]) return false;
    }
    return true;
  }

  private slotOf(vector: Int32Array): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < this.width; at += 1) {
      hash = Math.imul(hash ^ (vector[at] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash & (this.slots.length - 1);
  }

  private grow(): void {
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    const parents = new Int32Array(this.parents.length * 2);
    parents.set(this.parents);
    this.parents = parents;
    this.slots = new Int32Array(this.slots.length * 2).fill(emptySlot);
    const vector = new Int32Array(this.width);
    for (let name = 0; name < this.count; name += 1) {
      this.copyInto(vector, name);
      let slot = this.slotOf(vector);
      while (this.slots[slot] !== emptySlot) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = name;
    }
  }
}
