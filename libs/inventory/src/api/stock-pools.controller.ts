import {
  stockPoolParams,
  stockPoolsPage,
  stockPoolsQuery,
  stockPoolView,
} from '@entrepot/contracts/api/warehouse';
import type { StockPoolsPage, StockPoolView } from '@entrepot/contracts/api/warehouse';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { StockMap } from '../application/stock-map.ts';
import { ReadPools } from '../application/warehouse/read-pools.ts';
import { stockPoolViewOf } from './warehouse.view.ts';

class StockPoolParamsDto extends createZodDto(stockPoolParams) {}
class StockPoolDto extends createZodDto(stockPoolView) {}
class StockPoolsQueryDto extends createZodDto(stockPoolsQuery) {}
class StockPoolsPageDto extends createZodDto(stockPoolsPage) {}

/** What this cell's books say of each article in each warehouse. */
@Controller('admin/v1/stock/pools')
export class StockPoolsController {
  constructor(
    private readonly readPools: ReadPools,
    private readonly map: StockMap,
  ) {}

  @Get()
  @Access('staff', ['warehouse'])
  @ZodResponse({ status: 200, type: StockPoolsPageDto })
  async list(@Query() { warehouse, after, limit }: StockPoolsQueryDto): Promise<StockPoolsPage> {
    const { pools, next } = await this.readPools.page(warehouse, { after, limit });
    const items = pools.map((pool) => stockPoolViewOf(pool, this.map.cell));
    return { items, nextAfter: next ?? null };
  }

  @Get(':warehouse/:sku')
  @Access('staff', ['warehouse'])
  @ZodResponse({ status: 200, type: StockPoolDto })
  async read(@Param() { warehouse, sku }: StockPoolParamsDto): Promise<StockPoolView> {
    return stockPoolViewOf(await this.readPools.one(warehouse, sku), this.map.cell);
  }
}
