import { restrictionParams, restrictionView } from '@entrepot/contracts/api/privacy';
import type { RestrictionView } from '@entrepot/contracts/api/privacy';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { RestrictAccount } from '../application/restrict-account.ts';

class RestrictionParamsDto extends createZodDto(restrictionParams) {}
class RestrictionDto extends createZodDto(restrictionView) {}

/** Data that are stored and not used, because an officer says so. */
@Controller('admin/v1/accounts/:accountId/restriction')
export class AccountRestrictionsController {
  private readonly restrictAccount: RestrictAccount;

  constructor(restrictAccount: RestrictAccount) {
    this.restrictAccount = restrictAccount;
  }

  @Post()
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: RestrictionDto })
  async restrict(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { accountId }: RestrictionParamsDto,
  ): Promise<RestrictionView> {
    await this.restrictAccount.execute(accountId, staffId);
    return { accountId, isRestrictedByStaff: true };
  }

  @Delete()
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: RestrictionDto })
  async lift(@Param() { accountId }: RestrictionParamsDto): Promise<RestrictionView> {
    await this.restrictAccount.lift(accountId);
    return { accountId, isRestrictedByStaff: false };
  }
}
