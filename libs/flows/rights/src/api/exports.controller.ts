import {
  exportParams,
  exportTokenParams,
  exportView,
  issuedExportView,
  requestExportBody,
} from '@entrepot/contracts/api/rights';
import type { ExportView, IssuedExportView } from '@entrepot/contracts/api/rights';
import { DomainError } from '@entrepot/kernel';
import type { PrivacyRequestId } from '@entrepot/kernel';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  RateLimit,
  ServesRestricted,
  ZodResponse,
} from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import {
  IdempotencyKeyHeader,
  NeedsIdempotencyKey,
  replayedHeader,
} from '@entrepot/platform-idempotency';
import type { IdempotencyKey } from '@entrepot/platform-idempotency';
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FetchExport } from '../application/fetch-export.ts';
import { FreshSignIn } from '../application/fresh-sign-in.ts';
import { ReadExport } from '../application/read-export.ts';
import { RequestExport } from '../application/request-export.ts';
import { exportViewOf, issuedExportViewOf } from './rights.view.ts';

class RequestExportDto extends createZodDto(requestExportBody) {}
class ExportParamsDto extends createZodDto(exportParams) {}
class ExportTokenParamsDto extends createZodDto(exportTokenParams) {}
class ExportDto extends createZodDto(exportView) {}
class IssuedExportDto extends createZodDto(issuedExportView) {}

/** A copy of everything costs more to make than any other answer. */
const requestLimit = {
  name: 'rights.exports',
  per: 'person',
  limit: 5,
  windowSeconds: 86_400,
} as const;
const fetchLimit = {
  name: 'rights.export_links',
  per: 'address',
  limit: 20,
  windowSeconds: 600,
} as const;

/** The copy of one's data (GDPR Articles 15 and 20). */
@Controller('v1')
export class ExportsController {
  constructor(
    private readonly freshSignIn: FreshSignIn,
    private readonly requestExport: RequestExport,
    private readonly readExport: ReadExport,
    private readonly fetchExport: FetchExport,
  ) {}

  @Post('me/exports')
  @Access('shopper')
  @ServesRestricted()
  @RateLimit(requestLimit)
  @NeedsIdempotencyKey()
  @ZodResponse({ status: 201, type: IssuedExportDto })
  async request(
    @CurrentPrincipal() { sessionId: session, subjectId: subject }: ShopperPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { password }: RequestExportDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedExportView> {
    await this.freshSignIn.require({ subject, session, password });
    const { id, secrets } = await this.requestExport.execute({ subject, key });
    if (secrets === undefined) reply.header(replayedHeader, 'true');
    reply.header('cache-control', 'no-store');
    return issuedExportViewOf(await this.readExport.of(subject, id), secrets);
  }

  @Get('me/exports/:exportId')
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 200, type: ExportDto })
  async read(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() { exportId }: ExportParamsDto,
  ): Promise<ExportView> {
    return exportViewOf(await this.readExport.of(subjectId, exportId as PrivacyRequestId));
  }

  /** Whoever has the link may fetch, once; only the passphrase opens what comes. */
  @Get('exports/:token')
  @Access('public')
  @RateLimit(fetchLimit)
  @ApiOkResponse({
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  })
  async fetch(
    @Param() { token }: ExportTokenParamsDto,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // a mail program that looks whether a link is good would use it up, and get nothing
    if (method === 'HEAD') {
      const details = { allow: ['GET'] };
      throw new DomainError('METHOD_NOT_ALLOWED', 'the link is good for one GET', { details });
    }
    const archive = await this.fetchExport.execute(token);
    reply
      .header('content-type', 'application/octet-stream')
      .header('content-disposition', 'attachment; filename="your-data.zip.age"')
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .send(archive);
  }
}
