import {
  exportParams,
  exportTokenParams,
  exportView,
  issuedExportView,
  requestExportBody,
} from '@entrepot/contracts/api/rights';
import type { ExportLinkView, ExportView, IssuedExportView } from '@entrepot/contracts/api/rights';
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
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FetchExport } from '../application/fetch-export.ts';
import { FreshSignIn } from '../application/fresh-sign-in.ts';
import { ReadExport } from '../application/read-export.ts';
import { RequestExport } from '../application/request-export.ts';
import { exportFileName, exportLinkPage, exportLinkPolicy } from './export-link-page.ts';
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

  /** Says what to do; what is behind the link stays there, also for HEAD. */
  @Get('exports/:token')
  @Access('public')
  @ApiOkResponse({
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['fetchWith', 'fileName', 'isGoodOnce'],
          properties: {
            fetchWith: { type: 'string', enum: ['POST'] },
            fileName: { type: 'string' },
            isGoodOnce: { type: 'boolean', enum: [true] },
          },
        },
      },
      'text/html': { schema: { type: 'string' } },
    },
  })
  show(
    @Param() _params: ExportTokenParamsDto,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Res() reply: FastifyReply,
  ): void {
    reply.header('cache-control', 'no-store').header('vary', 'accept, accept-language');
    if (headers['accept']?.includes('text/html') !== true) {
      const link: ExportLinkView = {
        ...{ fetchWith: 'POST', fileName: exportFileName, isGoodOnce: true },
      };
      reply.send(link);
      return;
    }
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', exportLinkPolicy)
      .send(exportLinkPage(headers['accept-language']));
  }

  /** Whoever has the link may fetch, once; only the passphrase opens what comes. */
  @Post('exports/:token')
  @HttpCode(200)
  @Access('public')
  @RateLimit(fetchLimit)
  @ApiOkResponse({
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  })
  async fetch(@Param() { token }: ExportTokenParamsDto, @Res() reply: FastifyReply): Promise<void> {
    const archive = await this.fetchExport.execute(token);
    reply
      .header('content-type', 'application/octet-stream')
      .header('content-disposition', `attachment; filename="${exportFileName}"`)
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .send(archive);
  }
}
