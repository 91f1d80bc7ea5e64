export { drawComparison } from './comparison-chart.ts';
export { comparedPolicies, demandShapes, simulateShape } from './demand-shapes.ts';
export type { DemandShape, Outcome } from './demand-shapes.ts';
export { retailTable, shapesTable } from './comparison-tables.ts';
export type { ShapeComparison } from './comparison-tables.ts';
export { compareOnRetailOrders } from './retail-orders.ts';
export type { RetailComparison, RetailOutcome, RetailRequest } from './retail-orders.ts';
