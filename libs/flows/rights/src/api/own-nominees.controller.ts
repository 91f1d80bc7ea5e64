import {
  nomineeBody,
  nomineeListView,
  nomineeParams,
  nomineeView,
} from '@entrepot/contracts/api/grievances';
import type { NomineeListView, NomineeView } from '@entrepot/contracts/api/grievances';
import type { NomineeId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { NameNominee } from '../application/name-nominee.ts';
import { nomineeViewOf } from './grievance.view.ts';

class NomineeBodyDto extends createZodDto(nomineeBody) {}
class NomineeParamsDto extends createZodDto(nomineeParams) {}
class NomineeDto extends createZodDto(nomineeView) {}
class NomineeListDto extends createZodDto(nomineeListView) {}

/** Who may act for a person after their death or incapacity (DPDP Act section 14). */
@Controller('v1/me/nominees')
export class OwnNomineesController {
  constructor(private readonly nameNominee: NameNominee) {}

  @Post()
  @Access('shopper')
  @ZodResponse({ status: 201, type: NomineeDto })
  async name(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Body() body: NomineeBodyDto,
  ): Promise<NomineeView> {
    return nomineeViewOf(await this.nameNominee.execute(subjectId, body));
  }

  @Get()
  @Access('shopper')
  @ZodResponse({ status: 200, type: NomineeListDto })
  async list(@CurrentPrincipal() { subjectId }: ShopperPrincipal): Promise<NomineeListView> {
    return { nominees: (await this.nameNominee.list(subjectId)).map(nomineeViewOf) };
  }

  @Delete(':nomineeId')
  @HttpCode(204)
  @Access('shopper')
  async remove(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() { nomineeId }: NomineeParamsDto,
  ): Promise<void> {
    await this.nameNominee.remove(subjectId, nomineeId as NomineeId);
  }
}
