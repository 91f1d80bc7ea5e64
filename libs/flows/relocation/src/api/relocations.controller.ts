import { takeInRelocationBody, takenInRelocationView } from '@entrepot/contracts/api/relocation';
import type { TakenInRelocationView } from '@entrepot/contracts/api/relocation';
import { accountViewOf } from '@entrepot/identity';
import type { CountryCode } from '@entrepot/kernel';
import {
  Access,
  createZodDto,
  RateLimit,
  RequiresResidence,
  Residence,
  ZodResponse,
} from '@entrepot/platform-http';
import { Body, Controller, Post } from '@nestjs/common';
import { TakeInRelocation } from '../application/take-in-relocation.ts';

class TakeInRelocationDto extends createZodDto(takeInRelocationBody) {}
class TakenInRelocationDto extends createZodDto(takenInRelocationView) {}

/** The same name as that of sign-ups, so that the two are counted together. */
const registrationLimit = {
  name: 'identity.accounts',
  per: 'address',
  limit: 20,
  windowSeconds: 3_600,
} as const;

/** The new home of somebody who comes from another cell, with a packet in their hands. */
@Controller('v1/relocations')
export class RelocationsController {
  constructor(private readonly takeInRelocation: TakeInRelocation) {}

  @Post()
  @Access('public')
  @RequiresResidence()
  @RateLimit(registrationLimit)
  @ZodResponse({ status: 201, type: TakenInRelocationDto })
  async takeIn(
    @Residence() residence: string,
    @Body() { packet, password, ageDeclaration }: TakeInRelocationDto,
  ): Promise<TakenInRelocationView> {
    // The home guard has checked that the header is a country of this cell.
    const home = { residence: residence as CountryCode };
    const arriving = { packet, password, ageDeclaration, ...home };
    const { account, receipt } = await this.takeInRelocation.execute(arriving);
    return { account: accountViewOf(account), receipt };
  }
}
