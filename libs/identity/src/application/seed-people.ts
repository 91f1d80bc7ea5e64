import type { Profile } from '@entrepot/platform-config';
import { Injectable } from '@nestjs/common';
import { AddStaffUseCase } from './add-staff.ts';
import type { NewStaff } from './add-staff.ts';
import { RegisterShopperUseCase } from './register-shopper.ts';
import type { Registration } from './register-shopper.ts';

export interface People {
  readonly shoppers: readonly Registration[];
  readonly staff: readonly NewStaff[];
}

/** Demo shoppers and staff, for development and tests only; run again it changes nothing. */
@Injectable()
export class SeedPeopleUseCase {
  constructor(
    private readonly registerShopper: RegisterShopperUseCase,
    private readonly addStaff: AddStaffUseCase,
  ) {}

  async execute(profile: Profile, people: People): Promise<void> {
    if (profile === 'production') throw new Error('production takes no demo people');
    for (const shopper of people.shoppers) await this.registerShopper.execute(shopper);
    for (const member of people.staff) await this.addStaff.execute(member);
  }
}
