import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { availabilityAnswer, stockBand } from '@entrepot/contracts/api/inventory';
import type { AvailabilityItem, StockBand } from '@entrepot/contracts/api/inventory';

export const AvailabilityAnswerEnum = availabilityAnswer.enum;
export const StockBandEnum = stockBand.enum;
registerEnumType(AvailabilityAnswerEnum, { name: 'AvailabilityAnswer' });
registerEnumType(StockBandEnum, { name: 'StockBand' });

/** Same view as in REST: a hint, and only placing the order decides. */
@ObjectType('Availability')
export class AvailabilityObject implements Omit<AvailabilityItem, 'availability' | 'available'> {
  @Field(() => String) sku!: string;
  @Field(() => AvailabilityAnswerEnum) answer!: AvailabilityItem['availability'];
  /** What all cells together have, proven a moment ago; with INSUFFICIENT only. */
  @Field(() => Int, { nullable: true }) available!: number | null;
  @Field(() => StockBandEnum) band!: StockBand;
  /** Age of the oldest word of another cell that the band counts; null where it counts none. */
  @Field(() => Int, { nullable: true }) peersHeardSecondsAgo!: number | null;
}

export const availabilityObjectOf = ({
  availability: answer,
  available,
  ...item
}: AvailabilityItem): AvailabilityObject => ({ ...item, answer, available: available ?? null });
