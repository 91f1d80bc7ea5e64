import TestSequencer from '@jest/test-sequencer';

/**
 * Drills share a stack, so what one leaves is there for the next. By name the order is the same in every run, and the
 * load, which fills the disks of a cell with hundreds of orders, comes after the attack that has to read them all.
 */
export default class ByName extends TestSequencer {
  sort(tests) {
    return [...tests].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}
