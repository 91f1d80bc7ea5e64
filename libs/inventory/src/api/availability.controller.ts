import {
  availabilityQuery,
  availabilityView,
  type AvailabilityView,
} from '@entrepot/contracts/api/inventory';
import type { Sku } from '@entrepot/kernel';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import { Controller, Get, Query } from '@nestjs/common';
import { ReadAvailability } from '../application/read-availability.ts';
import { availabilityItemOf } from './availability.view.ts';

class AvailabilityQueryDto extends createZodDto(availabilityQuery) {}
class AvailabilityDto extends createZodDto(availabilityView) {}

/** Whether goods can be had: an answer for a quantity, and a band that is no number two cells could promise. */
@Controller('v1/availability')
export class AvailabilityController {
  constructor(private readonly readAvailability: ReadAvailability) {}

  @Get()
  @Access('public')
  @ZodResponse({ status: 200, type: AvailabilityDto })
  async read(@Query() { sku, quantity }: AvailabilityQueryDto): Promise<AvailabilityView> {
    const questions = sku.map((one, at) => ({
      sku: one as Sku,
      quantity: quantity[at] ?? quantity[0] ?? 1,
    }));
    const answers = await this.readAvailability.execute(questions);
    return { items: answers.map(availabilityItemOf) };
  }
}
