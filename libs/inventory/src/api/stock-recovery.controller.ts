import {
  decideCaseBody,
  declareLostBody,
  lostCellParams,
  lostCellsPage,
  lostCellView,
  recoveryCaseParams,
  recoveryCasesPage,
  recoveryCasesQuery,
  recoveryCaseView,
} from '@entrepot/contracts/api/stock-recovery';
import type {
  LostCellsPage,
  LostCellView,
  RecoveryCasesPage,
  RecoveryCaseView,
} from '@entrepot/contracts/api/stock-recovery';
import {
  IdempotencyKeyHeader,
  NeedsIdempotencyKey,
  type IdempotencyKey,
} from '@entrepot/platform-idempotency';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { DecideCase } from '../application/recovery/decide-case.ts';
import { DeclareLost } from '../application/recovery/declare-lost.ts';
import { poolIdOf } from '../domain/pool.ts';
import { lostCellViewOf, recoveryCaseViewOf } from './stock-recovery.view.ts';

class DeclareLostDto extends createZodDto(declareLostBody) {}
class LostCellParamsDto extends createZodDto(lostCellParams) {}
class LostCellDto extends createZodDto(lostCellView) {}
class LostCellsPageDto extends createZodDto(lostCellsPage) {}
class RecoveryCasesQueryDto extends createZodDto(recoveryCasesQuery) {}
class RecoveryCaseParamsDto extends createZodDto(recoveryCaseParams) {}
class DecideCaseDto extends createZodDto(decideCaseBody) {}
class RecoveryCaseDto extends createZodDto(recoveryCaseView) {}
class RecoveryCasesPageDto extends createZodDto(recoveryCasesPage) {}

/** Where people take part in a recovery: another cell that is lost, and what the books cannot decide. */
@Controller('admin/v1/stock')
export class StockRecoveryController {
  constructor(
    private readonly declareLost: DeclareLost,
    private readonly decideCase: DecideCase,
  ) {}

  @Post('lost-cells')
  @Access('staff', ['operator'])
  @NeedsIdempotencyKey()
  @ZodResponse({ status: 201, type: LostCellDto })
  async propose(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { cell: peer, fence, claims: lines }: DeclareLostDto,
  ): Promise<LostCellView> {
    const claims = lines.map(({ warehouse, sku, quantity }) => ({
      pool: poolIdOf(warehouse, sku),
      quantity,
    }));
    return lostCellViewOf(await this.declareLost.propose(staffId, key, { peer, fence, claims }));
  }

  @Get('lost-cells')
  @Access('staff', ['operator'])
  @ZodResponse({ status: 200, type: LostCellsPageDto })
  async listLost(): Promise<LostCellsPage> {
    return { items: (await this.declareLost.list()).map(lostCellViewOf) };
  }

  @Post('lost-cells/:declaration/approval')
  @HttpCode(200)
  @Access('staff', ['operator'])
  @ZodResponse({ status: 200, type: LostCellDto })
  async approve(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { declaration }: LostCellParamsDto,
  ): Promise<LostCellView> {
    return lostCellViewOf(await this.declareLost.approve(staffId, declaration));
  }

  @Get('recovery-cases')
  @Access('staff', ['warehouse'])
  @ZodResponse({ status: 200, type: RecoveryCasesPageDto })
  async listCases(
    @Query() { state, after, limit }: RecoveryCasesQueryDto,
  ): Promise<RecoveryCasesPage> {
    const isDecided = state === 'decided';
    const { cases, next } = await this.decideCase.page({ isDecided, after, limit });
    return { items: cases.map(recoveryCaseViewOf), nextAfter: next ?? null };
  }

  @Post('recovery-cases/:case/decision')
  @HttpCode(200)
  @Access('staff', ['warehouse'])
  @ZodResponse({ status: 200, type: RecoveryCaseDto })
  async decide(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { case: seq }: RecoveryCaseParamsDto,
    @Body() { decision }: DecideCaseDto,
  ): Promise<RecoveryCaseView> {
    return recoveryCaseViewOf(await this.decideCase.execute(staffId, { seq, decision }));
  }
}
