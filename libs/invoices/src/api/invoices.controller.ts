import { invoiceParams, invoiceView, readInvoiceBody } from '@entrepot/contracts/api/invoices';
import type { InvoiceView } from '@entrepot/contracts/api/invoices';
import type { OrderId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ReadInvoice } from '../application/read-invoice.ts';
import { invoiceViewOf } from './invoice.view.ts';

class ReadInvoiceDto extends createZodDto(readInvoiceBody) {}
class InvoiceParamsDto extends createZodDto(invoiceParams) {}
class InvoiceDto extends createZodDto(invoiceView) {}

/** Invoices for those who answer to the tax authority. Reading one is an act: it has a purpose and is noted. */
@Controller('admin/v1/invoices')
export class InvoicesController {
  private readonly readInvoice: ReadInvoice;

  constructor(readInvoice: ReadInvoice) {
    this.readInvoice = readInvoice;
  }

  @Post(':orderId/readings')
  @HttpCode(200)
  @Access('staff', ['tax-officer'])
  @ZodResponse({ status: 200, type: InvoiceDto })
  async read(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { orderId }: InvoiceParamsDto,
    @Body() { purpose }: ReadInvoiceDto,
  ): Promise<InvoiceView> {
    return invoiceViewOf(await this.readInvoice.execute(orderId as OrderId, staffId, purpose));
  }
}
