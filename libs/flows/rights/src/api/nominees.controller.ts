import {
  accountNomineeParams,
  nomineeHearingBody,
  nomineeListView,
  nomineeView,
} from '@entrepot/contracts/api/grievances';
import type { NomineeListView, NomineeView } from '@entrepot/contracts/api/grievances';
import { accountParams } from '@entrepot/contracts/api/rights';
import type { NomineeId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import type { AccessPurpose } from '@entrepot/privacy';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { HearNominee } from '../application/hear-nominee.ts';
import { nomineeViewOf } from './grievance.view.ts';
import { NeedsPurpose, Purpose } from './purpose-header.ts';

class AccountParamsDto extends createZodDto(accountParams) {}
class AccountNomineeParamsDto extends createZodDto(accountNomineeParams) {}
class NomineeHearingDto extends createZodDto(nomineeHearingBody) {}
class NomineeDto extends createZodDto(nomineeView) {}
class NomineeListDto extends createZodDto(nomineeListView) {}

const route = '/admin/v1/accounts/{accountId}/nominees';

/** Whom a person named, for the officer to whom one of them comes. */
@Controller('admin/v1/accounts/:accountId/nominees')
export class NomineesController {
  constructor(private readonly hearNominee: HearNominee) {}

  @Get()
  @Access('staff', ['privacy-officer'])
  @NeedsPurpose()
  @ZodResponse({ status: 200, type: NomineeListDto })
  async list(
    @CurrentPrincipal() { staffId: staff }: StaffPrincipal,
    @Purpose() purpose: AccessPurpose,
    @Param() { accountId }: AccountParamsDto,
  ): Promise<NomineeListView> {
    const nominees = await this.hearNominee.list(accountId, { staff, purpose, route });
    return { nominees: nominees.map(nomineeViewOf) };
  }

  @Post(':nomineeId/hearing')
  @Access('staff', ['privacy-officer'])
  @NeedsPurpose()
  @ZodResponse({ status: 201, type: NomineeDto })
  async hear(
    @CurrentPrincipal() { staffId: staff }: StaffPrincipal,
    @Purpose() purpose: AccessPurpose,
    @Param() { accountId, nomineeId }: AccountNomineeParamsDto,
    @Body() { evidenceReference: evidence }: NomineeHearingDto,
  ): Promise<NomineeView> {
    const named = { accountId, id: nomineeId as NomineeId, evidence };
    const read = { staff, purpose, route: `${route}/{nomineeId}/hearing` };
    return nomineeViewOf(await this.hearNominee.execute(named, read));
  }
}
