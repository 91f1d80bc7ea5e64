import { describe, expect, it } from '@jest/globals';
import { ownerProblems } from './owner-problems.ts';

const about = ['identity.account', 'carts.cart'];

describe('T40 the owners of what is about people', () => {
  it('answer for every such table, once', () => {
    expect(ownerProblems(about, ['carts.cart', 'identity.account'])).toEqual([]);
  });

  it('are asked for by name where one is missing, and it is said what to do', () => {
    expect(ownerProblems([...about, 'marketing.profile'], about)).toEqual([
      'marketing.profile is about a person and nobody erases it: name it in the tables of a PersonalDataOwner of its domain, and let its module provide that owner to the worker.',
    ]);
    expect(ownerProblems(about, [])).toHaveLength(2);
  });

  it('are found where they own what is about nobody, or the same twice', () => {
    expect(ownerProblems(['carts.cart'], about)).toEqual([
      "identity.account has an owner and is about nobody: annotate its model with @subject, or take it out of the owner's tables.",
    ]);
    expect(ownerProblems(about, [...about, 'carts.cart'])).toEqual([
      'carts.cart has two owners: leave it to one of them.',
    ]);
  });
});
