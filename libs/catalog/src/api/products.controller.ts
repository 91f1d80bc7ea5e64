import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  localeQuery,
  productDetailView,
  productListQuery,
  productPageView,
  productPath,
} from '@entrepot/contracts/api/catalog';
import { Access, AnswersConditionally, createZodDto, strongEtag } from '@entrepot/platform-http';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ListProducts } from '../application/list-products.ts';
import { ShowProduct } from '../application/show-product.ts';
import { sendCached } from './cached-answer.ts';
import { listCursor } from './list-cursor.ts';
import { RequestedLocale } from './requested-locale.ts';

class ProductListQueryDto extends createZodDto(productListQuery) {}
class LocaleQueryDto extends createZodDto(localeQuery) {}
class ProductPathDto extends createZodDto(productPath) {}
class ProductPageDto extends createZodDto(productPageView) {}
class ProductDetailDto extends createZodDto(productDetailView) {}

/**
 * The shop window. Answers are put together from JSON texts that the cache keeps, so nothing is
 * serialised or checked per request; the views' form is held by the types and by specs.
 */
@ApiTags('catalog')
@Controller('v1/products')
export class ProductsController {
  constructor(
    private readonly listProducts: ListProducts,
    private readonly showProduct: ShowProduct,
    private readonly locales: RequestedLocale,
  ) {}

  @Get()
  @Access('public')
  @AnswersConditionally()
  @ApiOkResponse({ type: ProductPageDto.Output })
  async list(
    @Query() query: ProductListQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { category, q, sort, cursor, limit } = query;
    const locale = this.locales.of(query.locale, request.headers['accept-language']);
    const { cards, versions, next } = await this.listProducts.execute({
      categorySlug: category,
      words: q,
      sort,
      after: cursor === undefined ? undefined : listCursor.decode(cursor),
      limit,
      locale,
    });
    const nextCursor = next === undefined ? null : listCursor.encode(next);
    sendCached(
      { request, reply },
      {
        etag: strongEtag(`${locale} ${nextCursor} ${versions.join(' ')}`),
        body: `{"items":[${cards.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`,
      },
    );
  }

  @Get(':slug')
  @Access('public')
  @AnswersConditionally()
  @ApiOkResponse({ type: ProductDetailDto.Output })
  async show(
    @Param() path: ProductPathDto,
    @Query() query: LocaleQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const locale = this.locales.of(query.locale, request.headers['accept-language']);
    const { version, body } = await this.showProduct.execute(path.slug, locale);
    sendCached({ request, reply }, { etag: `"v1.${version}.${locale}"`, body });
  }
}
