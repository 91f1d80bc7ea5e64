import { Body, Controller, HttpCode, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  createProductBody,
  productEditView,
  productIdPath,
  translateProductBody,
  translationPath,
  updateProductBody,
} from '@entrepot/contracts/api/catalog';
import type { ProductEditView } from '@entrepot/contracts/api/catalog';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import type { FastifyRequest } from 'fastify';

import { CreateProduct } from '../application/create-product.ts';
import { TranslateProduct } from '../application/translate-product.ts';
import { UpdateProduct } from '../application/update-product.ts';
import { variantDraftOf } from './draft-mapping.ts';
import {
  changeIdOf,
  productEditOf,
  TakesChangeId,
  TakesProductEdit,
} from './product-edit-headers.ts';

class CreateProductDto extends createZodDto(createProductBody) {}
class ProductIdPathDto extends createZodDto(productIdPath) {}
class UpdateProductDto extends createZodDto(updateProductBody) {}
class TranslationPathDto extends createZodDto(translationPath) {}
class TranslateProductDto extends createZodDto(translateProductBody) {}
class ProductEditDto extends createZodDto(productEditView) {}

/** Every edit may name a version in `If-Match` and a change id (a UUID) in `Idempotency-Key`. */
@ApiTags('catalog administration')
@Controller('admin/v1/products')
export class ProductEditsController {
  constructor(
    private readonly createProduct: CreateProduct,
    private readonly updateProduct: UpdateProduct,
    private readonly translateProduct: TranslateProduct,
  ) {}

  @Post()
  @Access('staff', ['merchandiser'])
  @TakesChangeId()
  @ZodResponse({ status: 201, type: ProductEditDto })
  create(@Body() body: CreateProductDto, @Req() request: FastifyRequest): Promise<ProductEditView> {
    const { slug, categoryId, position, translations, options, variants } = body;
    return this.createProduct.execute(
      {
        slug,
        categoryId,
        position,
        texts: translations,
        options,
        variants: variants.map(variantDraftOf),
      },
      changeIdOf(request),
    );
  }

  @Patch(':productId')
  @Access('staff', ['merchandiser'])
  @TakesProductEdit()
  @ZodResponse({ status: 200, type: ProductEditDto })
  update(
    @Param() { productId }: ProductIdPathDto,
    @Body() body: UpdateProductDto,
    @Req() request: FastifyRequest,
  ): Promise<ProductEditView> {
    return this.updateProduct.execute(productEditOf(productId, request), body);
  }

  @Put(':productId/translations/:locale')
  @HttpCode(200)
  @Access('staff', ['merchandiser'])
  @TakesProductEdit()
  @ZodResponse({ status: 200, type: ProductEditDto })
  translate(
    @Param() { productId, locale }: TranslationPathDto,
    @Body() body: TranslateProductDto,
    @Req() request: FastifyRequest,
  ): Promise<ProductEditView> {
    return this.translateProduct.execute(productEditOf(productId, request), locale, body);
  }
}
