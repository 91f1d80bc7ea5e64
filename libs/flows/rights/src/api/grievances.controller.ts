import {
  grievanceAnswerBody,
  grievanceCaseView,
  grievanceParams,
} from '@entrepot/contracts/api/grievances';
import type { GrievanceCaseView } from '@entrepot/contracts/api/grievances';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import type { AccessPurpose } from '@entrepot/privacy';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AnswerGrievance } from '../application/answer-grievance.ts';
import { grievanceCaseViewOf } from './grievance.view.ts';
import { NeedsPurpose, Purpose } from './purpose-header.ts';

class GrievanceParamsDto extends createZodDto(grievanceParams) {}
class GrievanceAnswerDto extends createZodDto(grievanceAnswerBody) {}
class GrievanceCaseDto extends createZodDto(grievanceCaseView) {}

const route = '/admin/v1/grievances/{requestId}';

/** Complaints as officers read and answer them; the queue of requests says which are open and until when. */
@Controller('admin/v1/grievances')
export class GrievancesController {
  constructor(private readonly answerGrievance: AnswerGrievance) {}

  @Get(':requestId')
  @Access('staff', ['privacy-officer'])
  @NeedsPurpose()
  @ZodResponse({ status: 200, type: GrievanceCaseDto })
  async read(
    @CurrentPrincipal() { staffId: staff }: StaffPrincipal,
    @Purpose() purpose: AccessPurpose,
    @Param() { requestId }: GrievanceParamsDto,
  ): Promise<GrievanceCaseView> {
    const id = requestId as PrivacyRequestId;
    return grievanceCaseViewOf(await this.answerGrievance.read(id, { staff, purpose, route }));
  }

  @Post(':requestId/answer')
  @Access('staff', ['privacy-officer'])
  @NeedsPurpose()
  @ZodResponse({ status: 201, type: GrievanceCaseDto })
  async answer(
    @CurrentPrincipal() { staffId: staff }: StaffPrincipal,
    @Purpose() purpose: AccessPurpose,
    @Param() { requestId }: GrievanceParamsDto,
    @Body() { text }: GrievanceAnswerDto,
  ): Promise<GrievanceCaseView> {
    const id = requestId as PrivacyRequestId;
    const read = { staff, purpose, route: `${route}/answer` };
    return grievanceCaseViewOf(await this.answerGrievance.execute(id, text, read));
  }
}
