import { Body, Controller, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  addVariantBody,
  pricePath,
  productEditView,
  productIdPath,
  setPriceBody,
  updateVariantBody,
  variantSkuPath,
} from '@entrepot/contracts/api/catalog';
import type { ProductEditView } from '@entrepot/contracts/api/catalog';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import type { FastifyRequest } from 'fastify';

import { AddVariant } from '../application/add-variant.ts';
import { SetPrice } from '../application/set-price.ts';
import { UpdateVariant } from '../application/update-variant.ts';
import { skuOf, variantDraftOf } from './draft-mapping.ts';
import { productEditOf, TakesProductEdit } from './product-edit-headers.ts';

class ProductIdPathDto extends createZodDto(productIdPath) {}
class AddVariantDto extends createZodDto(addVariantBody) {}
class VariantSkuPathDto extends createZodDto(variantSkuPath) {}
class UpdateVariantDto extends createZodDto(updateVariantBody) {}
class PricePathDto extends createZodDto(pricePath) {}
class SetPriceDto extends createZodDto(setPriceBody) {}
class ProductEditDto extends createZodDto(productEditView) {}

@ApiTags('catalog administration')
@Controller('admin/v1/products/:productId/variants')
export class VariantEditsController {
  constructor(
    private readonly addVariant: AddVariant,
    private readonly updateVariant: UpdateVariant,
    private readonly setPrice: SetPrice,
  ) {}

  @Post()
  @Access('staff', ['merchandiser'])
  @TakesProductEdit()
  @ZodResponse({ status: 201, type: ProductEditDto })
  add(
    @Param() { productId }: ProductIdPathDto,
    @Body() body: AddVariantDto,
    @Req() request: FastifyRequest,
  ): Promise<ProductEditView> {
    return this.addVariant.execute(productEditOf(productId, request), variantDraftOf(body));
  }

  @Patch(':sku')
  @Access('staff', ['merchandiser'])
  @TakesProductEdit()
  @ZodResponse({ status: 200, type: ProductEditDto })
  update(
    @Param() { productId, sku }: VariantSkuPathDto,
    @Body() body: UpdateVariantDto,
    @Req() request: FastifyRequest,
  ): Promise<ProductEditView> {
    return this.updateVariant.execute(productEditOf(productId, request), skuOf(sku), body);
  }

  @Put(':sku/prices/:market/:salesChannelId')
  @Access('staff', ['merchandiser'])
  @TakesProductEdit()
  @ZodResponse({ status: 200, type: ProductEditDto })
  price(
    @Param() { productId, sku, market, salesChannelId }: PricePathDto,
    @Body() { currency, amountMinor }: SetPriceDto,
    @Req() request: FastifyRequest,
  ): Promise<ProductEditView> {
    const edit = productEditOf(productId, request);
    return this.setPrice.execute(edit, skuOf(sku), {
      market,
      salesChannelId,
      currency,
      amountMinor,
    });
  }
}
