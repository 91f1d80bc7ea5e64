import {
  accountParams,
  exportParams,
  exportView,
  issuedExportView,
  orderExportBody,
  personRecordView,
  rectificationBody,
  rectificationView,
} from '@entrepot/contracts/api/rights';
import type {
  ExportView,
  IssuedExportView,
  PersonRecordView,
  RectificationView,
} from '@entrepot/contracts/api/rights';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import {
  IdempotencyKeyHeader,
  NeedsIdempotencyKey,
  replayedHeader,
} from '@entrepot/platform-idempotency';
import type { IdempotencyKey } from '@entrepot/platform-idempotency';
import type { AccessPurpose } from '@entrepot/privacy';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ReadExport } from '../application/read-export.ts';
import { ReadPerson } from '../application/read-person.ts';
import { RectifyAccount } from '../application/rectify-account.ts';
import { RequestExport } from '../application/request-export.ts';
import { NeedsPurpose, Purpose } from './purpose-header.ts';
import {
  exportViewOf,
  issuedExportViewOf,
  personRecordViewOf,
  rectificationViewOf,
} from './rights.view.ts';

class AccountParamsDto extends createZodDto(accountParams) {}
class ExportParamsDto extends createZodDto(exportParams) {}
class OrderExportDto extends createZodDto(orderExportBody) {}
class RectificationBodyDto extends createZodDto(rectificationBody) {}
class PersonRecordDto extends createZodDto(personRecordView) {}
class ExportDto extends createZodDto(exportView) {}
class IssuedExportDto extends createZodDto(issuedExportView) {}
class RectificationDto extends createZodDto(rectificationView) {}

const accountRoute = '/admin/v1/accounts/{accountId}';

/** What staff read and do about one person: each time with a purpose, and written down before. */
@Controller('admin/v1')
export class PersonRecordsController {
  constructor(
    private readonly readPerson: ReadPerson,
    private readonly requestExport: RequestExport,
    private readonly readExport: ReadExport,
    private readonly rectify: RectifyAccount,
  ) {}

  @Get('accounts/:accountId')
  @Access('staff', ['support', 'privacy-officer'])
  @NeedsPurpose()
  @ZodResponse({ status: 200, type: PersonRecordDto })
  async read(
    @CurrentPrincipal() { staffId: staff }: StaffPrincipal,
    @Purpose() purpose: AccessPurpose,
    @Param() { accountId }: AccountParamsDto,
  ): Promise<PersonRecordView> {
    const read = { staff, purpose, route: accountRoute };
    return personRecordViewOf(await this.readPerson.execute(accountId, read));
  }

  @Post('accounts/:accountId/exports')
  @Access('staff', ['privacy-officer'])
  @NeedsIdempotencyKey()
  @ZodResponse({ status: 201, type: IssuedExportDto })
  async order(
    @CurrentPrincipal() { staffId: staff }: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Param() { accountId }: AccountParamsDto,
    @Body() { purpose }: OrderExportDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedExportView> {
    const read = { staff, purpose, route: `${accountRoute}/exports` };
    const subject = await this.readPerson.open(accountId, read);
    const order = { staff, purpose };
    const { id, secrets } = await this.requestExport.execute({ subject, key, order });
    if (secrets === undefined) reply.header(replayedHeader, 'true');
    reply.header('cache-control', 'no-store');
    return issuedExportViewOf(await this.readExport.orderedBy(staff, id), secrets);
  }

  @Get('exports/:exportId')
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ExportDto })
  async readOrdered(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { exportId }: ExportParamsDto,
  ): Promise<ExportView> {
    const id = exportId as PrivacyRequestId;
    return exportViewOf(await this.readExport.orderedBy(staffId, id));
  }

  @Post('accounts/:accountId/rectifications')
  @Access('staff', ['privacy-officer', 'support'])
  @NeedsPurpose()
  @ZodResponse({ status: 201, type: RectificationDto })
  async correct(
    @CurrentPrincipal() { staffId: staff }: StaffPrincipal,
    @Purpose() purpose: AccessPurpose,
    @Param() { accountId }: AccountParamsDto,
    @Body() body: RectificationBodyDto,
  ): Promise<RectificationView> {
    const read = { staff, purpose, route: `${accountRoute}/rectifications` };
    const subject = await this.readPerson.open(accountId, read);
    return rectificationViewOf(await this.rectify.execute(subject, body, { staff, purpose }));
  }
}
