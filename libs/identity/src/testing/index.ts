export { twoCells } from './two-cells.ts';
export type { TwoCells } from './two-cells.ts';
