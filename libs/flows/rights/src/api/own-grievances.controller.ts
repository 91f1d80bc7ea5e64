import {
  grievanceBody,
  grievanceListView,
  grievanceView,
} from '@entrepot/contracts/api/grievances';
import type { GrievanceListView, GrievanceView } from '@entrepot/contracts/api/grievances';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  ServesRestricted,
  ZodResponse,
} from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { FileGrievance } from '../application/file-grievance.ts';
import { grievanceViewOf } from './grievance.view.ts';

class GrievanceBodyDto extends createZodDto(grievanceBody) {}
class GrievanceDto extends createZodDto(grievanceView) {}
class GrievanceListDto extends createZodDto(grievanceListView) {}

/** Complaints about what is done with one's data (DPDP Act section 13), and their answers. */
@Controller('v1/me/grievances')
export class OwnGrievancesController {
  constructor(private readonly fileGrievance: FileGrievance) {}

  @Post()
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 201, type: GrievanceDto })
  async file(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Body() { text }: GrievanceBodyDto,
  ): Promise<GrievanceView> {
    return grievanceViewOf(await this.fileGrievance.execute(subjectId, text));
  }

  @Get()
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 200, type: GrievanceListDto })
  async list(@CurrentPrincipal() { subjectId }: ShopperPrincipal): Promise<GrievanceListView> {
    const filed = await this.fileGrievance.list(subjectId);
    return { grievances: filed.map(grievanceViewOf) };
  }
}
