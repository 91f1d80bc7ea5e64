export { drawComparison } from './comparison-chart.ts';
export {
  comparedPolicies,
  cutContenders,
  cutShapes,
  demandShapes,
  simulateShape,
} from './demand-shapes.ts';
export type { DemandShape, Outcome } from './demand-shapes.ts';
export { cutTable, retailTable, shapesTable } from './comparison-tables.ts';
export type { ShapeComparison } from './comparison-tables.ts';
export type { Cut } from './market.ts';
export type { StockPolicy } from './policies.ts';
export { compareOnRetailOrders } from './retail-orders.ts';
export type { RetailComparison, RetailOutcome, RetailRequest } from './retail-orders.ts';
