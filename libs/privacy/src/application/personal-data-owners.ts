import { PersonalDataOwner } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/**
 * Every owner of personal data that the process holds, found by what they are: a domain that is part of
 * the cell cannot be forgotten here.
 */
@Injectable()
export class PersonalDataOwners {
  private readonly discovery: DiscoveryService;

  constructor(discovery: DiscoveryService) {
    this.discovery = discovery;
  }

  /** One of each kind, in the order of their names. */
  all(): readonly PersonalDataOwner[] {
    const byName = new Map<string, PersonalDataOwner>();
    for (const { instance } of this.discovery.getProviders()) {
      const found: unknown = instance;
      if (found instanceof PersonalDataOwner) byName.set(found.constructor.name, found);
    }
    return [...byName].toSorted(([a], [b]) => a.localeCompare(b)).map(([, owner]) => owner);
  }

  /** The tables they answer for, sorted. */
  tables(): readonly string[] {
    return this.all()
      .flatMap(({ tables }) => tables)
      .toSorted();
  }
}
