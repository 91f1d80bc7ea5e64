import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { categoryListView, localeQuery } from '@entrepot/contracts/api/catalog';
import { Access, AnswersConditionally, createZodDto } from '@entrepot/platform-http';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ListCategories } from '../application/list-categories.ts';
import { sendCached } from './cached-answer.ts';
import { RequestedLocale } from './requested-locale.ts';

class LocaleQueryDto extends createZodDto(localeQuery) {}
class CategoryListDto extends createZodDto(categoryListView) {}

@ApiTags('catalog')
@Controller('v1/categories')
export class CategoriesController {
  constructor(
    private readonly listCategories: ListCategories,
    private readonly locales: RequestedLocale,
  ) {}

  @Get()
  @Access('public')
  @AnswersConditionally()
  @ApiOkResponse({ type: CategoryListDto.Output })
  async list(
    @Query() query: LocaleQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const locale = this.locales.of(query.locale, request.headers['accept-language']);
    const { version, body } = await this.listCategories.execute(locale);
    sendCached(
      { request, reply },
      { etag: `"v1.${version}.${locale}"`, body: body ?? '{"items":[]}' },
    );
  }
}
