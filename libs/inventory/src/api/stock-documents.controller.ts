import {
  clearQuarantineBody,
  countBody,
  dispatchBody,
  documentsPage,
  documentsQuery,
  documentView,
  quarantineBody,
  receiveStockBody,
  resolveSuspenseBody,
  returnStockBody,
  safetyLevelsBody,
  transferBody,
  writeOffBody,
} from '@entrepot/contracts/api/warehouse';
import type { DocumentsPage, DocumentView } from '@entrepot/contracts/api/warehouse';
import {
  IdempotencyKeyHeader,
  NeedsIdempotencyKey,
  type IdempotencyKey,
} from '@entrepot/platform-idempotency';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { applyDecorators, Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { CarryOutAct } from '../application/warehouse/carry-out-act.ts';
import { ListActs } from '../application/warehouse/list-acts.ts';
import type { WarehouseAct } from '../application/warehouse/warehouse-act.ts';
import { documentViewOf } from './warehouse.view.ts';

class ReceiveStockDto extends createZodDto(receiveStockBody) {}
class ReturnStockDto extends createZodDto(returnStockBody) {}
class WriteOffDto extends createZodDto(writeOffBody) {}
class QuarantineDto extends createZodDto(quarantineBody) {}
class ClearQuarantineDto extends createZodDto(clearQuarantineBody) {}
class SafetyLevelsDto extends createZodDto(safetyLevelsBody) {}
class TransferDto extends createZodDto(transferBody) {}
class CountDto extends createZodDto(countBody) {}
class DispatchDto extends createZodDto(dispatchBody) {}
class ResolveSuspenseDto extends createZodDto(resolveSuspenseBody) {}
class DocumentDto extends createZodDto(documentView) {}
class DocumentsQueryDto extends createZodDto(documentsQuery) {}
class DocumentsPageDto extends createZodDto(documentsPage) {}

/** The key names the document: sent again it does nothing more, with another content it is refused. */
const OfWarehouse = (status: number): MethodDecorator =>
  applyDecorators(
    Access('staff', ['warehouse']),
    NeedsIdempotencyKey(),
    ZodResponse({ status, type: DocumentDto }),
  );

/** What the warehouses of this cell do to stock. Each document is carried out whole or not at all. */
@Controller('admin/v1/stock')
export class StockDocumentsController {
  constructor(
    private readonly carryOut: CarryOutAct,
    private readonly listActs: ListActs,
  ) {}

  @Post('receipts')
  @OfWarehouse(201)
  receive(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines: sent, into, transfer, forecast }: ReceiveStockDto,
  ): Promise<DocumentView> {
    const lines = sent.map((line) => ({
      ...line,
      into,
      ...(transfer !== undefined && { transfer }),
    }));
    const shared = forecast !== undefined && { forecast };
    return this.post(principal, key, 'receipts', { kind: 'receipt', lines, ...shared });
  }

  @Post('returns')
  @OfWarehouse(201)
  takeBack(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: ReturnStockDto,
  ): Promise<DocumentView> {
    return this.post(principal, key, 'returns', { kind: 'return', lines });
  }

  @Post('write-offs')
  @OfWarehouse(201)
  writeOff(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: WriteOffDto,
  ): Promise<DocumentView> {
    return this.post(principal, key, 'write-offs', { kind: 'write-off', lines });
  }

  @Post('quarantine')
  @OfWarehouse(201)
  setAside(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: QuarantineDto,
  ): Promise<DocumentView> {
    return this.post(principal, key, 'quarantine', { kind: 'quarantine', lines });
  }

  @Post('quarantine/clearings')
  @OfWarehouse(201)
  clear(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: ClearQuarantineDto,
  ): Promise<DocumentView> {
    return this.post(principal, key, 'quarantine/clearings', { kind: 'clearing', lines });
  }

  /** Towards each level, as far as free units go; asked again later, it goes on. */
  @Put('safety-levels')
  @OfWarehouse(200)
  async keepSafe(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: SafetyLevelsDto,
  ): Promise<DocumentView> {
    const route = '/admin/v1/stock/safety-levels';
    const act: WarehouseAct = { kind: 'safety-level', lines };
    const request = { staffId, key, method: 'PUT', route, act } as const;
    return documentViewOf(await this.carryOut.execute(request));
  }

  @Post('transfers')
  @OfWarehouse(201)
  transfer(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { from: warehouse, to, lines: sent }: TransferDto,
  ): Promise<DocumentView> {
    const lines = sent.map((line) => ({ ...line, warehouse, to }));
    return this.post(principal, key, 'transfers', { kind: 'transfer', lines });
  }

  @Post('counts')
  @OfWarehouse(201)
  count(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: CountDto,
  ): Promise<DocumentView> {
    return this.post(principal, key, 'counts', { kind: 'count', lines });
  }

  @Post('dispatches')
  @OfWarehouse(201)
  dispatch(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: DispatchDto,
  ): Promise<DocumentView> {
    return this.post(principal, key, 'dispatches', { kind: 'dispatch', lines });
  }

  @Post('suspense/resolutions')
  @OfWarehouse(201)
  resolve(
    @CurrentPrincipal() principal: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: ResolveSuspenseDto,
  ): Promise<DocumentView> {
    return this.post(principal, key, 'suspense/resolutions', {
      kind: 'suspense-resolution',
      lines,
    });
  }

  @Get('documents')
  @Access('staff', ['warehouse'])
  @ZodResponse({ status: 200, type: DocumentsPageDto })
  async list(@Query() { warehouse, after, limit }: DocumentsQueryDto): Promise<DocumentsPage> {
    const { acts, next } = await this.listActs.execute(warehouse, { after, limit });
    const items = acts.map((act) => ({ ...documentViewOf(act), staffId: act.staffId }));
    return { items, nextAfter: next ?? null };
  }

  private async post(
    { staffId }: StaffPrincipal,
    key: IdempotencyKey,
    path: string,
    act: WarehouseAct,
  ): Promise<DocumentView> {
    const route = `/admin/v1/stock/${path}`;
    const request = { staffId, key, method: 'POST', route, act } as const;
    return documentViewOf(await this.carryOut.execute(request));
  }
}
